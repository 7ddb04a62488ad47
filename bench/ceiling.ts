/** What the load client itself can do: against a server that only answers. Far above what is measured, or it measures itself. */
import { fork } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';
import { runClient } from './run-client.ts';

const BLOB = 64 * 1024 * 1024;

export interface Ceiling {
  readonly requestsPerSecond: number;
  readonly gigabytesPerSecond: number;
}

export async function measureCeiling(seconds: number): Promise<Ceiling> {
  const child = fork(import.meta.filename, { execArgv: [] });
  try {
    const port = await new Promise<number>((resolve) => child.once('message', (told) => resolve(Number(told))));
    const target = { port, pid: child.pid ?? 0 };
    const ask = { kind: 'requests', method: 'GET', seconds } as const;
    const small = await runClient(target, { ...ask, paths: ['/small'], connections: 16 });
    const large = await runClient(target, { ...ask, paths: ['/large'], bodyBytes: BLOB, connections: 4 });
    return {
      requestsPerSecond: Math.round(small.done / small.seconds),
      gigabytesPerSecond: Number((large.bytes / 1e9 / large.seconds).toFixed(2)),
    };
  } finally {
    child.kill();
  }
}

/** Whatever comes on a connection is one request; what is asked for is told by the length of its path alone. */
function serve(): void {
  const small = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: 1024\r\n\r\n${'x'.repeat(1024)}`);
  const head = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${BLOB}\r\n\r\n`);
  const body = Buffer.alloc(BLOB, 'x');
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (request) => {
      if (request.includes('/large')) {
        socket.write(head);
        socket.write(body);
      } else {
        socket.write(small);
      }
    });
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  process.once('disconnect', () => process.exit());
}

if (process.send && process.argv[1] === import.meta.filename) serve();
