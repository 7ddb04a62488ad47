import type { X509Certificate } from 'node:crypto';
import { parseCertificates } from '../platform/certificates.ts';

const DAY_MS = 24 * 3_600_000;
/** What somebody has to order, to sign and to bring is looked at this long before its end. */
const SERVER_DAYS = 30;
/** A new authority must be told to every client. */
const AUTHORITY_DAYS = 365;

/** `server`: what clients of this site see. `authority`: the site's own CA. `outbound`: a CA that calls to other hosts trust. */
export type CertificateUse = 'server' | 'authority' | 'outbound';

export interface CertificateSource {
  readonly use: CertificateUse;
  readonly pem: string;
  /** The site makes its successor by itself. */
  readonly renewsItself: boolean;
  /** Why its successor could not be taken. */
  readonly problem?: string | undefined;
}

export interface CertificateFacts {
  /** `server`, `authority`, `outbound-1`, … */
  readonly name: string;
  readonly use: CertificateUse;
  readonly subject: string;
  readonly issuer: string;
  /** Names and addresses that it is for. */
  readonly names: readonly string[];
  readonly from: Date;
  readonly to: Date;
  readonly serialNumber: string;
  /** SHA-256 of its bytes. */
  readonly fingerprint: string;
  readonly daysLeft: number;
  readonly state: 'good' | 'ends-soon' | 'ended' | 'not-yet';
  readonly renewsItself: boolean;
  readonly problem?: string | undefined;
  /** From the one that signed it up to the last that is known here. */
  readonly chain: readonly Pick<CertificateFacts, 'subject' | 'issuer' | 'to' | 'fingerprint'>[];
}

/** The first of each source is what it is about; what follows it there is its chain. Authorities to trust are one each. */
export function describeCertificates(sources: readonly CertificateSource[], now: Date): CertificateFacts[] {
  return sources.flatMap((source) => {
    const all = parseCertificates(source.pem) ?? [];
    if (source.use === 'outbound')
      return all.map((one, i) => describe(`outbound-${i + 1}`, one, chainOf(one, all), source, now));
    const [first, ...others] = all;
    return first ? [describe(source.use, first, chainOf(first, others), source, now)] : [];
  });
}

function describe(
  name: string,
  one: X509Certificate,
  chain: readonly X509Certificate[],
  { use, renewsItself, problem }: CertificateSource,
  now: Date,
): CertificateFacts {
  const left = one.validToDate.getTime() - now.getTime();
  const early = (use === 'server' ? SERVER_DAYS : AUTHORITY_DAYS) * DAY_MS;
  const state = left <= 0 ? 'ended' : one.validFromDate > now ? 'not-yet' : left < early ? 'ends-soon' : 'good';
  return {
    name,
    use,
    ...identityOf(one),
    names: (one.subjectAltName ?? '').split(', ').flatMap((entry) => entry.replace(/^[^:]*:/, '') || []),
    from: one.validFromDate,
    serialNumber: one.serialNumber,
    daysLeft: Math.floor(left / DAY_MS),
    state,
    renewsItself,
    problem,
    chain: chain.map(identityOf),
  };
}

function identityOf(one: X509Certificate) {
  const { subject, issuer, validToDate: to, fingerprint256: fingerprint } = one;
  return { subject: inOneLine(subject), issuer: inOneLine(issuer), to, fingerprint };
}

/** `CN=a, O=b`; Node parts them by lines. */
const inOneLine = (name: string): string => (name ?? '').split('\n').reverse().join(', ');

/** Each signed the one before it. */
function chainOf(one: X509Certificate, others: readonly X509Certificate[]): X509Certificate[] {
  const chain: X509Certificate[] = [];
  for (let last = one; chain.length < others.length; ) {
    const next = others.find((other) => other !== last && !chain.includes(other) && last.checkIssued(other));
    if (!next) break;
    chain.push(next);
    last = next;
  }
  return chain;
}
