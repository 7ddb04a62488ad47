import { hash, X509Certificate } from 'node:crypto';
import { invalid } from '../identity/directory.ts';
import type { ApplicationCredentialRow } from '../metadata/directory.ts';

const MAX_BYTES = 16 * 1024;
/** NIST SP 800-57: shorter ones are not to be used any more. */
const LEAST_RSA_BITS = 2048;

type CertificatePart = Required<Pick<ApplicationCredentialRow, 'certificate' | 'thumbprintSha1' | 'thumbprintSha256'>> &
  Pick<ApplicationCredentialRow, 'startsAt' | 'endsAt'>;

/** What is kept of a certificate that an application will sign with. `key` is base64 of its DER, or of its PEM. */
export function readCertificate(key: string): CertificatePart {
  const bytes = Buffer.from(key, 'base64');
  const certificate = bytes.length > MAX_BYTES ? undefined : parse(bytes);
  if (!certificate) throw invalid('keyCredentials.key', 'an X.509 certificate, in base64');
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = certificate.publicKey;
  const strong = type === 'rsa' && (details?.modulusLength ?? 0) >= LEAST_RSA_BITS;
  if (!strong && !(type === 'ec' && details?.namedCurve === 'prime256v1')) {
    throw invalid(
      'keyCredentials.key',
      `a certificate with an RSA key of at least ${LEAST_RSA_BITS} bits, or of the curve P-256`,
    );
  }
  return {
    certificate: certificate.toString(),
    thumbprintSha1: hash('sha1', certificate.raw, 'base64url'),
    thumbprintSha256: hash('sha256', certificate.raw, 'base64url'),
    startsAt: new Date(certificate.validFrom),
    endsAt: new Date(certificate.validTo),
  };
}

function parse(bytes: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(bytes);
  } catch {
    return undefined;
  }
}
