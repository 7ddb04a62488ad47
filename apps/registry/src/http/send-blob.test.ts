import { readdir, readlink, rename, rm, symlink, truncate } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { Digest } from '@holdfast/oci/digest';
import { digestOf } from '@holdfast/oci/digest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { HttpClient } from '../../../../test/support/http-client.ts';
import { startRegistry, type TestRegistry } from '../../../../test/support/start-registry.ts';
import { expectError, newBytes, pushBlob } from '../distribution/test-content.ts';
import { diskPace } from '../platform/disk-pace.ts';
import type { BlobStore, UploadId } from '../storage/blob-store.ts';
import { blobPath, layoutOf } from '../storage/filesystem/layout.ts';
import { MemoryBlobStore } from '../storage/memory/memory-blob-store.ts';
import { AnswerWriter } from './answer-writer.ts';
import { Exchange, type ExchangeFacts } from './exchange.ts';
import { PIECE_SIZES, pieceSize, sendBlob, sendBuffers } from './send-blob.ts';
import { SEND_MEMORY, SendBuffers } from './send-buffers.ts';

let registry: TestRegistry;
const MiB = 1024 * 1024;
const admit = async () => true;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.stop());

const target = (digest: string) => `/v2/send/blobs/${digest}`;
const fileOf = (digest: Digest) => blobPath(layoutOf(registry.dataDir), digest).file;

/** Begins a download, hands over after the first bytes, and answers how many came and whether the answer was whole. */
async function download(digest: string, meanwhile: (stop: () => void) => Promise<void> | void) {
  const { hostname, port } = new URL(registry.http);
  const headers = { Authorization: registry.basic };
  return new Promise<{ bytes: number; whole: boolean }>((resolve, reject) => {
    const get = request({ hostname, port, path: target(digest), headers }, (response) => {
      let bytes = 0;
      response.on('error', () => undefined);
      response.on('close', () => resolve({ bytes, whole: response.complete }));
      response.once('readable', () => {
        void Promise.resolve(meanwhile(() => get.destroy())).then(() =>
          response.on('data', (chunk: Buffer) => {
            bytes += chunk.length;
          }),
        );
      });
    });
    get.on('error', (error: NodeJS.ErrnoException) => error.code !== 'ECONNRESET' && reject(error));
    get.end();
  });
}

describe('a blob on a file system', () => {
  it('comes whole to many clients at once', async () => {
    const blobs = [newBytes(3 * MiB), newBytes(MiB), newBytes(MiB + 1), newBytes(1), newBytes(5 * MiB - 1)];
    for (const bytes of blobs) await pushBlob(registry, 'send', bytes);
    const all = Array.from({ length: 25 }, (_, i) => blobs[i % blobs.length] ?? Buffer.alloc(0));
    const answers = await Promise.all(all.map((bytes) => registry.ask('GET', target(digestOf(bytes)))));
    expect(answers.every((answer, i) => answer.status === 200 && answer.body.equals(all[i] as Buffer))).toBe(true);
    expect(registry.problems).toEqual([]);
  });

  it('comes whole from a slow disk, too, and from one that turns slow on the way', async () => {
    const bytes = newBytes(3 * MiB + 5);
    const { digest } = await pushBlob(registry, 'send', bytes);
    let asked = 0;
    for (const answers of [() => false, () => asked++ % 3 === 0]) {
      const pace = vi.spyOn(diskPace, 'quick', 'get').mockImplementation(answers);
      const whole = await registry.ask('GET', target(digest));
      const part = await registry.ask('GET', target(digest), { headers: { Range: 'bytes=700000-2900000' } });
      pace.mockRestore();
      expect([whole.status, whole.body.equals(bytes)]).toEqual([200, true]);
      expect([part.status, part.body.equals(bytes.subarray(700_000, 2_900_001))]).toEqual([206, true]);
    }
  });

  it.each(PIECE_SIZES)('lets others in between, however fast its clients read (pieces of %d)', async (bytes) => {
    const pieces = vi.spyOn(pieceSize, 'bytes', 'get').mockReturnValue(bytes);
    const { digest, size } = await pushBlob(registry, 'send', newBytes(16 * MiB));
    const write = (_bytes: Buffer, done: () => void) => process.nextTick(done); // the socket never has to wait
    const response = { writeHead: () => undefined, write, end: () => undefined, destroy: () => undefined };
    const store = { localPath: fileOf } as unknown as BlobStore;
    // With small pieces one of them reads in a thread, the others on this one: without a rest they would end before anybody else has a turn.
    const one = { response, gone: false, whenGone: () => undefined, baseHeaders: () => ({}), bytesSent: 0 };
    const exchanges = Array.from({ length: 4 }, () => ({ ...one }));
    let turns = 0;
    let running = true;
    const turn = () => {
      turns += 1;
      if (running) setImmediate(turn);
    };
    setImmediate(turn);
    const sent = exchanges.map((exchange) =>
      sendBlob(exchange as unknown as Exchange, store, { digest, size }, { status: 200, headers: {} }, admit),
    );
    await Promise.race(sent);
    const here = turns;
    running = false;
    await Promise.all(sent);
    expect(here).toBeGreaterThanOrEqual(8); // one after each of 16 MiB, which of the four downloads they may be of
    pieces.mockRestore();
  });

  const KiB = 1024;
  it.each([
    [512 * KiB, [512 * KiB]],
    [512 * KiB + 1, [512 * KiB, 1]],
    [MiB, [512 * KiB, 512 * KiB]],
    [3 * MiB + 1, [1.5 * MiB + 1, 1.5 * MiB]],
    [5 * MiB, [2 * MiB, 2 * MiB, MiB]],
  ])('of %d bytes goes out in pieces of %j where large ones are cheaper', async (length, wanted) => {
    const pieces = vi.spyOn(pieceSize, 'bytes', 'get').mockReturnValue(2 * MiB);
    const { digest, size } = await pushBlob(registry, 'send', newBytes(length));
    const written: number[] = [];
    const write = (bytes: Buffer, done: () => void) => {
      written.push(bytes.length);
      process.nextTick(done);
    };
    const response = { writeHead: () => undefined, write, end: () => undefined, destroy: () => undefined };
    const exchange = { response, gone: false, whenGone: () => undefined, baseHeaders: () => ({}), bytesSent: 0 };
    const store = { localPath: fileOf } as unknown as BlobStore;
    const answer = { status: 200, headers: {} };
    expect(await sendBlob(exchange as unknown as Exchange, store, { digest, size }, answer, admit)).toBe('sent');
    expect(written).toEqual(wanted);
    pieces.mockRestore();
  });

  it('that was shortened behind our back, is gone or became a link, is not served', async () => {
    const becomeLink = async (path: string) => {
      await rename(path, `${path}.moved`); // the same bytes, but whoever made the link chose where they lie
      await symlink(`${path}.moved`, path);
    };
    for (const damage of [(path: string) => truncate(path, 10), (path: string) => rm(path), becomeLink]) {
      const { digest } = await pushBlob(registry, 'send', newBytes());
      await damage(fileOf(digest));
      for (const headers of [{}, { Range: 'bytes=0-4' }]) {
        const answer = await registry.ask('GET', target(digest), { headers });
        const { message } = expectError(answer, 404, 'BLOB_UNKNOWN');
        expect(message).toContain(answer.header('X-Ms-Correlation-Request-Id'));
        expect(message).toContain('Push the blob again');
        expect(message).not.toContain(registry.dataDir);
      }
    }
  });

  it('that is shortened during the download ends in a cut connection, not in a whole answer', async () => {
    const { digest } = await pushBlob(registry, 'send', newBytes(24 * MiB));
    const { bytes, whole } = await download(digest, () => truncate(fileOf(digest), 16 * MiB));
    expect([whole, bytes < 24 * MiB]).toEqual([false, true]);
    expect(registry.problems.at(-1)).toContain('shorter while it was sent');
  });

  it('leaves no file open when clients go away', async () => {
    const { digest } = await pushBlob(registry, 'send', newBytes(24 * MiB));
    const before = registry.problems.length;
    await Promise.all(Array.from({ length: 20 }, () => download(digest, (stop) => stop())));
    await vi.waitFor(async () => expect(await openFiles(fileOf(digest))).toBe(0));
    expect(registry.problems.slice(before)).toEqual([]);
  });

  it('is closed even when Node never calls back for what it could not write any more', async () => {
    const { digest, size } = await pushBlob(registry, 'send', newBytes(3 * MiB));
    let hangUp = (): void => undefined;
    const response = { writeHead: () => undefined, write: () => false, end: () => undefined, destroy: () => undefined };
    const whenGone = (listener: () => void) => (hangUp = listener);
    const exchange = { response, gone: false, whenGone, baseHeaders: () => ({}), bytesSent: 0 };
    const store = { localPath: fileOf } as unknown as BlobStore;
    const sent = sendBlob(
      exchange as unknown as Exchange,
      store,
      { digest, size },
      { status: 200, headers: {} },
      admit,
    );
    await vi.waitFor(() => expect(exchange.bytesSent).toBeGreaterThan(0));
    expect(await openFiles(fileOf(digest))).toBeLessThanOrEqual(1);
    exchange.gone = true;
    hangUp();
    await sent;
    expect(await openFiles(fileOf(digest))).toBe(0);
  });
});

describe('the memory of downloads', () => {
  const KiB64 = 64 * 1024;

  it('is two pieces each, the smaller the more downloads there are', () => {
    const sizeFor = (downloads: number, bytes = 2 * MiB) => {
      const buffers = new SendBuffers();
      for (let i = 0; i < downloads; i++) buffers.enter();
      return buffers.take(bytes).length;
    };
    expect([1, 16].map((downloads) => sizeFor(downloads))).toEqual([2 * MiB, 2 * MiB]);
    expect([17, 32, 128, 256, 512, 5000].map((downloads) => sizeFor(downloads) / KiB64)).toEqual([16, 16, 4, 2, 1, 1]);
    expect([1, KiB64, KiB64 + 1, MiB - 1].map((bytes) => sizeFor(1, bytes) / KiB64)).toEqual([1, 1, 2, 16]);
  });

  it('is counted out when a download ends', () => {
    const buffers = new SendBuffers();
    const leave = Array.from({ length: 100 }, () => buffers.enter());
    buffers.give(buffers.take(MiB));
    for (const end of leave) end();
    expect([buffers.held, buffers.take(2 * MiB).length]).toEqual([0, 2 * MiB]);
  });

  it('of downloads that stall leaves pieces of 256 KiB to others', () => {
    const buffers = new SendBuffers();
    for (let i = 0; i < 16; i++) {
      buffers.enter();
      buffers.take(2 * MiB);
      buffers.take(2 * MiB);
    }
    const others = Array.from({ length: 40 }, () => {
      buffers.enter();
      return buffers.take(2 * MiB).length;
    });
    expect(others.every((size) => size === 4 * KiB64)).toBe(true);
    expect(buffers.held).toBeLessThanOrEqual(SEND_MEMORY);
  });

  it('is used again, of each size, and most of it is given back when no download is under way', () => {
    const buffers = new SendBuffers();
    for (const bytes of [MiB, 2 * MiB, MiB]) {
      // So many of another size that what is kept is at its bound.
      const others = Array.from({ length: 16 }, () => buffers.take(bytes === MiB ? 2 * MiB : MiB));
      const leave = buffers.enter();
      const first = buffers.take(bytes);
      for (const other of others) buffers.give(other);
      buffers.give(first);
      leave();
      expect(buffers.kept).toBeLessThanOrEqual(8 * MiB);
      expect(buffers.take(bytes)).toBe(first);
      buffers.give(first);
    }
  });

  it('never is more than the bound, kept buffers included', () => {
    const buffers = new SendBuffers();
    const taken: Buffer[] = [];
    for (const bytes of [2 * MiB, MiB, KiB64]) {
      while (buffers.held + bytes <= SEND_MEMORY) taken.push(buffers.take(bytes));
      expect(buffers.held + buffers.kept).toBeLessThanOrEqual(SEND_MEMORY);
      for (const buffer of taken.splice(0)) buffers.give(buffer);
      expect(buffers.held).toBe(0);
      expect(buffers.kept).toBeLessThanOrEqual(SEND_MEMORY);
    }
  });

  it.each(PIECE_SIZES.flatMap((bytes) => [true, false].map((quick) => [bytes, quick] as const)))(
    'stays in its bounds when all clients read slowly, the early ones with large buffers (pieces of %d, quick disk: %s)',
    async (bytes, quick) => {
      const pace = vi.spyOn(diskPace, 'quick', 'get').mockReturnValue(quick);
      const pieces = vi.spyOn(pieceSize, 'bytes', 'get').mockReturnValue(bytes);
      const { digest, size } = await pushBlob(registry, 'send', newBytes(4 * MiB));
      await vi.waitFor(() => expect(sendBuffers.held).toBe(0));
      const hangUp: (() => void)[] = [];
      const whenGone = (listener: () => void) => hangUp.push(listener);
      const store = { localPath: fileOf } as unknown as BlobStore;
      const exchanges = Array.from({ length: 400 }, () => {
        const response = {
          writeHead: () => undefined,
          write: () => false,
          end: () => undefined,
          destroy: () => undefined,
        };
        return { response, gone: false, whenGone, baseHeaders: () => ({}), bytesSent: 0 };
      });
      const all: Promise<unknown>[] = [];
      for (const exchange of exchanges) {
        all.push(
          sendBlob(exchange as unknown as Exchange, store, { digest, size }, { status: 200, headers: {} }, admit),
        );
        await vi.waitFor(() => expect(exchange.bytesSent).toBeGreaterThan(0), { interval: 1 });
      }
      expect(exchanges.slice(0, 9).every(({ bytesSent }) => bytesSent === bytes)).toBe(true);
      expect(sendBuffers.held).toBeGreaterThan(SEND_MEMORY / 2);
      expect(sendBuffers.held).toBeLessThanOrEqual(SEND_MEMORY + exchanges.length * KiB64);
      for (const exchange of exchanges) exchange.gone = true;
      for (const lose of hangUp) lose();
      await Promise.all(all);
      expect(sendBuffers.held).toBe(0);
      pace.mockRestore();
      pieces.mockRestore();
    },
  );
});

/** How often this process has the file open; 0 where the kernel does not tell. */
async function openFiles(path: string): Promise<number> {
  const links = await readdir('/proc/self/fd').catch(() => []);
  const targets = await Promise.all(links.map((link) => readlink(`/proc/self/fd/${link}`).catch(() => '')));
  return targets.filter((file) => file === path).length;
}

describe('a blob that may not be sent', () => {
  const sent: string[] = [];
  const response = { writeHead: () => void sent.push('head'), write: () => void sent.push('body') };
  const exchange = { response, signal: new AbortController().signal, baseHeaders: () => ({}), bytesSent: 0 };
  const answer = { status: 200, headers: {} };

  it.each(['files', 'memory'])('is closed again, and not a byte or header of it is sent (%s)', async (kind) => {
    const { digest, size } = await pushBlob(registry, 'send', newBytes(MiB));
    const memory = { stat: async () => ({ size, modified: new Date(), version: 'v' }) };
    const store = (kind === 'files' ? { localPath: fileOf } : memory) as unknown as BlobStore;
    const asked: string[] = [];
    const send = (admit: (version: string) => Promise<boolean>) =>
      sendBlob(exchange as unknown as Exchange, store, { digest, size }, answer, admit);
    const refuse = async (which: string) => {
      asked.push(which);
      return false;
    };
    expect(await send(refuse)).toBe('replaced');
    await expect(send(() => Promise.reject(new Error('damaged')))).rejects.toThrow('damaged');
    expect([sent, asked.length, await openFiles(fileOf(digest))]).toEqual([[], 1, 0]);
  });
});

describe('a blob in a store without files', () => {
  it('is streamed, whole or in part', async () => {
    const store = new MemoryBlobStore();
    const bytes = newBytes(300_000);
    const digest = digestOf(bytes);
    const upload = await store.uploads.begin('11111111-2222-4333-8444-555555555555' as UploadId);
    await upload.append(Readable.from([bytes]));
    await upload.commit(digest);
    await upload.abort();
    const facts = { scheme: 'http', correlationId: 'x' } as ExchangeFacts;
    const server = createServer((incoming, response) => {
      const range = incoming.url === '/part' ? { start: 7, end: 199_999 } : undefined;
      const exchange = new Exchange(incoming, response, facts, new AnswerWriter());
      const answer = { status: range ? 206 : 200, headers: {}, range };
      void sendBlob(exchange, store, { digest, size: bytes.length }, answer, admit);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const client = new HttpClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const whole = await client.request('GET', '/');
    expect([whole.status, whole.header('Content-Length'), whole.body.equals(bytes)]).toEqual([200, '300000', true]);
    const part = await client.request('GET', '/part');
    expect([part.status, part.header('Content-Length')]).toEqual([206, '199993']);
    expect(part.body.equals(bytes.subarray(7, 200_000))).toBe(true);
    await client.close();
    server.close();
  });
});
