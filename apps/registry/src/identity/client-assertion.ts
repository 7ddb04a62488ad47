import { type KeyObject, X509Certificate } from 'node:crypto';
import { decodeProtectedHeader } from 'jose/decode/protected_header';
import { compactVerify } from 'jose/jws/compact/verify';
import type { ApplicationCredentialRow } from '../metadata/directory.ts';
import { BoundedCache } from '../platform/bounded-cache.ts';
import { oauthError } from './oauth-error.ts';

/** What clients sign with: az RS256, @azure/identity PS256, others what their key is. Nothing symmetric, and not `none`. */
const ALGORITHMS: readonly string[] = ['RS256', 'PS256', 'ES256'];
const MAX_CHARACTERS = 12 * 1024;
const MAX_JTI_CHARACTERS = 256;
/** Clocks of clients differ that much. */
const SKEW_SECONDS = 300;
/** Clients ask for 10 minutes; a day keeps the table of used ids small. */
const LONGEST_SECONDS = 86_400;

export interface ClientAssertion {
  readonly text: string;
  readonly algorithm: string;
  /** Thumbprints, base64url without padding. */
  readonly sha1?: string | undefined;
  readonly sha256?: string | undefined;
  readonly jti: string;
  /** Until then its id must be remembered. */
  readonly usedUntil: Date;
}

/**
 * Reads what a client says of itself by a certificate (RFC 7523, section 3), and refuses what is wrong before any
 * signature is looked at. Keys come from the directory only: of the header nothing is used but algorithm and thumbprint.
 */
export function readAssertion(
  text: string,
  expected: { clientId: string; audiences: readonly string[]; now: Date },
): ClientAssertion {
  if (text.length > MAX_CHARACTERS) throw refused(50027, 'it is too long');
  const { header, claims } = parse(text);
  if (typeof header.alg !== 'string' || !ALGORITHMS.includes(header.alg)) {
    throw refused(5002738, `its alg is none of ${ALGORITHMS.join(', ')}`);
  }
  if (header.crit !== undefined) throw refused(50027, 'its header has crit, of which nothing is understood');
  const { iss, sub, aud, jti, exp, nbf } = claims;
  const client = expected.clientId;
  if (!sameText(iss, client) || !sameText(sub, client)) throw refused(700021, 'iss and sub are not the client id');
  // az takes the discovery document's text, slash included; the SDKs of others the issuer (RFC 7523bis).
  const audiences = (Array.isArray(aud) ? aud : [aud]).filter((one) => typeof one === 'string').map(withoutSlash);
  if (!expected.audiences.some((one) => audiences.includes(withoutSlash(one)))) {
    throw refused(700023, `aud does not name this service. It is ${expected.audiences[0] ?? ''}`);
  }
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI_CHARACTERS) throw refused(50027, 'jti is missing');
  const now = expected.now.getTime() / 1000;
  // az writes seconds with a fraction.
  if (typeof exp !== 'number' || exp + SKEW_SECONDS <= now)
    throw refused(700024, 'it is not within its valid time range');
  if (exp > now + LONGEST_SECONDS) throw refused(700024, 'it is valid for more than a day');
  if (nbf !== undefined && (typeof nbf !== 'number' || nbf - SKEW_SECONDS > now))
    throw refused(700024, 'it is not valid yet');
  return {
    text,
    algorithm: header.alg,
    sha1: thumbprint(header.x5t),
    sha256: thumbprint(header['x5t#S256']),
    jti,
    usedUntil: new Date((Math.ceil(exp) + SKEW_SECONDS) * 1000),
  };
}

/** The certificate that signed it; throws when none of them did. */
export async function verifyAssertion(
  assertion: ClientAssertion,
  certificates: readonly ApplicationCredentialRow[],
): Promise<ApplicationCredentialRow> {
  const { sha1, sha256 } = assertion;
  // Without a thumbprint every certificate is tried; there are a handful.
  const candidates = certificates.filter(
    (c) => (sha256 === undefined || c.thumbprintSha256 === sha256) && (sha1 === undefined || c.thumbprintSha1 === sha1),
  );
  if (candidates.length === 0) {
    throw refused(700027, 'the certificate that it names is not registered on the application, or not in force');
  }
  for (const candidate of candidates) {
    const key = publicKeyOf(candidate);
    const fits = key && (assertion.algorithm === 'ES256' ? 'ec' : 'rsa') === key.asymmetricKeyType;
    if (fits && (await isSignedBy(assertion, key))) return candidate;
  }
  throw refused(700027, 'its signature is not that of a registered certificate');
}

async function isSignedBy({ text, algorithm }: ClientAssertion, key: KeyObject): Promise<boolean> {
  try {
    await compactVerify(text, key, { algorithms: [algorithm] });
    return true;
  } catch {
    return false;
  }
}

/** Reading a certificate takes as long as a signature; they never change. */
const keys = new BoundedCache<KeyObject>(1000);

function publicKeyOf({ id, certificate }: ApplicationCredentialRow): KeyObject | undefined {
  const known = keys.get(id);
  if (known || !certificate) return known;
  const key = new X509Certificate(certificate).publicKey;
  keys.set(id, key);
  return key;
}

function parse(text: string): { header: Record<string, unknown>; claims: Record<string, unknown> } {
  try {
    const header = decodeProtectedHeader(text) as Record<string, unknown>;
    const claims: unknown = JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString('utf8'));
    if (typeof claims === 'object' && claims !== null) return { header, claims: claims as Record<string, unknown> };
  } catch {
    // told below
  }
  throw refused(50027, 'it is no JSON Web Token');
}

function thumbprint(value: unknown): string | undefined {
  // az pads it and takes base64 with + and /.
  return typeof value === 'string' ? Buffer.from(value, 'base64').toString('base64url') : undefined;
}

const sameText = (value: unknown, wanted: string) => typeof value === 'string' && value.toLowerCase() === wanted;
const withoutSlash = (text: string) => text.replace(/\/$/, '');

function refused(number: number, why: string) {
  return oauthError(
    'oauth.invalid-client',
    number,
    `Client assertion is not accepted: ${why}. Sign it anew with the certificate of the application.`,
  );
}
