import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { sendBare, sendStreamed } from './node-http.ts';
import { discard } from './read-up-to.ts';
import type { RegistryAnswer, RegistryRequest, RegistryTransport } from './transport.ts';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** What another origin may see of a request that was meant for the first. */
const HARMLESS = new Set(['accept', 'range', 'user-agent']);

/**
 * By Node's `fetch`: for programs that call whom their user names, such as the command line. Never for the server, whose one
 * way out is `Outbound`.
 */
export function createFetchTransport(): RegistryTransport {
  return {
    send: async (first) => {
      let request = first;
      for (let left = first.redirects ?? 0; ; left--) {
        const answer = await hop(request);
        const { location } = answer.headers;
        const follows = first.method === 'GET' || first.method === 'HEAD';
        if (left <= 0 || !follows || !REDIRECTS.has(answer.status) || location === undefined) return answer;
        await discard(answer);
        request = redirected(request, location);
      }
    },
  };
}

/** Secrets stay with whom they were meant for, and never go on in clear. */
function redirected(request: RegistryRequest, location: string): RegistryRequest {
  const url = new URL(location, request.url);
  if (request.url.protocol === 'https:' && url.protocol !== 'https:') {
    throw new Error(`${request.url.host} redirects from HTTPS to an unprotected connection`);
  }
  if (url.origin === request.url.origin) return { ...request, url };
  const headers = Object.entries(request.headers ?? {}).filter(([name]) => HARMLESS.has(name.toLowerCase()));
  return { ...request, url, headers: Object.fromEntries(headers) };
}

type Body = NonNullable<NonNullable<Parameters<typeof fetch>[1]>['body']>;

async function hop(request: RegistryRequest): Promise<RegistryAnswer> {
  const { method, url, headers = {}, body, timeoutMs, signal } = request;
  if (typeof body === 'object' && 'stream' in body) return sendStreamed(request, body);
  if (body === undefined) return sendBare(request);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error(`${url.host} did not answer in time`)), timeoutMs);
  try {
    const response = await fetch(url, {
      method,
      headers: { ...headers },
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, late.signal]) : late.signal,
      body: body as Body,
    });
    const stream = response.body as ReadableStream<Uint8Array> | null;
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      url,
      body: stream ? Readable.fromWeb(stream) : Readable.from([]),
    };
  } finally {
    clearTimeout(timer);
  }
}
