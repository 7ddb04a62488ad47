import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { digestOf } from '@holdfast/oci/digest';
import { describe, expect, it } from 'vitest';
import { systemIds } from '../platform/ids.ts';
import type { UploadId, UploadState } from '../storage/blob-store.ts';
import { MemoryBlobStore } from '../storage/memory/memory-blob-store.ts';
import { UploadSessions } from './upload-sessions.ts';

const nextId = () => systemIds.uuid() as UploadId;

describe('more sessions than are held open', () => {
  it('all go on where they were acknowledged', async () => {
    const store = new MemoryBlobStore();
    const sessions = new UploadSessions(store, 2);
    const uploads = new Map<UploadId, { state: UploadState; bytes: Buffer }>();
    for (let i = 0; i < 7; i++) {
      const id = nextId();
      sessions.add(id, await store.uploads.begin(id));
      uploads.set(id, { state: { offset: 0 }, bytes: systemIds.bytes(300) });
    }
    for (const part of [0, 1, 2]) {
      const round = [...uploads].map(async ([id, upload]) => {
        const chunk = upload.bytes.subarray(part * 100, part * 100 + 100);
        const append = () =>
          sessions.use(
            id,
            async () => upload.state,
            (open) => open.append(Readable.from([chunk])),
          );
        upload.state = await append();
      });
      await Promise.all(round);
    }
    for (const [id, { state, bytes }] of uploads) {
      await sessions.use(
        id,
        async () => state,
        (open) => open.commit(digestOf(bytes)),
      );
      sessions.drop(id);
      expect(await store.stat(digestOf(bytes))).toMatchObject({ size: 300 });
    }
    await sessions.close();
  });
});

describe('the session that is let go of', () => {
  it('is the one that was used longest ago, not the one that was opened first', async () => {
    const store = new MemoryBlobStore();
    const resumed: UploadId[] = [];
    const resume = store.uploads.resume.bind(store.uploads);
    store.uploads.resume = (id, at) => {
      resumed.push(id);
      return resume(id, at);
    };
    const sessions = new UploadSessions(store, 2);
    const [first, second, third] = [nextId(), nextId(), nextId()];
    const use = (id: UploadId) =>
      sessions.use(
        id,
        async () => ({ offset: 0 }),
        async () => undefined,
      );
    for (const id of [first, second]) sessions.add(id, await store.uploads.begin(id));
    await use(first);
    sessions.add(third, await store.uploads.begin(third));
    await sleep(5);
    await use(first);
    expect(resumed).toEqual([]);
    await use(second);
    expect(resumed).toEqual([second]);
    await sessions.close();
  });
});

describe('two requests for one session', () => {
  it('never have it at the same time: the newer one ends the older one and waits until it let go', async () => {
    const store = new MemoryBlobStore();
    const sessions = new UploadSessions(store);
    const id = nextId();
    sessions.add(id, await store.uploads.begin(id));
    let inside = 0;
    const reasons: unknown[] = [];
    const work = (n: number) =>
      sessions
        .use(
          id,
          async () => ({ offset: 0 }),
          async (_, signal) => {
            expect(++inside).toBe(1);
            await Promise.race([
              sleep(n === 3 ? 0 : 1000),
              new Promise((resolve) => signal.addEventListener('abort', resolve)),
            ]);
            await sleep(2);
            inside--;
            signal.throwIfAborted();
            return n;
          },
        )
        .catch((error: unknown) => reasons.push(error));
    const [first, second] = [work(1), work(2)];
    await sleep(10);
    expect(await work(3)).toBe(3);
    await Promise.all([first, second]);
    expect(reasons).toEqual([
      expect.objectContaining({ code: 'upload.busy' }),
      expect.objectContaining({ code: 'upload.busy' }),
    ]);
  });

  it('do not end what only the stop of the server may end', async () => {
    const store = new MemoryBlobStore();
    const sessions = new UploadSessions(store);
    const id = nextId();
    sessions.add(id, await store.uploads.begin(id));
    const state = async () => ({ offset: 0 });
    const first = sessions.use(id, state, async (_, signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return sessions.closing.aborted;
    });
    await sleep(10);
    await sessions.use(id, state, async () => undefined);
    expect(await first).toBe(false);
    await sessions.close();
    expect(sessions.closing.reason).toMatchObject({ code: 'server.unavailable' });
  });

  it('that fails leaves it free', async () => {
    const store = new MemoryBlobStore();
    const sessions = new UploadSessions(store);
    const id = nextId();
    sessions.add(id, await store.uploads.begin(id));
    const state = async () => ({ offset: 0 });
    await expect(sessions.use(id, state, async () => Promise.reject(new Error('broken off')))).rejects.toThrow(
      'broken off',
    );
    expect(await sessions.use(id, state, async (open) => open.offset)).toBe(0);
  });

  it('whose bytes are gone is unknown, unless no byte was acknowledged yet', async () => {
    const sessions = new UploadSessions(new MemoryBlobStore());
    const at = (offset: number) =>
      sessions.use(
        nextId(),
        async () => ({ offset }),
        async (open) => open.offset,
      );
    expect(await at(0)).toBe(0);
    await expect(at(1)).rejects.toMatchObject({ code: 'upload.unknown' });
  });
});
