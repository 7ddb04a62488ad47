import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions, type Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Connections } from './connections.ts';

export interface ServerLimits {
  readonly headerBytes: number;
  readonly headerSeconds: number;
  /** Time after which a connection that waits for its client and moves no byte is closed. */
  readonly idleSeconds: number;
}

export type RequestHandler = (request: IncomingMessage, response: ServerResponse, encrypted: boolean) => void;

export interface Listener {
  readonly server: Server | TlsServer;
  readonly connections: Connections;
}

/** Header lines beyond this are refused (by the handler), however short they are. Node drops what is beyond its count. */
export const MAX_HEADER_LINES = 200;

/**
 * An HTTP/1.1 server with limits. Ambiguous framing (Content-Length beside Transfer-Encoding, bare line feeds) is refused
 * by the strict parser. There is no limit on a whole request's time: an upload may take hours as long as bytes move.
 */
export function createListener(
  handler: RequestHandler,
  limits: ServerLimits,
  tls: ServerOptions | undefined,
): Listener {
  const options = {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headerSeconds * 1000,
    requestTimeout: 0,
    keepAliveTimeout: limits.idleSeconds * 1000,
    connectionsCheckingInterval: 1000,
    noDelay: true,
    insecureHTTPParser: false,
    requireHostHeader: false, // the handler refuses, in our envelope
  };
  const encrypted = tls !== undefined;
  const connections = new Connections();
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    connections.inTurn(request, response, () => handler(request, response, encrypted));
  };
  const server = tls
    ? createTlsServer({ ...options, handshakeTimeout: limits.headerSeconds * 1000, ...tls }, onRequest)
    : createServer(options, onRequest);
  server.maxHeadersCount = MAX_HEADER_LINES + 1;
  server.on('checkContinue', onRequest); // the route decides whether it wants the body
  server.on('checkExpectation', onRequest); // the handler refuses
  server.on('clientError', (error, socket) => answerBrokenRequest(connections, error, socket));
  server.on('dropRequest', () => undefined);
  const idleMs = limits.idleSeconds * 1000;
  server.setTimeout(idleMs, (socket) => endIdle(connections, socket, idleMs));
  connections.watch(server);
  return { server, connections };
}

/** A silent connection is closed unless the silence is ours: no request body is awaited and no answer waits to be read. */
function endIdle(connections: Connections, socket: Socket, ms: number): void {
  const request = connections.turn(socket)?.request;
  // A body that we hold back has bytes waiting here; `isPaused` would also be true of one that is read by iteration.
  const waitsForBody = request !== undefined && !request.complete && request.readableLength === 0;
  const waitsForReader = socket.writableLength > 0;
  if (request === undefined || waitsForBody || waitsForReader) socket.destroy();
  else socket.setTimeout(ms); // ask again
}

const BROKEN: Record<string, [number, string, string]> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'The headers of the request are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'The head of the request did not come in time.'],
};

/** What the parser refuses never becomes a request: it is answered here, in the same envelope, and the connection closed. */
function answerBrokenRequest(connections: Connections, error: NodeJS.ErrnoException, socket: Duplex): void {
  const { code = '' } = error;
  // Anything else is of the connection or of its TLS handshake: over those nothing can be said any more.
  const ofRequest = code.startsWith('HPE_') || code === 'ERR_HTTP_REQUEST_TIMEOUT';
  if (!ofRequest || !socket.writable) return void socket.destroy();
  const turn = connections.turn(socket);
  if (turn?.request.complete) {
    // Garbage behind a request that is still being answered must not end up in the middle of that answer.
    turn.response.once('close', () => socket.destroy());
    return;
  }
  if (turn?.response.headersSent) return void socket.destroy();
  const [status, reason, text] = BROKEN[code] ?? [400, 'Bad Request', 'This is no valid HTTP/1.1 request.'];
  const body = JSON.stringify({ errors: [{ code: 'UNSUPPORTED', message: text }] });
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `X-Ms-Correlation-Request-Id: ${brokenRequestId()}\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

let brokenRequestId: () => string = () => '00000000-0000-0000-0000-000000000000';

/** Where correlation ids of requests that no parser could read come from. */
export function useRequestIds(uuid: () => string): void {
  brokenRequestId = uuid;
}

export async function listen(server: Server | TlsServer, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 1024 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return (server.address() as AddressInfo).port;
}
