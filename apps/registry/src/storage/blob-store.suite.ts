import { PassThrough, Readable } from 'node:stream';
import type { Digest, DigestAlgorithm } from '@holdfast/oci/digest';
import { digestOf } from '@holdfast/oci/digest';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FakeClock } from '../platform/clock.ts';
import type { BlobInfo, BlobStore, BlobUpload, UploadId } from './blob-store.ts';

export interface StoreUnderTest {
  readonly store: BlobStore;
  readonly clock: FakeClock;
  /** The same bytes after a restart of the process: nothing that was only in memory is left. */
  restart(): Promise<BlobStore>;
  remove(): Promise<void>;
}

let lastId = 0;

export function nextUploadId(): UploadId {
  lastId += 1;
  return `00000000-0000-4000-8000-${lastId.toString(16).padStart(12, '0')}` as UploadId;
}

/** Bytes that differ everywhere, the same ones for the same seed. */
export function someBytes(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed * 2654435761;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

export function bodyOf(...chunks: Uint8Array[]): Readable {
  return Readable.from(
    chunks.map((chunk) => Buffer.from(chunk)),
    { objectMode: false },
  );
}

export async function contentOf(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function push(store: BlobStore, bytes: Uint8Array, algorithm?: DigestAlgorithm): Promise<Digest> {
  const upload = await store.uploads.begin(nextUploadId());
  await upload.append(bodyOf(bytes));
  const digest = digestOf(bytes, algorithm);
  await upload.commit(digest);
  return digest;
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function listed(store: BlobStore, options?: { olderThan?: Date }): Promise<BlobInfo[]> {
  const found = await all(store.list(options));
  return found.sort((a, b) => (a.digest < b.digest ? -1 : 1));
}

async function staged(store: BlobStore): Promise<UploadId[]> {
  return (await all(store.uploads.list())).map(({ id }) => id).sort();
}

const MALFORMED = [
  '',
  'sha256',
  'sha256:',
  `sha256:${'a'.repeat(63)}`,
  `sha256:${'a'.repeat(65)}`,
  `sha256:${'A'.repeat(64)}`,
  `sha256:${'a'.repeat(64)}\n`,
  `sha512:${'a'.repeat(64)}`,
  `md5:${'a'.repeat(32)}`,
  'sha256:../../../../etc/passwd',
  `sha256:..%2f${'a'.repeat(59)}`,
  `sha256:${'a'.repeat(63)}\0`,
  `${'a'.repeat(10_000)}:${'a'.repeat(64)}`,
] as Digest[];

/** What every driver promises. */
export function blobStoreSuite(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name}: a blob store`, () => {
    let subject: StoreUnderTest;
    let store: BlobStore;
    const id = nextUploadId();

    beforeEach(async () => {
      subject = await open();
      store = subject.store;
    });
    afterEach(() => subject.remove());

    /** An upload with `bytes` acknowledged, let go of. */
    async function stage(bytes: Uint8Array, uploadId = id): Promise<void> {
      const upload = await store.uploads.begin(uploadId);
      await upload.append(bodyOf(bytes));
      await upload.release();
    }

    describe('publishing', () => {
      test.each(['sha256', 'sha512'] as const)(
        'gives back under its %s digest what was appended',
        async (algorithm) => {
          const bytes = someBytes(3_000_001);
          const digest = await push(store, bytes, algorithm);
          expect(await store.stat(digest)).toEqual({ size: bytes.length, modified: subject.clock.now() });
          expect((await contentOf(await store.read(digest))).equals(bytes)).toBe(true);
        },
      );

      test('shows nothing before the commit', async () => {
        const upload = await store.uploads.begin(id);
        await upload.append(bodyOf(Buffer.from('hidden')));
        expect(await store.stat(digestOf(Buffer.from('hidden')))).toBeUndefined();
        expect(await listed(store)).toEqual([]);
        await upload.abort();
      });

      test('takes a blob of no bytes, with and without an empty append', async () => {
        const empty = digestOf(Buffer.alloc(0));
        const upload = await store.uploads.begin(nextUploadId());
        expect(await upload.commit(empty)).toEqual({ size: 0 });
        await store.delete(empty);
        await push(store, Buffer.alloc(0));
        expect(await store.stat(empty)).toMatchObject({ size: 0 });
        expect(await contentOf(await store.read(empty))).toHaveLength(0);
      });

      test('tells the size over several appends', async () => {
        const upload = await store.uploads.begin(id);
        expect(upload.offset).toBe(0);
        expect(await upload.append(bodyOf(Buffer.from('one ')))).toMatchObject({ offset: 4 });
        expect(await upload.append(bodyOf(Buffer.from('two')))).toMatchObject({ offset: 7 });
        expect(upload.offset).toBe(7);
        expect(await upload.commit(digestOf(Buffer.from('one two')))).toEqual({ size: 7 });
      });

      test('refuses a wrong digest, publishes nothing and keeps the staged bytes', async () => {
        const bytes = Buffer.from('the right bytes');
        const wrong = digestOf(Buffer.from('others'));
        const upload = await store.uploads.begin(id);
        await upload.append(bodyOf(bytes));
        await expect(upload.commit(wrong)).rejects.toMatchObject({ code: 'digest.invalid' });
        await expect(upload.commit(`sha512:${'0'.repeat(128)}` as Digest)).rejects.toMatchObject({
          code: 'digest.invalid',
        });
        expect(await store.stat(wrong)).toBeUndefined();
        expect(await staged(store)).toEqual([id]);
        await upload.append(bodyOf(Buffer.from('!')));
        await upload.commit(digestOf(Buffer.from('the right bytes!')));
        expect(await staged(store)).toEqual([]);
      });

      test('of an equal blob is success', async () => {
        const bytes = Buffer.from('twice');
        await push(store, bytes);
        const digest = await push(store, bytes);
        expect(await listed(store)).toHaveLength(1);
        expect((await contentOf(await store.read(digest))).toString()).toBe('twice');
      });

      test('counts the age from the commit, not from the first byte', async () => {
        const upload = await store.uploads.begin(id);
        await upload.append(bodyOf(Buffer.from('slow')));
        subject.clock.advance(60_000);
        await upload.commit(digestOf(Buffer.from('slow')));
        expect((await store.stat(digestOf(Buffer.from('slow'))))?.modified).toEqual(subject.clock.now());
      });

      test('two uploads of one digest at once both succeed; a corrupt third one fails alone', async () => {
        const bytes = someBytes(2_500_000);
        const bad = Buffer.from(bytes);
        bad[1_234_567] = (bad[1_234_567] ?? 0) ^ 1;
        const digest = digestOf(bytes);
        const outcomes = await Promise.allSettled(
          [bytes, bad, bytes].map(async (content) => {
            const upload = await store.uploads.begin(nextUploadId());
            await upload.append(bodyOf(content.subarray(0, 1_000_000), content.subarray(1_000_000)));
            await upload.commit(digest).finally(() => upload.release());
          }),
        );
        expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
        expect((await contentOf(await store.read(digest))).equals(bytes)).toBe(true);
      });
    });

    describe('names', () => {
      test.each(MALFORMED)('refuses the digest %j everywhere', async (digest) => {
        const refused = { code: 'digest.invalid' };
        await expect(store.stat(digest)).rejects.toMatchObject(refused);
        await expect(store.read(digest)).rejects.toMatchObject(refused);
        await expect(store.delete(digest)).rejects.toMatchObject(refused);
        if (store.localPath) expect(() => store.localPath?.(digest)).toThrow(expect.objectContaining(refused));
        const upload = await store.uploads.begin(id);
        await expect(upload.commit(digest)).rejects.toMatchObject(refused);
        await upload.abort();
      });

      test.each(['', '../x', 'ABCDEF00-0000-4000-8000-000000000000', `${id}/`, `${id}\0`])(
        'refuses the upload id %j',
        async (bad) => {
          const refused = { code: 'upload.invalid' };
          await expect(store.uploads.begin(bad as UploadId)).rejects.toMatchObject(refused);
          await expect(store.uploads.resume(bad as UploadId, { offset: 0 })).rejects.toMatchObject(refused);
          await expect(store.uploads.discard(bad as UploadId)).rejects.toMatchObject(refused);
        },
      );

      test('an upload begins once', async () => {
        await stage(Buffer.from('first'));
        await expect(store.uploads.begin(id)).rejects.toMatchObject({ kind: 'conflict' });
        await expect(store.uploads.resume(id, { offset: 5 })).resolves.toBeDefined();
      });
    });

    describe('reading', () => {
      const bytes = someBytes(2_200_000, 7);
      const digest = digestOf(bytes);

      test.each([
        ['the first byte', 0, 0],
        ['the last byte', 2_199_999, 2_199_999],
        ['all of it', 0, 2_199_999],
        ['the middle', 1_048_575, 2_097_153],
      ])('gives %s', async (_what, start, end) => {
        await push(store, bytes);
        const part = await contentOf(await store.read(digest, { range: { start, end } }));
        expect(part.equals(bytes.subarray(start, end + 1))).toBe(true);
      });

      test.each([
        [0, 2_200_000],
        [2_200_000, 2_200_000],
        [5, 4],
        [-1, 4],
        [0.5, 4],
        [0, Number.NaN],
      ])('refuses the range %d-%d', async (start, end) => {
        await push(store, bytes);
        await expect(store.read(digest, { range: { start, end } })).rejects.toMatchObject({
          code: 'range.unsatisfiable',
        });
      });

      test('an absent blob is unknown', async () => {
        await expect(store.read(digest)).rejects.toMatchObject({ code: 'blob.unknown', kind: 'not-found' });
        expect(await store.stat(digest)).toBeUndefined();
      });

      test('goes on to the end when the blob is deleted meanwhile', async () => {
        await push(store, bytes);
        const body = await store.read(digest);
        await store.delete(digest);
        expect((await contentOf(body)).equals(bytes)).toBe(true);
      });

      test('goes on to the end when an equal blob replaces it', async () => {
        await push(store, bytes);
        const body = await store.read(digest);
        await push(store, bytes);
        expect((await contentOf(body)).equals(bytes)).toBe(true);
      });

      test('stops on a signal', async () => {
        await push(store, bytes);
        const stop = new AbortController();
        const body = await store.read(digest, { signal: stop.signal });
        stop.abort();
        await expect(contentOf(body)).rejects.toMatchObject({ name: 'AbortError' });
        await expect(store.read(digest, { signal: stop.signal })).rejects.toMatchObject({ name: 'AbortError' });
      });
    });

    describe('a body that fails', () => {
      const failures: [string, (body: PassThrough) => void, object][] = [
        ['with an error', (body) => body.destroy(new Error('cut off')), { message: 'cut off' }],
        ['by ending early', (body) => body.destroy(), { code: 'ERR_STREAM_PREMATURE_CLOSE' }],
      ];

      test.each(failures)('%s leaves the upload at the former offset, ready to go on', async (_how, fail, error) => {
        const upload = await store.uploads.begin(id);
        await upload.append(bodyOf(someBytes(100_000)));
        const body = new PassThrough();
        const appending = upload.append(body);
        body.write(someBytes(1_500_000, 9));
        setTimeout(() => fail(body), 20);
        await expect(appending).rejects.toMatchObject(error);
        expect(upload.offset).toBe(100_000);
        expect(await upload.append(bodyOf(someBytes(50, 3)))).toMatchObject({ offset: 100_050 });
        const whole = Buffer.concat([someBytes(100_000), someBytes(50, 3)]);
        expect(await upload.commit(digestOf(whole))).toEqual({ size: 100_050 });
        expect((await contentOf(await store.read(digestOf(whole)))).equals(whole)).toBe(true);
      });

      test('by a signal rejects with its reason and is not destroyed', async () => {
        const upload = await store.uploads.begin(id);
        const stop = new AbortController();
        const body = new PassThrough();
        const appending = upload.append(body, stop.signal);
        body.write(someBytes(10));
        setTimeout(() => stop.abort(new Error('enough')), 10);
        await expect(appending).rejects.toThrow('enough');
        expect(body.destroyed).toBe(false);
        expect(upload.offset).toBe(0);
        await expect(upload.append(bodyOf(), stop.signal)).rejects.toThrow('enough');
        await upload.append(bodyOf(Buffer.from('whole')));
        await upload.commit(digestOf(Buffer.from('whole')));
      });

      test('that failed or was destroyed before', async () => {
        const upload = await store.uploads.begin(id);
        const broken = new PassThrough();
        broken.on('error', () => {});
        broken.destroy(new Error('long ago'));
        await expect(upload.append(broken)).rejects.toThrow('long ago');
        await expect(upload.append(new PassThrough().destroy())).rejects.toThrow();
        await upload.abort();
      });
    });

    describe('an upload', () => {
      test('lets nobody in while it works', async () => {
        const upload = await store.uploads.begin(id);
        const body = new PassThrough();
        const appending = upload.append(body);
        await expect(upload.append(bodyOf())).rejects.toMatchObject({ code: 'upload.busy' });
        await expect(upload.commit(digestOf(Buffer.alloc(0)))).rejects.toMatchObject({ code: 'upload.busy' });
        body.end('x');
        expect(await appending).toMatchObject({ offset: 1 });
        await upload.abort();
      });

      test('is over after commit, abort and release', async () => {
        for (const end of ['commit', 'abort', 'release'] as const) {
          const upload = await store.uploads.begin(nextUploadId());
          await (end === 'commit' ? upload.commit(digestOf(Buffer.alloc(0))) : upload[end]());
          await expect(upload.append(bodyOf())).rejects.toMatchObject({ code: 'upload.unknown' });
          await expect(upload.commit(digestOf(Buffer.alloc(0)))).rejects.toMatchObject({ code: 'upload.unknown' });
          await upload.release();
          await upload.abort();
        }
      });

      test('is listed with the time of its last write until it is gone', async () => {
        await stage(Buffer.from('x'));
        expect(await all(store.uploads.list())).toEqual([{ id, modified: subject.clock.now() }]);
        subject.clock.advance(1000);
        const upload = await store.uploads.resume(id, { offset: 1 });
        await upload.append(bodyOf(Buffer.from('y')));
        expect(await all(store.uploads.list())).toEqual([{ id, modified: subject.clock.now() }]);
        await upload.abort();
        expect(await staged(store)).toEqual([]);
      });

      test('is discarded by its id; nothing there is success', async () => {
        await stage(Buffer.from('x'));
        await store.uploads.discard(id);
        await store.uploads.discard(id);
        await expect(store.uploads.resume(id, { offset: 0 })).rejects.toMatchObject({ code: 'upload.unknown' });
        expect(await staged(store)).toEqual([]);
      });

      test('cannot be committed when it was discarded meanwhile', async () => {
        const upload = await store.uploads.begin(id);
        await upload.append(bodyOf(Buffer.from('x')));
        await store.uploads.discard(id);
        await expect(upload.commit(digestOf(Buffer.from('x')))).rejects.toMatchObject({ code: 'upload.unknown' });
        expect(await listed(store)).toEqual([]);
        await upload.abort();
      });
    });

    describe('resuming', () => {
      const bytes = someBytes(2_400_000, 5);

      for (const algorithm of ['sha256', 'sha512'] as const) {
        for (const restarted of [false, true]) {
          test(`goes on with ${algorithm} ${restarted ? 'after a restart' : 'in the same process'}`, async () => {
            await stage(bytes.subarray(0, 1_000_000));
            if (restarted) store = await subject.restart();
            const second = await store.uploads.resume(id, { offset: 1_000_000 });
            expect(second.offset).toBe(1_000_000);
            await second.append(bodyOf(bytes.subarray(1_000_000, 1_700_000)));
            await second.release();
            const third = await store.uploads.resume(id, { offset: 1_700_000 });
            await third.append(bodyOf(bytes.subarray(1_700_000)));
            expect(await third.commit(digestOf(bytes, algorithm))).toEqual({ size: bytes.length });
            expect((await contentOf(await store.read(digestOf(bytes, algorithm)))).equals(bytes)).toBe(true);
          });

          test(`throws away what was not acknowledged (${algorithm}, ${restarted ? 'restarted' : 'running'})`, async () => {
            const upload: BlobUpload = await store.uploads.begin(id);
            await upload.append(bodyOf(bytes.subarray(0, 1_000)));
            await upload.append(bodyOf(someBytes(1_300_000, 8)));
            await upload.release();
            if (restarted) store = await subject.restart();
            const again = await store.uploads.resume(id, { offset: 1_000 });
            expect(again.offset).toBe(1_000);
            await again.append(bodyOf(bytes.subarray(1_000, 5_000)));
            const kept = bytes.subarray(0, 5_000);
            expect(await again.commit(digestOf(kept, algorithm))).toEqual({ size: 5_000 });
            expect((await contentOf(await store.read(digestOf(kept, algorithm)))).equals(kept)).toBe(true);
          });
        }
      }

      test('commits at once, and after an empty append', async () => {
        await stage(bytes);
        store = await subject.restart();
        const upload = await store.uploads.resume(id, { offset: bytes.length });
        await upload.append(bodyOf());
        await expect(upload.commit(digestOf(Buffer.from('no')))).rejects.toMatchObject({ code: 'digest.invalid' });
        await upload.commit(digestOf(bytes));
      });

      test('from the very start', async () => {
        await stage(bytes);
        const upload = await store.uploads.resume(id, { offset: 0 });
        await upload.append(bodyOf(Buffer.from('anew')));
        await upload.commit(digestOf(Buffer.from('anew')));
      });

      test('is refused without the staged bytes', async () => {
        const unknown = { code: 'upload.unknown', kind: 'not-found' };
        await expect(store.uploads.resume(id, { offset: 0 })).rejects.toMatchObject(unknown);
        await stage(Buffer.from('four'));
        await expect(store.uploads.resume(id, { offset: 5 })).rejects.toMatchObject(unknown);
        await expect(store.uploads.resume(id, { offset: -1 })).rejects.toMatchObject(unknown);
        await expect(store.uploads.resume(id, { offset: 1.5 })).rejects.toMatchObject(unknown);
      });
    });

    describe('deleting and listing', () => {
      test('deletes, and an absent blob is success', async () => {
        const digest = await push(store, Buffer.from('gone'));
        await store.delete(digest);
        await store.delete(digest);
        expect(await store.stat(digest)).toBeUndefined();
        expect(await listed(store)).toEqual([]);
      });

      test('lists every blob of both algorithms once', async () => {
        const digests = [
          ...(await Promise.all([...'abcdefgh'].map((letter) => push(store, Buffer.from(letter))))),
          await push(store, Buffer.from('long'), 'sha512'),
        ].sort();
        const found = await listed(store);
        expect(found.map(({ digest }) => digest)).toEqual(digests);
        expect(found[0]?.modified).toEqual(subject.clock.now());
        expect(found.map(({ size }) => size).sort()).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 4]);
      });

      test('lists only what was published before a time', async () => {
        const old = await push(store, Buffer.from('old'));
        subject.clock.advance(1_000);
        const border = subject.clock.now();
        await push(store, Buffer.from('at the border'));
        subject.clock.advance(1_000);
        await push(store, Buffer.from('new'));
        expect((await listed(store, { olderThan: border })).map(({ digest }) => digest)).toEqual([old]);
        expect(await listed(store)).toHaveLength(3);
      });

      test('a walk may be left early', async () => {
        await push(store, Buffer.from('one'));
        await push(store, Buffer.from('two'));
        for await (const _ of store.list()) break;
        for await (const _ of store.uploads.list()) break;
      });
    });

    test('any bytes in any pieces over any number of appends give the same digest and bytes', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 6 }), { maxLength: 4 }),
          fc.constantFrom('sha256' as const, 'sha512' as const),
          fc.boolean(),
          async (appends, algorithm, letGo) => {
            const uploadId = nextUploadId();
            const whole = Buffer.concat(appends.flat());
            let upload = await store.uploads.begin(uploadId);
            for (const chunks of appends) {
              const state = await upload.append(bodyOf(...chunks));
              if (!letGo) continue;
              await upload.release();
              upload = await store.uploads.resume(uploadId, state);
            }
            expect(await upload.commit(digestOf(whole, algorithm))).toEqual({ size: whole.length });
            expect((await contentOf(await store.read(digestOf(whole, algorithm)))).equals(whole)).toBe(true);
          },
        ),
        { numRuns: 60 },
      );
    });
  });
}
