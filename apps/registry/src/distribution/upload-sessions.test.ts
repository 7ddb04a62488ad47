import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { digestOf } from '@holdfast/oci/digest';
import { describe, expect, it } from 'vitest';
import { FakeClock, systemClock } from '../platform/clock.ts';
import { systemIds } from '../platform/ids.ts';
import type { UploadId, UploadState } from '../storage/blob-store.ts';
import { MemoryBlobStore } from '../storage/memory/memory-blob-store.ts';
import { UploadSessions } from './upload-sessions.ts';

const nextId = () => systemIds.uuid() as UploadId;
const atStart = async () => ({ offset: 0 });

describe('more sessions than are held open', () => {
  it('all go on where they were acknowledged', async () => {
    const store = new MemoryBlobStore();
    const sessions = new UploadSessions(store, systemClock, 2);
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
          sessions.use({
            id,
            acknowledged: async () => upload.state,
            work: (open) => open.append(Readable.from([chunk])),
          });
        upload.state = await append();
      });
      await Promise.all(round);
    }
    for (const [id, { state, bytes }] of uploads) {
      await sessions.use({ id, acknowledged: async () => state, work: (open) => open.commit(digestOf(bytes)) });
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
    const sessions = new UploadSessions(store, systemClock, 2);
    const [first, second, third] = [nextId(), nextId(), nextId()];
    const use = (id: UploadId) => sessions.use({ id, acknowledged: atStart, work: async () => undefined });
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
  /** A session, and requests for it that end when they are told to; `inside` is how many have it. */
  async function open() {
    const clock = new FakeClock();
    const store = new MemoryBlobStore();
    const sessions = new UploadSessions(store, clock);
    const id = nextId();
    sessions.add(id, await store.uploads.begin(id));
    const state = { inside: 0, offset: 0 };
    const request = (options: { sent?: () => number | undefined; endsOthers?: boolean } = {}) => {
      const { sent = () => undefined } = options;
      const { promise: told, resolve: finish } = Promise.withResolvers<void>();
      const { promise: began, resolve: begin } = Promise.withResolvers<number | undefined>();
      const done = sessions.use({
        id,
        acknowledged: async () => ({ offset: state.offset }),
        chunk: { signal: new AbortController().signal, awaited: sent },
        endsOthers: options.endsOthers ?? false,
        work: async (_, signal, before) => {
          expect(++state.inside).toBe(1);
          begin(before);
          await Promise.race([told, new Promise((resolve) => signal.addEventListener('abort', resolve))]);
          await sleep(2);
          state.inside--;
          signal.throwIfAborted();
          return 'done' as const;
        },
      });
      done.catch(() => undefined);
      let isIn = false;
      void began.then(() => {
        isIn = true;
      });
      return { done, began, finish, isIn: () => isIn };
    };
    const standStill = async () => {
      await sleep(5);
      clock.advance(1000);
      await sleep(10);
    };
    return { clock, sessions, request, standStill };
  }

  it('never have it at the same time: the newer one ends the older one, whose client sends nothing more, and waits until it let go', async () => {
    const { request, standStill } = await open();
    const first = request({ sent: () => 17 });
    await first.began;
    const second = request({ sent: () => 4 });
    await sleep(5);
    expect(second.isIn()).toBe(false);
    await standStill();
    await expect(first.done).rejects.toMatchObject({ code: 'upload.busy' });
    await second.began;
    second.finish();
    expect(await second.done).toBe('done');
  });

  it('wait for each other as long as bytes come', async () => {
    const { request, standStill } = await open();
    let sent = 0;
    const first = request({ sent: () => ++sent });
    expect(await first.began).toBeUndefined();
    const second = request({ sent: () => 4 });
    for (let i = 0; i < 5; i++) await standStill();
    expect(second.isIn()).toBe(false);
    first.finish();
    expect(await first.done).toBe('done');
    expect(await second.began).toBe(0); // where the first one began
    second.finish();
    expect(await second.done).toBe('done');
  });

  it('do not take for a standstill what was not read yet', async () => {
    const { clock, request, standStill } = await open();
    let sent = 17;
    const first = request({ sent: () => sent });
    await first.began;
    const second = request();
    await sleep(5);
    setImmediate(() => {
      sent += 1; // timers come before what there is to read
    });
    clock.advance(1000);
    await sleep(10);
    expect(second.isIn()).toBe(false);
    await standStill();
    await expect(first.done).rejects.toMatchObject({ code: 'upload.busy' });
    second.finish();
    expect(await second.done).toBe('done');
  });

  it('wait for one that does not wait for its client', async () => {
    const { request, standStill } = await open();
    const first = request({ sent: () => undefined });
    await first.began;
    const second = request();
    for (let i = 0; i < 3; i++) await standStill();
    expect(second.isIn()).toBe(false);
    first.finish();
    expect(await first.done).toBe('done');
    second.finish();
    expect(await second.done).toBe('done');
  });

  it('come one after another, however many wait', async () => {
    const { request } = await open();
    const all = Array.from({ length: 5 }, () => request());
    for (const one of all) one.finish();
    expect(await Promise.all(all.map(({ done }) => done))).toEqual(all.map(() => 'done'));
  });

  it('do not wait where what the older one does is in vain', async () => {
    const { request } = await open();
    const first = request({ sent: () => undefined });
    await first.began;
    const second = request({ endsOthers: true });
    second.finish();
    expect(await second.done).toBe('done');
    await expect(first.done).rejects.toMatchObject({ code: 'upload.busy' });
  });

  it('do not wait for a server that stops', async () => {
    const { sessions, request } = await open();
    const first = request({ sent: () => undefined });
    await first.began;
    const second = request();
    await sleep(5);
    await sessions.close();
    for (const { done } of [first, second]) await expect(done).rejects.toMatchObject({ code: 'server.unavailable' });
  });

  it('do not end what only the stop of the server may end', async () => {
    const store = new MemoryBlobStore();
    const sessions = new UploadSessions(store, systemClock);
    const id = nextId();
    sessions.add(id, await store.uploads.begin(id));
    const first = sessions.use({
      id,
      acknowledged: atStart,
      work: async (_, signal) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        return sessions.closing.aborted;
      },
    });
    await sleep(10);
    await sessions.use({ id, acknowledged: atStart, work: async () => undefined, endsOthers: true });
    expect(await first).toBe(false);
    await sessions.close();
    expect(sessions.closing.reason).toMatchObject({ code: 'server.unavailable' });
  });

  it('that loses its client ends, whatever else it waits for, and leaves it free', async () => {
    const store = new MemoryBlobStore();
    const sessions = new UploadSessions(store, systemClock);
    const id = nextId();
    sessions.add(id, await store.uploads.begin(id));
    const client = new AbortController();
    const { promise: began, resolve: begin } = Promise.withResolvers<void>();
    const first = sessions.use({
      id,
      acknowledged: atStart,
      chunk: { signal: client.signal },
      work: (_, signal) => {
        begin();
        return new Promise<void>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    });
    await began;
    client.abort(new Error('the client closed the connection'));
    await expect(first).rejects.toThrow('the client closed the connection');
    expect(await sessions.use({ id, acknowledged: atStart, work: async (open) => open.offset })).toBe(0);
  });

  it('that fails leaves it free', async () => {
    const store = new MemoryBlobStore();
    const sessions = new UploadSessions(store, systemClock);
    const id = nextId();
    sessions.add(id, await store.uploads.begin(id));
    const broken = { id, acknowledged: atStart, work: async () => Promise.reject(new Error('broken off')) };
    await expect(sessions.use(broken)).rejects.toThrow('broken off');
    expect(await sessions.use({ id, acknowledged: atStart, work: async (open) => open.offset })).toBe(0);
  });

  it('whose bytes are gone is unknown, unless no byte was acknowledged yet', async () => {
    const sessions = new UploadSessions(new MemoryBlobStore(), systemClock);
    const at = (offset: number) =>
      sessions.use({ id: nextId(), acknowledged: async () => ({ offset }), work: async (open) => open.offset });
    expect(await at(0)).toBe(0);
    await expect(at(1)).rejects.toMatchObject({ code: 'upload.unknown' });
  });
});
