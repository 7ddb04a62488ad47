import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import * as tls from 'node:tls';

/** A TLS server that says `hello` to whoever gets through the handshake. */
export async function listen(options: tls.TlsOptions): Promise<tls.Server & { readonly port: number }> {
  const server = tls.createServer(options, (socket) => socket.end('hello').on('error', () => undefined));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(server, { port: (server.address() as AddressInfo).port });
}

export interface Handshake {
  readonly protocol: string | null;
  readonly cipher: string;
  readonly alpn: string | false | null;
  readonly serial: string;
}

/** Connects, or rejects with the error that a client would show. */
export function handshake(port: number, options: tls.ConnectionOptions): Promise<Handshake> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ port, host: '127.0.0.1', ...options }, () => {
      const serial = socket.getPeerCertificate().serialNumber;
      resolve({ protocol: socket.getProtocol(), cipher: socket.getCipher().name, alpn: socket.alpnProtocol, serial });
      socket.destroy();
    });
    socket.on('error', reject);
  });
}
