import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { createFetchTransport } from './fetch-transport.ts';
import { discard } from './read-up-to.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const MIB = 1024 * 1024;
async function put(stream: Readable, length: number, answer: RequestListener, timeoutMs = 5000) {
  server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return createFetchTransport().send({ method: 'PUT', url, body: { stream, length }, timeoutMs });
}

describe('HEAD', () => {
  it('leaves the connection to the next request', async () => {
    const ports = new Set<number | undefined>();
    server = createServer(({ socket, method }, response) => {
      ports.add(socket.remotePort);
      response.writeHead(method === 'HEAD' ? 200 : 500, { 'Content-Length': '5' }).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const transport = createFetchTransport();
    for (let i = 0; i < 5; i++) {
      const answer = await transport.send({ method: 'HEAD', url, timeoutMs: 5000 });
      expect([answer.status, answer.headers['content-length']]).toEqual([200, '5']);
      await discard(answer);
    }
    expect(ports.size).toBe(1);
  });
});

describe('a streamed upload', () => {
  it('arrives byte for byte, and its answer is read', async () => {
    const answer = await put(Readable.from([Buffer.from('ab'), Buffer.from('c')]), 3, (request, response) => {
      const length = request.headers['content-length'];
      void buffer(request).then((body) => {
        response.writeHead(201, { Location: `/${body.toString()}/${length}` }).end('done');
      });
    });
    expect([answer.status, answer.headers.location, (await buffer(answer.body)).toString()]).toEqual([
      201,
      '/abc/3',
      'done',
    ]);
  });

  it('takes no more memory than what is on its way', async () => {
    let most = 0;
    const before = process.memoryUsage().arrayBuffers;
    const source = function* () {
      for (let i = 0; i < 384; i++) {
        if (i % 16 === 0) most = Math.max(most, process.memoryUsage().arrayBuffers - before);
        yield Buffer.allocUnsafeSlow(MIB).fill(i);
      }
    };
    const answer = await put(Readable.from(source(), { objectMode: false }), 384 * MIB, (request, response) => {
      request.resume().on('end', () => response.end());
    });
    expect(answer.status).toBe(200);
    expect(most / MIB).toBeLessThan(200);
  });

  it('ends when it is answered before its end', async () => {
    const stream = new Readable({
      read() {
        setImmediate(() => this.push(Buffer.alloc(65536)));
      },
    });
    const answer = await put(stream, 1e12, (_request, response) =>
      response.writeHead(413, { Connection: 'close' }).end('large'),
    );
    expect(answer.status).toBe(413);
    stream.destroy();
  });

  it.each([2, 4])('of another length than was said (%s for 3) fails and leaves nobody waiting', async (bytes) => {
    const sent = put(Readable.from([Buffer.alloc(bytes)]), 3, (request, response) =>
      request.resume().on('end', () => response.end()),
    );
    await expect(sent).rejects.toThrow(/the body has/);
  });

  it('fails when nothing moves for the time that is given', async () => {
    await expect(put(Readable.from([Buffer.alloc(3)]), 3, (request) => request.resume(), 50)).rejects.toThrow(
      /did not answer in time/,
    );
  });
});
