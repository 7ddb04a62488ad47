import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { someBytes } from '../storage/test-blobs.ts';
import {
  holdLargeBody,
  isHeldBack,
  LARGE_BYTES,
  largeBodyOf,
  PIECE_BYTES,
  readByRequest,
  releasePiece,
} from './large-body.ts';

let server: Server;
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.closeAllConnections();
  server.close();
});

type Listener = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

async function serve(listener: Listener): Promise<void> {
  server = createServer((request, response) => {
    holdLargeBody(request);
    void listener(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
}

async function dial(): Promise<Socket> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

function put(length: number, more = ''): string {
  return `PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n${more}\r\n`;
}

/** Makes the connection's parser one that keeps the function that it calls with pieces of a body, whatever is set afterwards. */
function rememberFunction(socket: Socket): void {
  const { parser } = socket as unknown as { readonly parser: Record<string, unknown> };
  const key = Object.keys(parser).find((name) => (parser[name] as { name?: string } | null)?.name === 'parserOnBody');
  const onBody = parser[key as string];
  const shape = { enumerable: true, configurable: true };
  Object.defineProperty(parser, key as string, { ...shape, get: () => onBody, set: () => undefined });
  // Node uses parsers again for other connections.
  socket.once('close', () => Object.defineProperty(parser, key as string, { ...shape, value: onBody, writable: true }));
}

/** What came until there are so many whole answers. */
async function answers(socket: Socket, count: number): Promise<string> {
  let text = '';
  for (;;) {
    if (text.split(';').length > count) return text;
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    text += chunk.toString('latin1');
  }
}

const hexOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

interface Received {
  readonly large: boolean;
  readonly pieces: number[];
}

/** Answers each request with the hash of its body, and a semicolon; what it saw of each goes to `seen`. */
function hashing(seen: Received[], { pause = 0 } = {}): Listener {
  return async (request, response) => {
    await sleep(1);
    const large = largeBodyOf(request);
    const received: Received = { large: large !== undefined, pieces: [] };
    seen.push(received);
    const hash = createHash('sha256');
    const body = large ?? request;
    body.on('data', (piece: Buffer) => {
      received.pieces.push(piece.length);
      hash.update(piece);
      releasePiece(piece);
      if (pause === 0) return;
      body.pause();
      setTimeout(() => body.resume(), pause);
    });
    body.on('end', () => response.end(`${hash.digest('hex')};`));
  };
}

describe('a large body', () => {
  test('comes in large pieces, and its connection serves what comes behind it', async () => {
    const seen: Received[] = [];
    await serve(hashing(seen));
    const socket = await dial();
    const bodies = [5_000_000, 10, 3 * PIECE_BYTES, 0, LARGE_BYTES, 2_000_000].map((size, n) => someBytes(size, n));
    for (const body of bodies) {
      socket.write(put(body.length));
      socket.write(body);
      expect(await answers(socket, 1)).toContain(hexOf(body));
    }
    expect(seen.map(({ large }) => large)).toEqual([true, false, true, false, expect.anything(), true]);
    expect(seen[0]?.pieces).toEqual([PIECE_BYTES, PIECE_BYTES, 5_000_000 - 2 * PIECE_BYTES]);
    expect(seen[2]?.pieces).toEqual(Array(3).fill(PIECE_BYTES));
  });

  test('is whole, and so is what was sent behind it without waiting', async () => {
    const seen: Received[] = [];
    await serve(hashing(seen));
    const socket = await dial();
    const bodies = [someBytes(2_500_001, 1), someBytes(70_000, 2), someBytes(1_800_000, 3), someBytes(5, 4)];
    for (const body of bodies) {
      socket.write(put(body.length));
      socket.write(body);
    }
    const text = await answers(socket, bodies.length);
    expect([...text.matchAll(/[0-9a-f]{64}/g)].map(([hex]) => hex)).toEqual(bodies.map(hexOf));
    expect(seen[0]?.large).toBe(true);
  });

  test('waits for who takes it, and is then held back: nothing is lost, and no more is read than a piece ahead', async () => {
    const seen: Received[] = [];
    const held: boolean[] = [];
    let request: IncomingMessage | undefined;
    const listener = hashing(seen, { pause: 5 });
    await serve((r, response) => {
      request = r;
      return listener(r, response);
    });
    const socket = await dial();
    const body = someBytes(12_345_678, 5);
    const taken = () => (seen[0]?.pieces ?? []).reduce((sum, bytes) => sum + bytes, 0);
    let most = 0;
    const looking = setInterval(() => {
      held.push(request !== undefined && isHeldBack(request));
      if (request) most = Math.max(most, request.socket.bytesRead - taken());
    }, 1);
    socket.write(put(body.length));
    // In bits, so that reads end in the middle of pieces.
    for (let at = 0; at < body.length; at += 333_333) {
      socket.write(body.subarray(at, at + 333_333));
      await sleep(1);
    }
    expect(await answers(socket, 1)).toContain(hexOf(body));
    clearInterval(looking);
    expect(seen[0]?.large).toBe(true);
    expect(held).toContain(true); // by us, who are slow
    expect(request && isHeldBack(request)).toBe(false);
    expect(most).toBeLessThan(2 * PIECE_BYTES);
  });

  test('is read by iteration, too, and while the parser is at its first bytes', async () => {
    await serve(async (request, response) => {
      const hash = createHash('sha256');
      for await (const piece of largeBodyOf(request) ?? request) {
        hash.update(piece as Buffer);
        await sleep(2);
      }
      response.end(`${hash.digest('hex')};`);
    });
    const socket = await dial();
    const body = someBytes(6_000_000, 6);
    socket.cork();
    socket.write(put(body.length));
    process.nextTick(() => socket.uncork());
    for (let at = 0; at < body.length; at += 250_000) {
      socket.write(body.subarray(at, at + 250_000));
      await sleep(1);
    }
    expect(await answers(socket, 1)).toContain(hexOf(body));
  });

  test('of many at once none mixes with another, while pieces are used again', async () => {
    const seen: Received[] = [];
    await serve(hashing(seen, { pause: 1 }));
    const results = await Promise.all(
      Array.from({ length: 12 }, async (_, n) => {
        const socket = await dial();
        for (let round = 0; round < 3; round++) {
          const body = someBytes(3_000_000 + n, n * 10 + round);
          socket.write(put(body.length));
          socket.write(body);
          if (!(await answers(socket, 1)).includes(hexOf(body))) return false;
        }
        return true;
      }),
    );
    expect(results).toEqual(Array(12).fill(true));
    expect(seen.some(({ large }) => large)).toBe(true);
  });

  test('is invited by whoever waits for 100 Continue', async () => {
    const seen: Received[] = [];
    await serve(() => undefined);
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      response.writeContinue();
      void hashing(seen)(request, response);
    });
    const socket = await dial();
    const body = someBytes(2_000_000, 7);
    socket.write(put(body.length, 'Expect: 100-continue\r\n'));
    await once(socket, 'data');
    socket.write(body);
    expect(await answers(socket, 1)).toContain(hexOf(body));
    expect(seen[0]?.large).toBe(true);
  });

  test('whose rest nobody wants comes by the request again, and the connection goes on', async () => {
    let first = true;
    const seen: Received[] = [];
    await serve(async (request, response) => {
      if (!first) return hashing(seen)(request, response);
      first = false;
      await sleep(1);
      const body = largeBodyOf(request);
      await new Promise((resolve) => body?.once('data', resolve));
      body?.pause();
      await sleep(5);
      readByRequest(request);
      request.resume();
      await once(request, 'end');
      expect(request.complete).toBe(true);
      response.end('refused;');
    });
    const socket = await dial();
    for (const body of [someBytes(5_000_000, 8), someBytes(2_000_000, 9)]) {
      socket.write(put(body.length));
      socket.write(body);
      expect(await answers(socket, 1)).toMatch(body.length === 5_000_000 ? /refused/ : hexOf(body));
    }
    expect(seen[0]?.large).toBe(true);
  });

  test('is whole where the parser calls its function all the same (Node 26), and the next one comes as Node reads it', async () => {
    const seen: Received[] = [];
    await serve(hashing(seen));
    server.prependListener('connection', (socket: Socket) => setImmediate(() => rememberFunction(socket)));
    const socket = await dial();
    await sleep(20);
    for (const body of [3_000_000, 2_500_000, 10].map((size, n) => someBytes(size, n))) {
      socket.write(put(body.length));
      socket.write(body);
      expect(await answers(socket, 1)).toContain(hexOf(body));
    }
    expect(seen.map(({ large }) => large)).toEqual([true, false, false]);
  });

  describe('behind another on its connection', () => {
    const body = someBytes(5_000_000, 10);

    /** Answers the first body with its hash, and leaves the second one to `second`. */
    async function serveSecond(second: Listener): Promise<Socket> {
      let first = true;
      await serve((request, response) => {
        if (!first) return second(request, response);
        first = false;
        return hashing([])(request, response);
      });
      const socket = await dial();
      socket.write(put(body.length));
      socket.write(body);
      expect(await answers(socket, 1)).toContain(hexOf(body));
      return socket;
    }

    test('is not read before somebody asks for it, but for what came with its head', async () => {
      const read: number[] = [];
      const held: boolean[] = [];
      const seen: Received[] = [];
      const socket = await serveSecond(async (request, response) => {
        const before = request.socket.bytesRead;
        for (let n = 0; n < 5; n++) {
          await sleep(5);
          held.push(isHeldBack(request));
          read.push(request.socket.bytesRead - before);
        }
        expect(request.readableLength).toBeLessThan(16 * 1024);
        return hashing(seen)(request, response);
      });
      socket.write(Buffer.concat([Buffer.from(put(body.length)), body]));
      expect(await answers(socket, 1)).toContain(hexOf(body));
      expect(seen).toEqual([{ large: true, pieces: [PIECE_BYTES, PIECE_BYTES, 5_000_000 - 2 * PIECE_BYTES] }]);
      expect(held).toEqual(Array(5).fill(true));
      expect(read).toEqual(Array(5).fill(0));
    });

    test('is not read as other bodies are when somebody has asked for it', async () => {
      let read = -1;
      const socket = await serveSecond(async (request, response) => {
        const before = request.socket.bytesRead;
        await sleep(5);
        setImmediate(() => {
          read = request.socket.bytesRead - before; // right before its own pieces
        });
        largeBodyOf(request)?.once('data', () => response.end(';'));
      });
      socket.write(Buffer.concat([Buffer.from(put(body.length)), body]));
      await answers(socket, 1);
      expect(read).toBe(0);
    });

    test('is one that is not large, and is read as ever', async () => {
      const seen: Received[] = [];
      const socket = await serveSecond(hashing(seen));
      const ordinary = body.subarray(0, LARGE_BYTES - 1);
      socket.write(Buffer.concat([Buffer.from(put(ordinary.length)), ordinary]));
      expect(await answers(socket, 1)).toContain(hexOf(ordinary));
      expect(seen[0]?.large).toBe(false);
      expect(Math.max(...(seen[0]?.pieces ?? []))).toBeGreaterThan(32 * 1024);
    });

    test('are many small requests, whose answers nobody reads for a while', async () => {
      const socket = await serveSecond((_, response) => void response.end(`${'x'.repeat(20_000)};`));
      socket.pause();
      for (let n = 0; n < 50; n++) {
        socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(10));
        await sleep(1);
      }
      let whole = 0;
      socket.on('data', (chunk: Buffer) => {
        whole += chunk.toString('latin1').split(';').length - 1;
      });
      socket.resume();
      while (whole < 500) await sleep(5);
    });

    test('is held back by us, though nothing of it came with its head', async () => {
      const held: boolean[] = [];
      const socket = await serveSecond(async (request, response) => {
        await sleep(10);
        held.push(isHeldBack(request));
        await hashing([])(request, response);
        await sleep(10);
        held.push(isHeldBack(request)); // now its client is waited for
        socket.write(body);
      });
      socket.write(put(body.length));
      expect(await answers(socket, 1)).toContain(hexOf(body));
      expect(held).toEqual([true, false]);
    });

    test.each<[string, (request: IncomingMessage) => Promise<unknown>]>([
      ['by the request itself', (request) => once(request.resume(), 'end')],
      ['by nobody, who answers', async () => undefined],
      ['by iteration', async (request) => request.toArray()],
    ])('may be read %s, and the connection goes on', async (_, read) => {
      let more = false;
      const socket = await serveSecond(async (request, response) => {
        if (more) return hashing([])(request, response);
        more = true;
        await sleep(5);
        await read(request);
        response.end('refused;');
      });
      for (const expected of ['refused', hexOf(body)]) {
        socket.write(put(body.length));
        socket.write(body);
        expect(await answers(socket, 1)).toContain(expected);
      }
    });
  });

  test('that breaks off is an error, and makes room for another', async () => {
    const errors: string[] = [];
    const seen: Received[] = [];
    let broken = true;
    await serve(async (request, response) => {
      if (!broken) return hashing(seen)(request, response);
      await sleep(1);
      const body = largeBodyOf(request);
      body?.on('data', () => undefined).on('close', () => errors.push(String(body.errored ?? 'closed')));
    });
    for (let n = 0; n < 10; n++) {
      const socket = await dial();
      socket.write(put(5_000_000));
      socket.write(someBytes(1_500_000, n));
      await sleep(10);
      socket.destroy();
      while (errors.length <= n) await sleep(1);
    }
    broken = false;
    const socket = await dial();
    socket.write(put(2_000_000));
    socket.write(someBytes(2_000_000, 3));
    expect(await answers(socket, 1)).toContain(hexOf(someBytes(2_000_000, 3)));
    expect(seen[0]?.large).toBe(true);
    expect(errors).toEqual(Array(10).fill('Error: aborted'));
  });
});

test.each([
  ['is small', LARGE_BYTES - 1, ''],
  ['does not tell its length', 0, 'Transfer-Encoding: chunked\r\n'],
])('a body that %s comes as Node reads it', async (_, length, more) => {
  const kinds: boolean[] = [];
  await serve((request, response) => {
    kinds.push(largeBodyOf(request) !== undefined);
    request.resume();
    response.end(';');
  });
  const socket = await dial();
  socket.write(more ? `PUT / HTTP/1.1\r\nHost: x\r\n${more}\r\n0\r\n\r\n` : put(length));
  await answers(socket, 1);
  expect(kinds).toEqual([false]);
});
