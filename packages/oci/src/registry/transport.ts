import type { Readable } from 'node:stream';

/** What the client of a registry asks of the network; the server gives it `Outbound`, the command line `fetch`. */
export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | StreamedBody;
  /** Until the head of the answer; of a streamed body, from its end on. */
  readonly timeoutMs: number;
  /** Redirects that are followed, of GET and HEAD only. No header of a secret goes on to another origin. */
  readonly redirects?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Bytes whose number is known before they are sent. */
export interface StreamedBody {
  readonly stream: Readable;
  readonly length: number;
}

export interface RegistryAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where it came from, after redirects. */
  readonly url: URL;
  /** To be read to its end, or destroyed. */
  readonly body: Readable;
}

/** Throws when no answer comes, whatever the transport has for that. */
export interface RegistryTransport {
  send(request: RegistryRequest): Promise<RegistryAnswer>;
}

/** Of a client that only reads: what `Outbound` can do. */
export interface PullTransport {
  send(request: PullRequest): Promise<RegistryAnswer>;
}

export interface PullRequest extends RegistryRequest {
  readonly method: 'GET' | 'HEAD';
  readonly body?: never;
}
