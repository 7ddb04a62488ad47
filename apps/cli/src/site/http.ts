import { CommandError } from '../command-error.ts';

export interface HttpRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends a request and reads the whole answer; for all but blobs. Throws what a person can act on when no answer comes. */
export async function send(url: string, { method = 'GET', headers = {}, body }: HttpRequest = {}): Promise<HttpAnswer> {
  let response: Response;
  try {
    response = await fetch(url, { method, headers, redirect: 'manual', ...(body === undefined ? {} : { body }) });
    return new HttpAnswer(response.status, response.headers, Buffer.from(await response.arrayBuffer()));
  } catch (error) {
    throw new CommandError(`${new URL(url).origin} cannot be reached: ${reasonOf(error)}`, 1, { cause: error });
  }
}

export class HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;

  constructor(status: number, headers: Headers, body: Buffer) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  /** Undefined when the body is none. */
  json<T>(): T | undefined {
    try {
      return JSON.parse(this.body.toString()) as T;
    } catch {
      return undefined;
    }
  }
}

/** `fetch` hides the reason in causes; what to do about the usual ones. */
function reasonOf(error: unknown): string {
  let cause = error;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `its name cannot be resolved. Ask for it in DNS or in the hosts file of this machine (${code}).`;
    case 'ECONNREFUSED':
      return 'nothing listens there (ECONNREFUSED). Check address and port, and that the site runs.';
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return `its certificate is not trusted here (${code}). Name the site's CA with --ca FILE; holdfast login remembers it.`;
    default:
      return `${message || String(cause)}${code && !message?.includes(code) ? ` (${code})` : ''}.`;
  }
}
