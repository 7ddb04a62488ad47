import { PassThrough } from 'node:stream';
import { digestOf } from '@holdfast/oci/digest';
import { beforeEach, describe, expect, test } from 'vitest';
import type { BlobStore, BlobUpload } from './blob-store.ts';
import type { StoreUnderTest } from './test-blobs.ts';
import { all, bodyOf, contentOf, listed, nextUploadId, someBytes, staged } from './test-blobs.ts';

/** The part of `blob-store.suite.ts` about bytes that nobody can read yet. */
export function uploadStagingSuite(current: () => StoreUnderTest): void {
  describe('staging', () => {
    let subject: StoreUnderTest;
    let store: BlobStore;
    const id = nextUploadId();

    beforeEach(() => {
      subject = current();
      store = subject.store;
    });

    /** An upload with `bytes` acknowledged, let go of. */
    async function stage(bytes: Uint8Array, uploadId = id): Promise<void> {
      const upload = await store.uploads.begin(uploadId);
      await upload.append(bodyOf(bytes));
      await upload.release();
    }

    describe('staged bytes', () => {
      test('are read where they lie, also after a restart, and not once they are discarded', async () => {
        const bytes = someBytes(300_000);
        await stage(bytes);
        for (const at of [store, await subject.restart()]) {
          const reader = await at.uploads.open(id);
          const into = Buffer.alloc(1000);
          expect(reader?.size).toBe(bytes.length);
          expect(await reader?.read(into, 299_500)).toBe(500);
          expect(into.subarray(0, 500).equals(bytes.subarray(299_500))).toBe(true);
          expect(await reader?.read(into, 300_000)).toBe(0);
          await reader?.close();
        }
        const upload = await store.uploads.resume(id, { offset: bytes.length });
        await upload.abort();
        expect(await store.uploads.open(id)).toBeUndefined();
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

    describe('a body that is admitted', () => {
      const chunks = [10, 20, 30].map((size, i) => Buffer.from(someBytes(size, i)));
      const body = () => bodyOf(...chunks);

      test('is asked for before each chunk, by the bytes up to its end, and waits for the answer', async () => {
        const upload = await store.uploads.begin(id);
        const asked: number[] = [];
        const admit = (received: number) => {
          asked.push(received);
          return received === 30 ? new Promise<void>((resolve) => setTimeout(resolve, 10)) : undefined;
        };
        expect(await upload.append(body(), undefined, { admit })).toMatchObject({ offset: 60 });
        expect(asked).toEqual([10, 30, 60]);
        const whole = Buffer.concat(chunks);
        await upload.commit(digestOf(whole));
        expect((await contentOf(await store.read(digestOf(whole)))).equals(whole)).toBe(true);
      });

      test.each(['at once', 'later'])('leaves the upload at the former offset when it is not, %s', async (when) => {
        const upload = await store.uploads.begin(id);
        await upload.append(bodyOf(Buffer.from('before')));
        const admit = (received: number) => {
          if (received < 30) return undefined;
          if (when === 'at once') throw new Error('no room');
          return Promise.reject(new Error('no room'));
        };
        await expect(upload.append(body(), undefined, { admit })).rejects.toThrow('no room');
        expect(upload.offset).toBe(6);
        await upload.commit(digestOf('before'));
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

      for (const restarted of [false, true]) {
        test(`after a commit whose transaction never came (${restarted ? 'restarted' : 'running'}): the blob stays as it is`, async () => {
          const published = digestOf(bytes);
          const upload = await store.uploads.begin(id);
          await upload.append(bodyOf(bytes.subarray(0, 1_000_000)));
          await upload.append(bodyOf(bytes.subarray(1_000_000)));
          await upload.commit(published);
          await upload.release();
          if (restarted) store = await subject.restart();
          expect(await staged(store)).toEqual([id]);
          const again = await store.uploads.resume(id, { offset: 1_000_000 });
          await again.append(bodyOf(Buffer.from('other bytes')));
          const other = Buffer.concat([bytes.subarray(0, 1_000_000), Buffer.from('other bytes')]);
          expect((await contentOf(await store.read(published))).equals(bytes)).toBe(true);
          await again.release();
          if (restarted) store = await subject.restart();
          const third = await store.uploads.resume(id, { offset: other.length });
          expect(await third.commit(digestOf(other))).toEqual({ size: other.length });
          await third.abort();
          expect((await contentOf(await store.read(published))).equals(bytes)).toBe(true);
          expect((await contentOf(await store.read(digestOf(other)))).equals(other)).toBe(true);
          expect(await staged(store)).toEqual([]);
        });
      }

      test('after a commit: the same commit succeeds again', async () => {
        await stage(bytes);
        for (let attempt = 0; attempt < 2; attempt++) {
          const upload = await store.uploads.resume(id, { offset: bytes.length });
          expect(await upload.commit(digestOf(bytes))).toEqual({ size: bytes.length });
          await upload.release();
        }
        await store.uploads.discard(id);
        expect((await contentOf(await store.read(digestOf(bytes)))).equals(bytes)).toBe(true);
        expect(await staged(store)).toEqual([]);
      });

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
  });
}
