import type { Readable } from 'node:stream';

/** A request to another host. Whoever sends one says who named the host, since a site calls nobody of itself. */
export interface OutboundRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Until the head of the answer, over all redirects; and between two pieces of its body. */
  readonly timeoutMs: number;
  /** Redirects that are followed; none unless said. Each is judged like the first address. */
  readonly redirects?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface OutboundAnswer {
  readonly status: number;
  readonly reason: string;
  /** `1.1` */
  readonly version: string;
  /** Names in lower case, several values joined. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where it came from, after redirects. */
  readonly url: URL;
  /** To be read to its end, or destroyed. */
  readonly body: Readable;
}

/**
 * The one way out: nothing else in this program opens a connection to another machine. Throws `outbound.refused` for an
 * address that the site does not call, and `outbound.failed` when the other side cannot be reached, is too slow, or is
 * not who it should be. Texts name the host and the port, never a path, a query or a header: these may be secrets.
 */
export interface Outbound {
  send(request: OutboundRequest): Promise<OutboundAnswer>;
}
