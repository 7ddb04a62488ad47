import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';

/** What a listener needs, however it was come by. */
export interface ServerCertificate {
  /** PEM: the server's own certificate, then intermediates. */
  readonly certificate: string;
  readonly key: string;
  readonly expires: Date;
  /** True if it was made (again) just now. */
  readonly made: boolean;
  /** What works but should be looked at, in sentences. */
  readonly warnings: readonly string[];
}

export const day = 24 * 60 * 60 * 1000;

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

export function parseKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
