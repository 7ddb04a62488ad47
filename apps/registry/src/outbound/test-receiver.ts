import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface TestReceiver {
  readonly port: number;
  readonly received: ReceivedRequest[];
  stop(): Promise<void>;
}

type Answer = (request: ReceivedRequest, response: ServerResponse) => void;

/** A server on loopback that keeps what it was sent; answers 200 unless it is told how. */
export async function startReceiver(
  answer: Answer = (_, response) => void response.end('ok'),
  options: { tls?: ServerOptions; host?: string } = {},
): Promise<TestReceiver> {
  const received: ReceivedRequest[] = [];
  const listener: RequestListener = (request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const seen = { method, url, headers, body: Buffer.concat(pieces).toString() };
      received.push(seen);
      answer(seen, response);
    });
  };
  const server: Server = options.tls ? createTlsServer(options.tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, options.host ?? '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    received,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
