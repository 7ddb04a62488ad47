import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { type ConnectionOptions, connect } from 'node:tls';
import { type FaultName, type Finding, finding } from './faults.ts';
import type { Endpoint } from './wire.ts';

const DAY_MS = 86_400_000;
const SOON_DAYS = 14;
const HANDSHAKE_MS = 10_000;

export interface TlsObservation {
  /** The handshake itself failed. */
  readonly error?: string;
  /** After a failure: the server takes versions before 1.2. */
  readonly oldOnly?: boolean;
  readonly protocol?: string | undefined;
  readonly cipher?: string;
  readonly handshakeMs?: number;
  /** As the server sent it, its own first. */
  readonly chain: readonly X509Certificate[];
  /** Why OpenSSL does not trust it. */
  readonly refusal?: string | undefined;
}

/** A handshake that looks at what it is given before it judges. */
export async function observeTls(endpoint: Endpoint): Promise<TlsObservation> {
  const seen = await handshake(endpoint, {});
  if (seen.error === undefined) return seen;
  // Versions that OpenSSL offers at its lowest level only.
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  const again = await handshake(endpoint, old);
  return { ...seen, oldOnly: again.error === undefined };
}

function handshake(endpoint: Endpoint, options: ConnectionOptions): Promise<TlsObservation> {
  const { address, port, name, ca } = endpoint;
  const started = performance.now();
  return new Promise((resolve) => {
    const socket = connect({
      host: address,
      port,
      servername: name,
      rejectUnauthorized: false,
      ...(ca ? { ca: [...ca] } : {}),
      // Names are judged below, so that they do not hide an error of the chain.
      checkServerIdentity: () => undefined,
      ...options,
    });
    const fail = (error: string) => {
      socket.destroy();
      resolve({ error, chain: [] });
    };
    socket.setTimeout(HANDSHAKE_MS, () => fail('ETIMEDOUT'));
    socket.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
    socket.once('secureConnect', () => {
      const chain = chainOf(socket.getPeerX509Certificate());
      resolve({
        protocol: socket.getProtocol() ?? undefined,
        cipher: socket.getCipher().standardName,
        handshakeMs: performance.now() - started,
        chain,
        refusal: socket.authorizationError ? String(codeOf(socket.authorizationError)) : undefined,
      });
      socket.destroy();
    });
  });
}

const codeOf = (error: Error & { code?: string }): string =>
  error.code ?? (typeof error === 'string' ? error : error.message);

function chainOf(leaf: X509Certificate | undefined): X509Certificate[] {
  const chain: X509Certificate[] = [];
  for (let at = leaf; at && !chain.some((one) => one.fingerprint256 === at?.fingerprint256); at = at.issuerCertificate)
    chain.push(at);
  return chain;
}

const UNTRUSTED: Readonly<Record<string, FaultName>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls.self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls.unknown-ca',
  UNABLE_TO_GET_ISSUER_CERT: 'tls.incomplete-chain',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls.unknown-ca',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls.incomplete-chain',
};
/** As Holdfast names the authority that it makes at its first start. */
const SITE_AUTHORITY = /^CN=Holdfast site CA [0-9a-f]+$/m;
const TIMES = ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'];

/** A site's own authority is a root that signs servers itself and is not sent along, so no intermediate is lacking there. */
function untrustedAs(refusal: string, leaf: X509Certificate): FaultName {
  if (refusal === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' && SITE_AUTHORITY.test(leaf.issuer)) return 'tls.unknown-ca';
  return UNTRUSTED[refusal] ?? 'tls.handshake';
}

/** What is wrong with the connection by a clock that shows `now`; at most one finding, since one hides the others. */
export function judgeTls(endpoint: Pick<Endpoint, 'host' | 'name'>, seen: TlsObservation, now: number): Finding[] {
  const { host, name } = endpoint;
  const found = (fault: FaultName, text: string) => [finding(fault, host, text)];
  if (seen.error !== undefined) {
    if (seen.oldOnly) return found('tls.old-protocol', `TLS 1.2 and 1.3: ${seen.error}; TLS 1.1 or 1.0: accepted`);
    const plain = seen.error === 'ERR_SSL_WRONG_VERSION_NUMBER' || seen.error === 'ERR_SSL_PACKET_LENGTH_TOO_LONG';
    return found(plain ? 'tls.not-tls' : 'tls.handshake', `handshake with ${host}: ${seen.error}`);
  }
  const { chain, refusal } = seen;
  const [leaf] = chain;
  if (!leaf) return found('tls.handshake', 'the server sent no certificate');
  const untrusted = refusal === undefined || TIMES.includes(refusal) ? undefined : untrustedAs(refusal, leaf);
  if (untrusted) return found(untrusted, `${describe(leaf)}: ${refusal}`);
  for (const one of chain) {
    if (now > one.validToDate.getTime())
      return found('tls.expired', `${describe(one)} ended ${one.validToDate.toISOString()}`);
    if (now < one.validFromDate.getTime())
      return found('tls.not-yet-valid', `${describe(one)} begins ${one.validFromDate.toISOString()}`);
  }
  // By OpenSSL's clock, which is the machine's, though not by ours.
  if (refusal !== undefined)
    return found(refusal === 'CERT_HAS_EXPIRED' ? 'tls.expired' : 'tls.not-yet-valid', describe(leaf));
  const named = isIP(name) === 0 ? leaf.checkHost(name, { subject: 'never' }) : leaf.checkIP(name);
  if (named === undefined) {
    return found('tls.wrong-name', `${describe(leaf)} is for ${leaf.subjectAltName ?? 'no name'}`);
  }
  const days = Math.floor((leaf.validToDate.getTime() - now) / DAY_MS);
  return days < SOON_DAYS ? found('tls.expires-soon', `${describe(leaf)} ends in ${days} days`) : [];
}

/** Whether nothing secret may be sent over such a connection. */
export const endsTls = (findings: readonly Finding[]): boolean => findings.some(({ severity }) => severity === 'error');

/** Whether the certificate would be good at the time that the server shows. */
export const isGoodAt = (seen: TlsObservation, time: number): boolean =>
  seen.chain.every((one) => one.validFromDate.getTime() <= time && time <= one.validToDate.getTime());

const describe = ({ subject, issuer }: X509Certificate): string =>
  `certificate ${oneLine(subject)} of ${oneLine(issuer)}`;
const oneLine = (text: string): string => (text ?? '').replace(/\s*\n\s*/g, ', ');
