import { X509Certificate } from 'node:crypto';

const pemBlock = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[\s\S]*?-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;

/** All certificates of a PEM text; undefined if one cannot be read or there is none. */
export function parseCertificates(pem: string): readonly [X509Certificate, ...X509Certificate[]] | undefined {
  try {
    const [first, ...rest] = (pem.match(pemBlock) ?? []).map((block) => new X509Certificate(block));
    return first ? [first, ...rest] : undefined;
  } catch {
    return undefined;
  }
}
