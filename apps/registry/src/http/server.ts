import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions, type Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ErrorCode } from '../platform/domain-error.ts';
import { isAwaited } from './body.ts';
import { Connections } from './connections.ts';
import { errorBody } from './error-answer.ts';
import { ERROR_TABLE } from './error-table.ts';

// Not by `import`, which would read Node's client for `fetch`, too (ADR 0033).
const { createServer, STATUS_CODES } = process.getBuiltinModule('node:http');

export interface ServerLimits {
  readonly headerBytes: number;
  readonly headerSeconds: number;
  /** Time after which a connection that waits for its client and moves no byte is closed. */
  readonly idleSeconds: number;
}

export type RequestHandler = (request: IncomingMessage, response: ServerResponse, encrypted: boolean) => void;

/** A request that no parser could read, as it was answered. */
export interface BrokenRequest {
  readonly correlationId: string;
  readonly status: number;
  /** The parser's or the server's own code, for example `HPE_INVALID_HEADER_TOKEN`. */
  readonly reason: string;
  readonly client: string | undefined;
}

/** What a listener needs to answer what never becomes a request. */
export interface BrokenRequests {
  readonly uuid: () => string;
  /** Told of each one, so that its correlation id leads somewhere. */
  readonly refused: (request: BrokenRequest) => void;
}

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
  broken: BrokenRequests,
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
  if (tls) server.on('secureConnection', readThroughStream);
  server.maxHeadersCount = MAX_HEADER_LINES + 1;
  server.on('checkContinue', onRequest); // the route decides whether it wants the body
  server.on('checkExpectation', onRequest); // the handler refuses
  server.on('clientError', (error, socket) => answerBrokenRequest(connections, broken, error, socket));
  server.on('dropRequest', () => undefined);
  const idleMs = limits.idleSeconds * 1000;
  server.setTimeout(idleMs, (socket) => endIdle(connections, socket, idleMs));
  connections.watch(server);
  return { server, connections };
}

/**
 * Node lets its parser read straight from the connection, and pauses it when a request comes while an answer before it is not
 * yet written out. TLS hands over all records of one read nevertheless; the paused parser refuses them (HPE_PAUSED, seen
 * in Node 24.21), and a good client's connection breaks in the middle of its body. A listener of data makes Node feed its
 * parser through the stream, which holds back what is read while it is paused.
 */
function readThroughStream(socket: Socket): void {
  socket.on('data', () => undefined);
}

/** A silent connection is closed unless the silence is ours: no request body is awaited and no answer waits to be read. */
function endIdle(connections: Connections, socket: Socket, ms: number): void {
  const request = connections.turn(socket)?.request;
  const waitsForBody = request !== undefined && isAwaited(request);
  const waitsForReader = socket.writableLength > 0;
  if (request === undefined || waitsForBody || waitsForReader) socket.destroy();
  else socket.setTimeout(ms); // ask again
}

const BROKEN: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'request.too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request.timeout',
};

const BROKEN_TEXT: Partial<Record<ErrorCode, string>> = {
  'request.too-large': 'The head of the request is larger than this registry reads. Send fewer or shorter headers.',
  'request.timeout': 'The head of the request did not come in time. Send it again, all at once.',
  'request.invalid':
    'What was sent is no valid HTTP/1.1 request, so it was not read. Correct it, or call by https:// what speaks TLS.',
};

/** What the parser refuses never becomes a request: it is answered here, in the same envelope, and the connection closed. */
function answerBrokenRequest(
  connections: Connections,
  broken: BrokenRequests,
  error: NodeJS.ErrnoException,
  socket: Duplex,
): void {
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
  const correlationId = broken.uuid();
  const problem = BROKEN[code] ?? 'request.invalid';
  const { status } = ERROR_TABLE[problem];
  const body = JSON.stringify(errorBody({ code: problem, message: BROKEN_TEXT[problem] ?? '' }, correlationId));
  broken.refused({ correlationId, status, reason: code, client: (socket as Partial<Socket>).remoteAddress });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `X-Ms-Correlation-Request-Id: ${correlationId}\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
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
