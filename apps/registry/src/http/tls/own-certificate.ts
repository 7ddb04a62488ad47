import type { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseCertificates } from '../../platform/certificates.ts';
import type { Clock } from '../../platform/clock.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { day, parseKey, type ServerCertificate } from './server-certificate.ts';

export interface OwnCertificateOptions {
  /** Paths of PEM files. */
  readonly certificate: string;
  readonly key: string;
  readonly domain: string;
  readonly clock: Clock;
}

/** Reads the certificate that the configuration names, and refuses what no client would accept. */
export async function loadOwnCertificate(options: OwnCertificateOptions): Promise<ServerCertificate> {
  const [certificate, key] = await Promise.all([read(options.certificate), read(options.key)]);
  const chain = parseCertificates(certificate);
  if (!chain) throw refusal(`${options.certificate} holds no PEM certificate that can be read.`);
  const privateKey = parseKey(key);
  if (!privateKey) {
    const encrypted = /ENCRYPTED/.test(key);
    throw refusal(
      encrypted
        ? `The key ${options.key} is encrypted; give one without a passphrase, readable by the server's user only.`
        : `${options.key} holds no PEM private key that can be read.`,
    );
  }
  const [own, ...others] = chain;
  if (!own.checkPrivateKey(privateKey)) {
    throw refusal(
      others.some((other) => other.checkPrivateKey(privateKey))
        ? `${options.certificate} begins with another certificate than the server's own; put that one first, its intermediates after it.`
        : `The key ${options.key} does not belong to the certificate ${options.certificate}.`,
    );
  }
  const now = options.clock.now();
  if (own.validToDate <= now) throw refusal(`The certificate ${options.certificate} has expired on ${own.validTo}.`);
  if (own.validFromDate > now)
    throw refusal(`The certificate ${options.certificate} is valid from ${own.validFrom} only.`);
  return { certificate, key, expires: own.validToDate, made: false, warnings: warningsOf(own, options, now) };
}

function warningsOf(own: X509Certificate, { certificate, domain }: OwnCertificateOptions, now: Date): string[] {
  const warnings: string[] = [];
  if (own.validToDate.getTime() - now.getTime() < 30 * day) {
    warnings.push(`The certificate ${certificate} expires on ${own.validTo}.`);
  }
  const missing = [`registry.azsacr.${domain}`, `management.${domain}`].filter((host) => !own.checkHost(host));
  if (missing.length > 0) {
    warnings.push(
      `The certificate ${certificate} is not for ${missing.join(' and ')}; clients need *.azsacr.${domain} and *.${domain} in it.`,
    );
  }
  return warnings;
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw refusal(`${path} cannot be read (${(cause as NodeJS.ErrnoException).code}).`, cause);
  }
}

const refusal = (message: string, cause?: unknown): DomainError =>
  new DomainError('unavailable', 'server.unavailable', message, { cause });
