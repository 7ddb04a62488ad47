import { DomainError } from '../platform/domain-error.ts';

/** The site does not call that address. */
export function refused(url: URL, why: string): DomainError {
  return new DomainError(
    'disallowed',
    'outbound.refused',
    `The address ${origin(url)} is not called from this site: ${why}. Give the address of another host.`,
  );
}

/** The other side could not be reached, or is not who it should be. */
export function failed(url: URL, why: string | undefined, cause?: unknown): DomainError {
  return new DomainError(
    'invalid', // as far as this site is concerned: nothing is wrong here, and nobody need look at it
    'outbound.failed',
    `The call to ${origin(url)} failed: ${why ?? reason(cause)}. Check the address, and that this site can reach it.`,
    { cause },
  );
}

/** Scheme, host and port: the rest of an address may be a secret. */
function origin({ protocol, host }: URL): string {
  return `${protocol}//${host.slice(0, 260)}`;
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was closed before the answer was complete',
  EPIPE: 'the connection was closed before the request was sent',
  ETIMEDOUT: 'the connection could not be opened in time',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS on that port',
  EPROTO: 'it does not speak TLS as it should',
  HPE_HEADER_OVERFLOW: 'the head of its answer is too large',
};

/** Codes of OpenSSL's verification, as Node gives them. */
const CERTIFICATE = /^(CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|ERR_TLS_CERT|INVALID_CA|HOSTNAME_MISMATCH)/;

function reason(cause: unknown): string {
  const code = cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? '') : '';
  const known = REASONS[code];
  if (known !== undefined) return known;
  if (CERTIFICATE.test(code)) {
    return `its certificate is not trusted (${code}); name the authority that issued it in outbound.ca`;
  }
  if (code.startsWith('HPE_')) return 'its answer is no HTTP';
  return code === '' ? 'the connection broke' : `the connection broke (${code})`;
}
