import { Readable } from 'node:stream';
import type { Digest } from '@holdfast/oci/digest';
import { digestOf } from '@holdfast/oci/digest';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BlobStore, UploadId } from './blob-store.ts';
import type { StoreUnderTest } from './test-blobs.ts';
import { bodyOf, contentOf, listed, nextUploadId, push, someBytes, staged } from './test-blobs.ts';
import { uploadStagingSuite } from './upload-staging.suite.ts';

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

    describe('publishing', () => {
      test.each(['sha256', 'sha512'] as const)(
        'gives back under its %s digest what was appended',
        async (algorithm) => {
          const bytes = someBytes(3_000_001);
          const digest = await push(store, bytes, algorithm);
          expect(await store.stat(digest)).toMatchObject({ size: bytes.length, modified: subject.clock.now() });
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
        expect(await staged(store)).toEqual([id]);
        await upload.abort();
        expect(await staged(store)).toEqual([]);
      });

      test('may be verified before: a wrong digest is refused, and the upload goes on', async () => {
        const bytes = someBytes(300_000);
        const upload = await store.uploads.begin(nextUploadId());
        await upload.append(bodyOf(bytes.subarray(0, 100_000)));
        await upload.verify(digestOf(bytes.subarray(0, 100_000)));
        await upload.append(bodyOf(bytes.subarray(100_000)));
        const stale = digestOf(bytes.subarray(0, 100_000));
        await expect(upload.commit(stale)).rejects.toMatchObject({ code: 'digest.invalid' });
        await expect(upload.verify(stale)).rejects.toMatchObject({ code: 'digest.invalid' });
        await upload.verify(digestOf(bytes, 'sha512'));
        expect(await store.stat(digestOf(bytes, 'sha512'))).toBeUndefined();
        expect(await upload.commit(digestOf(bytes, 'sha512'))).toEqual({ size: 300_000 });
        await expect(upload.verify(digestOf(bytes))).rejects.toMatchObject({ code: 'upload.unknown' });
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

      test.each([10_000, 1_048_576])('looks at no chunk of %i bytes any more once it is released', async (size) => {
        const bytes = someBytes(4_500_000);
        const chunks: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += size) {
          const chunk = Buffer.from(new SharedArrayBuffer(size), 0, Math.min(size, bytes.length - at));
          bytes.copy(chunk, 0, at);
          chunks.push(chunk);
        }
        let released = 0;
        const release = (chunk: Uint8Array) => {
          chunk.fill(255);
          released += 1;
        };
        const upload = await store.uploads.begin(id);
        const body = Readable.from(chunks, { objectMode: false, highWaterMark: 1 });
        await upload.append(body, undefined, { ownsChunks: true, release });
        await upload.commit(digestOf(bytes));
        expect((await contentOf(await store.read(digestOf(bytes)))).equals(bytes)).toBe(true);
        expect(released).toBe(chunks.length);
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
        await expect((async () => store.stat(digest))()).rejects.toMatchObject(refused);
        await expect(store.read(digest)).rejects.toMatchObject(refused);
        await expect(store.examine(digest)).rejects.toMatchObject(refused);
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
        const upload = await store.uploads.begin(id);
        await upload.append(bodyOf(Buffer.from('first')));
        await upload.release();
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

    describe('examining', () => {
      const bytes = someBytes(2_200_000, 5);

      test.each(['sha256', 'sha512'] as const)('tells that the bytes have their %s digest', async (algorithm) => {
        const digest = await push(store, bytes, algorithm);
        const version = (await store.stat(digest))?.version;
        expect(await store.examine(digest)).toEqual({ size: bytes.length, version, actual: digest });
        const empty = await push(store, Buffer.alloc(0), algorithm);
        expect(await store.examine(empty)).toMatchObject({ size: 0, actual: empty });
      });

      test.each(['sha256', 'sha512'] as const)('tells what else the bytes are, by %s', async (algorithm) => {
        const digest = await push(store, bytes, algorithm);
        const before = (await store.stat(digest))?.version;
        const flipped = Buffer.from(bytes);
        flipped[1_234_567] = (flipped[1_234_567] ?? 0) ^ 1;
        for (const other of [flipped, bytes.subarray(0, 70_000), Buffer.alloc(0)]) {
          await subject.tamper(digest, other);
          const found = await store.examine(digest);
          expect(found).toMatchObject({ size: other.length, actual: digestOf(other, algorithm) });
          expect(found?.version).not.toBe(before);
          expect(found?.version).toBe((await store.stat(digest))?.version);
        }
      });

      test('knows nothing of what is not stored, or lost', async () => {
        expect(await store.examine(digestOf(bytes))).toBeUndefined();
        const digest = await push(store, bytes);
        await subject.tamper(digest, undefined);
        expect(await store.examine(digest)).toBeUndefined();
      });

      test('has another version once an equal blob replaced it', async () => {
        const digest = await push(store, bytes);
        const before = (await store.stat(digest))?.version;
        await push(store, bytes);
        expect((await store.stat(digest))?.version).not.toBe(before);
      });

      test('waits after each piece, and stops on a signal', async () => {
        const digest = await push(store, bytes);
        const pieces: number[] = [];
        await store.examine(digest, { pace: async (piece) => void pieces.push(piece) });
        expect(pieces.reduce((sum, piece) => sum + piece, 0)).toBe(bytes.length);
        const stop = new AbortController();
        stop.abort(new Error('enough'));
        await expect(store.examine(digest, { signal: stop.signal })).rejects.toThrow('enough');
      });
    });

    uploadStagingSuite(() => subject);

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
