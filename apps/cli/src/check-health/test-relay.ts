import { once } from 'node:events';
import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

type Headers = http.OutgoingHttpHeaders;
type Pairs = [name: string, value: string][];

/** What a relay does wrong; without any of it, it is a good one. */
export interface Misbehaviour {
  /** Instead of passing the request on. */
  readonly answer?: (request: http.IncomingMessage, response: http.ServerResponse) => boolean;
  readonly changeRequest?: (headers: http.IncomingHttpHeaders) => void;
  readonly changeAnswer?: (headers: Pairs) => Pairs;
  /** Takes the whole body before the registry sees any of it. */
  readonly buffers?: boolean;
  readonly cutUploadsAt?: number;
  readonly changeUploads?: boolean;
  readonly cutDownloadsAt?: number;
  readonly changeDownloads?: boolean;
  /** Milliseconds for each 64 kB. */
  readonly slow?: { readonly up?: number; readonly down?: number };
}

export interface Relay {
  readonly port: number;
  stop(): Promise<void>;
}

/** A proxy in front of `target` that ends TLS when it is given a certificate. */
export async function startRelay(
  target: string,
  wrong: Misbehaviour = {},
  certificate?: https.ServerOptions,
): Promise<Relay> {
  const { hostname, port } = new URL(target);
  const listener = (request: http.IncomingMessage, response: http.ServerResponse) => {
    if (wrong.answer?.(request, response)) return;
    const headers = {
      ...request.headers,
      'x-forwarded-proto': certificate ? 'https' : 'http',
      'x-forwarded-for': '192.0.2.7',
    };
    wrong.changeRequest?.(headers);
    void forward(request, response, headers).catch(() => response.destroy());
  };
  const forward = async (request: http.IncomingMessage, response: http.ServerResponse, headers: Headers) => {
    // Nothing at all goes on before the body is whole, as with nginx.
    const whole = wrong.buffers ? await buffer(request) : undefined;
    const onward = http.request({ hostname, port, method: request.method, path: request.url, headers, agent: false });
    onward.on('error', () => response.destroy());
    onward.on('response', (incoming) => void passBack(incoming, response, wrong).catch(() => response.destroy()));
    if (whole) onward.end(whole);
    else await passOn(request, onward, wrong).catch(() => onward.destroy());
  };
  const server = certificate ? https.createServer(certificate, listener) : http.createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function passOn(request: http.IncomingMessage, onward: http.ClientRequest, wrong: Misbehaviour): Promise<void> {
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (wrong.cutUploadsAt !== undefined && size > wrong.cutUploadsAt) {
      request.socket.destroy();
      onward.destroy();
      return;
    }
    if (wrong.changeUploads) chunk[0] = (chunk[0] ?? 0) ^ 1;
    onward.write(chunk);
    await pace(chunk, wrong.slow?.up);
  }
  onward.end();
}

async function passBack(
  incoming: http.IncomingMessage,
  response: http.ServerResponse,
  wrong: Misbehaviour,
): Promise<void> {
  const pairs: Pairs = [];
  for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
    pairs.push([incoming.rawHeaders[at] ?? '', incoming.rawHeaders[at + 1] ?? '']);
  }
  const changed = wrong.changeAnswer ? wrong.changeAnswer(pairs) : pairs;
  response.writeHead(incoming.statusCode ?? 500, changed.flat());
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (wrong.cutDownloadsAt !== undefined && size > wrong.cutDownloadsAt) {
      response.destroy();
      return;
    }
    if (wrong.changeDownloads && incoming.headers['content-type'] === 'application/octet-stream')
      chunk[0] = (chunk[0] ?? 0) ^ 1;
    response.write(chunk);
    await pace(chunk, wrong.slow?.down);
  }
  response.end();
}

const pace = (chunk: Buffer, ms: number | undefined): Promise<void> | undefined =>
  ms === undefined ? undefined : sleep((chunk.length / 65_536) * ms);
