import { type KeyObject, X509Certificate } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCertificates } from '../../platform/certificates.ts';
import type { Clock } from '../../platform/clock.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { replaceFile, syncFolder } from '../../platform/durable-file.ts';
import type { Ids } from '../../platform/ids.ts';
import { generateKey, issueAuthority, issueServerCertificate, type ServerNames } from './issue-certificate.ts';
import { day, parseKey, type ServerCertificate } from './server-certificate.ts';

/** Apple's clients refuse server certificates of more than 398 days. */
const serverLife = 397 * day;
const authorityLife = 3650 * day;
/** Renewed this long before its end. */
const renewBefore = 30 * day;
/** Clients' clocks may be behind this one. */
const skew = 60 * 60 * 1000;
const authoritySkew = 24 * skew;

export interface SiteCertificateOptions {
  readonly dataDir: string;
  readonly domain: string;
  readonly clock: Clock;
  readonly ids: Ids;
}

/**
 * The certificate that the site makes for itself, in DIR/tls:
 *
 *   ca.pem  ca-key.pem           made once, never again: clients have been told to trust it
 *   server.pem  server-key.pem   made anew when near its end, of another domain, or unreadable
 *
 * A crash between two files is mended by the next call: a key without its ca.pem makes the same authority again, and
 * a server certificate that does not fit its key is replaced. The caller holds the lock of the data folder.
 */
export async function ensureSiteCertificate(options: SiteCertificateOptions): Promise<ServerCertificate> {
  const folder = join(options.dataDir, 'tls');
  if (await mkdir(folder, { recursive: true })) await syncFolder(options.dataDir);
  await removeLeftovers(folder);
  const authority = await ensureAuthority(folder, options);
  const names = siteNames(options.domain);

  const [certificate = '', key = ''] = await Promise.all(['server.pem', 'server-key.pem'].map((n) => read(folder, n)));
  const expires = fit(certificate, key, authority.certificate, names, options.clock.now());
  const rest = { warnings: authority.warnings, authority: authority.certificate.toString() };
  if (expires) return { certificate, key, expires, made: false, ...rest };
  if (!authority.key) {
    throw new DomainError(
      'unavailable',
      'server.unavailable',
      `The server certificate must be made anew, but ${join(folder, 'ca-key.pem')} is missing or does not belong to ca.pem. ` +
        `Restore it from a backup, or remove ${folder} to begin with a new CA that all clients must be told to trust.`,
    );
  }
  return { ...(await makeServer(folder, authority.certificate, authority.key, names, options)), ...rest };
}

const siteNames = (domain: string): ServerNames => ({
  dns: [domain, `*.${domain}`, `*.azsacr.${domain}`, 'localhost'],
  ip: ['127.0.0.1', '::1'],
});

interface Authority {
  readonly certificate: X509Certificate;
  /** Undefined if lost: what is signed already goes on working. */
  readonly key: KeyObject | undefined;
  readonly warnings: readonly string[];
}

async function ensureAuthority(folder: string, { clock, ids }: SiteCertificateOptions): Promise<Authority> {
  const [pem, keyPem] = await Promise.all(['ca.pem', 'ca-key.pem'].map((name) => read(folder, name)));
  let key = keyPem === undefined ? undefined : parseKey(keyPem);
  if (pem !== undefined) {
    const certificate = parseCertificates(pem)?.[0];
    if (!certificate) throw unusable(join(folder, 'ca.pem'));
    if (key && !certificate.checkPrivateKey(key)) key = undefined;
    if (key) await chmod(join(folder, 'ca-key.pem'), 0o600);
    return { certificate, key, warnings: authorityWarnings(certificate, key, clock.now()) };
  }
  if (keyPem !== undefined && !key) throw unusable(join(folder, 'ca-key.pem'));
  if (!key) {
    // The key first: should the machine stop in between, the authority is made from it once more.
    key = await generateKey();
    await replaceFile(join(folder, 'ca-key.pem'), exportKey(key), 0o600, ids);
  }
  const now = clock.now().getTime();
  const validity = { from: new Date(now - authoritySkew), to: new Date(now - authoritySkew + authorityLife) };
  const made = issueAuthority(key, validity, ids);
  await replaceFile(join(folder, 'ca.pem'), made, 0o644, ids);
  return { certificate: new X509Certificate(made), key, warnings: [] };
}

function authorityWarnings(certificate: X509Certificate, key: KeyObject | undefined, now: Date): string[] {
  const warnings: string[] = [];
  if (!key) warnings.push("The key of the site's CA is missing, so its server certificate cannot be renewed.");
  const left = certificate.validToDate.getTime() - now.getTime();
  if (left < 365 * day) warnings.push(`The site's CA ends on ${certificate.validToDate.toISOString().slice(0, 10)}.`);
  return warnings;
}

const unusable = (path: string): DomainError =>
  new DomainError(
    'unavailable',
    'server.unavailable',
    `${path} cannot be read as PEM, and clients trust this CA, so it is not made anew. ` +
      'Restore the file from a backup, or remove its folder to begin with a new CA that all clients must be told to trust.',
  );

/** When the server certificate ends; undefined if it must be made (again). */
function fit(pem: string, keyPem: string, authority: X509Certificate, names: ServerNames, now: Date): Date | undefined {
  const certificate = parseCertificates(pem)?.[0];
  const key = parseKey(keyPem);
  if (!certificate || !key || !certificate.checkPrivateKey(key)) return undefined;
  if (!certificate.checkIssued(authority) || !certificate.verify(authority.publicKey)) return undefined;
  const wanted = [...names.dns.map((dns) => `DNS:${dns}`), ...names.ip.map((ip) => `IP Address:${ip}`)];
  const has = certificate.subjectAltName?.replace('0:0:0:0:0:0:0:1', '::1');
  if (has !== wanted.join(', ')) return undefined;
  const { validFromDate, validToDate } = certificate;
  // A clock that was wrong when the certificate was made, and is right now, shows as a beginning in the future.
  if (validFromDate > now || validToDate.getTime() - now.getTime() < renewBefore) return undefined;
  return validToDate;
}

async function makeServer(
  folder: string,
  authority: X509Certificate,
  authorityKey: KeyObject,
  names: ServerNames,
  { clock, ids }: SiteCertificateOptions,
): Promise<Omit<ServerCertificate, 'warnings'>> {
  const from = clock.now().getTime() - skew;
  // Never longer than its authority, or clients would see a chain that ends before the certificate does.
  const expires = new Date(Math.min(from + serverLife, authority.validToDate.getTime()));
  if (expires.getTime() <= clock.now().getTime()) {
    throw new DomainError(
      'unavailable',
      'server.unavailable',
      `The site's CA has ended on ${authority.validTo}. Remove ${folder} to begin with a new one that all clients must be told to trust.`,
    );
  }
  const key = await generateKey();
  const validity = { from: new Date(from), to: expires };
  const certificate = issueServerCertificate({ key, authorityKey, names, validity, ids });
  const made = new X509Certificate(certificate);
  if (!made.checkIssued(authority)) {
    throw new DomainError(
      'unavailable',
      'server.unavailable',
      `${join(folder, 'ca.pem')} is a CA that this program has not made. Put it back, or name a certificate of your own CA by tls.certificate and tls.key.`,
    );
  }
  const keyPem = exportKey(key);
  await replaceFile(join(folder, 'server-key.pem'), keyPem, 0o600, ids);
  await replaceFile(join(folder, 'server.pem'), certificate, 0o644, ids);
  return { certificate, key: keyPem, expires: made.validToDate, made: true };
}

/** What a crash between writing and renaming has left. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.endsWith('.tmp')) await rm(join(folder, name), { force: true });
  }
}

const exportKey = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

async function read(folder: string, name: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, name), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
