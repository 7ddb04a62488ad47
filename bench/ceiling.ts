/**
 * What bounds every figure: the load client itself, against a server that only answers (far above what is measured, or it
 * measures itself), and `node:http` and Node's sockets, answering one constant of a manifest's size: the least CPU time of what is built on them. Both write
 * the answers of one turn together and stay awake behind them, as ours does.
 */
import { fork } from 'node:child_process';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { AnswerWriter } from '../apps/registry/src/http/answer-writer.ts';
import type { Result } from './jobs.ts';
import type { Bare, Ceiling } from './results.ts';
import { runClient } from './run-client.ts';

const BLOB = 64 * 1024 * 1024;
const BARE_CONNECTIONS = [1, 16, 64];

export async function measureCeiling(seconds: number): Promise<Ceiling> {
  const child = fork(import.meta.filename, { execArgv: [] });
  try {
    const ports = await new Promise<Ports>((resolve) => child.once('message', (told) => resolve(told as Ports)));
    const pid = child.pid ?? 0;
    const raw = { port: ports.raw, pid };
    const ask = { kind: 'requests', method: 'GET', seconds } as const;
    const large = await runClient(raw, { ...ask, paths: ['/large'], bodyBytes: BLOB, connections: 4 });
    const bare = async (port: number, path: string): Promise<Bare[]> => {
      const all: Bare[] = [];
      for (const connections of BARE_CONNECTIONS)
        all.push(bareOf(connections, await runClient({ port, pid }, { ...ask, paths: [path], connections })));
      return all;
    };
    const bareNet = await bare(ports.raw, '/small');
    return {
      requestsPerSecond: Math.max(...bareNet.map((each) => each.requestsPerSecond)),
      gigabytesPerSecond: Number((large.bytes / 1e9 / large.seconds).toFixed(2)),
      bareNode: await bare(ports.http, '/v2/'),
      bareNet,
    };
  } finally {
    child.kill();
  }
}

function bareOf(connections: number, { done, seconds, serverCpuSeconds, clientCpuSeconds }: Result): Bare {
  const each = (cpuSeconds: number) => Number(((cpuSeconds / done) * 1e6).toFixed(1));
  return {
    connections,
    requestsPerSecond: Math.round(done / seconds),
    microseconds: each(serverCpuSeconds),
    clientMicroseconds: each(clientCpuSeconds),
  };
}

interface Ports {
  readonly raw: number;
  readonly http: number;
}

async function serve(): Promise<void> {
  const ports: Ports = { raw: await portOf(rawServer()), http: await portOf(bareServer()) };
  process.send?.(ports);
  process.once('disconnect', () => process.exit());
}

function portOf(server: Server): Promise<number> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}

/** Whatever comes on a connection is one request; what is asked for is told by the length of its path alone. */
function rawServer(): Server {
  const answers = new AnswerWriter();
  const small = `HTTP/1.1 200 OK\r\nContent-Length: 1024\r\n\r\n${'x'.repeat(1024)}`;
  const head = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${BLOB}\r\n\r\n`);
  const body = Buffer.alloc(BLOB, 'x');
  return createServer({ noDelay: true }, (socket) => {
    const response = { end: (text: string | Uint8Array = '') => socket.write(text, 'latin1') };
    socket.on('error', () => socket.destroy());
    socket.on('data', (request) => {
      if (request.includes('/large')) {
        socket.write(head);
        socket.write(body);
      } else {
        answers.end(response, small);
      }
    });
  });
}

/** The headers of a manifest, all of them constants; a string, which Node sends in one piece with its head. */
function bareServer(): Server {
  const answers = new AnswerWriter();
  const body = 'x'.repeat(1024);
  const headers = {
    'Docker-Distribution-Api-Version': 'registry/2.0',
    'X-Ms-Correlation-Request-Id': '00000000-0000-4000-8000-000000000000',
    'X-Content-Type-Options': 'nosniff',
    'Content-Length': body.length,
    'Content-Type': 'application/vnd.oci.image.manifest.v1+json',
    'Docker-Content-Digest': `sha256:${'0'.repeat(64)}`,
    ETag: `"sha256:${'0'.repeat(64)}"`,
  };
  return createHttpServer((_request, response) => {
    response.writeHead(200, headers);
    answers.end(response, body);
  });
}

if (process.send && process.argv[1] === import.meta.filename) await serve();
