import { link, open, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Digest, digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { afterEach, describe, expect, it } from 'vitest';
import {
  descriptorOf,
  expectError,
  manifestBytes,
  newBytes,
  pushBlob,
  pushImage,
  pushManifest,
  startUpload,
  type TestDescriptor,
} from '../../apps/registry/src/distribution/test-content.ts';
import { examineBlob, examineManifest } from '../../apps/registry/src/integrity/examine.ts';
import { START, walk } from '../../apps/registry/src/integrity/walk.ts';
import { openToExamine } from '../../apps/registry/src/open-data-folder.ts';
import { FakeClock } from '../../apps/registry/src/platform/clock.ts';
import { blobPath, layoutOf } from '../../apps/registry/src/storage/filesystem/layout.ts';
import { startRegistry, type TestRegistry } from '../support/start-registry.ts';

// A41: a byte on the disk flips. A scrub finds it, it is refused until it is healed, and with verify-on-read no wrong byte is
// ever served. The damage is done to the real files and the real database of a real server.

let registry: TestRegistry;
afterEach(() => registry.stop());

const fileOf = (digest: Digest) => blobPath(layoutOf(registry.dataDir), digest).file;
const blobPathOf = (digest: string, repository = 'a') => `/v2/${repository}/blobs/${digest}`;

async function flip(path: string, at = 500): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, at);
    byte[0] = (byte[0] ?? 0) ^ 1;
    await file.write(byte, 0, 1, at);
  } finally {
    await file.close();
  }
}

/** As programs do it that make backups of hard links: the bytes stay the same, the inode does not. */
async function backUp(path: string): Promise<void> {
  await link(path, `${path}.backup`);
  await rm(`${path}.backup`, { force: true });
}

/** What `holdfast scrub` does between a stop and a start. */
async function scrubStopped(): Promise<string[]> {
  await registry.halt();
  const data = await openToExamine(registry.dataDir);
  expect(data.beside).toBe(false);
  const damaged: string[] = [];
  const steps = walk(
    {
      read: data.read,
      examineBlob: (digest) => examineBlob(data, digest, {}),
      examineManifest: (digest) => examineManifest(data, digest, {}),
    },
    START,
  );
  for await (const { digest, verdict } of steps) if (verdict.state === 'damaged') damaged.push(digest);
  await data.close();
  await registry.resume();
  return damaged;
}

async function expectRefused(digest: Digest, repository = 'a'): Promise<void> {
  for (const headers of [{}, { Range: 'bytes=0-9' }, { Range: 'bytes=-1' }]) {
    const answer = await registry.ask('GET', blobPathOf(digest, repository), { headers });
    const { message } = expectError(answer, 404, 'BLOB_UNKNOWN');
    expect(message).toMatch(/stored bytes of .* \(found 20\d\d-.*Z\).*Push the blob again/);
    expect(message).not.toContain(registry.dataDir);
  }
  expect((await registry.ask('HEAD', blobPathOf(digest, repository))).status).toBe(404);
}

/** As skopeo, docker and containerd push a layer: HEAD, and only what is not there is sent. */
async function pushAsClientsDo(bytes: Buffer, digest: Digest, repository = 'a'): Promise<'skipped' | 'sent'> {
  if ((await registry.ask('HEAD', blobPathOf(digest, repository))).status === 200) return 'skipped';
  const location = await startUpload(registry, repository);
  const patched = await registry.ask('PATCH', location, { body: bytes });
  const next = patched.header('Location') ?? '';
  const closed = await registry.ask('PUT', `${next}${next.includes('?') ? '&' : '?'}digest=${digest}`);
  expect(closed.status, closed.text).toBe(201);
  return 'sent';
}

const damages: Record<string, (path: string) => Promise<void>> = {
  'a flipped byte': (path) => flip(path),
  'a truncated file': (path) => truncate(path, 999),
  'a missing file': (path) => rm(path),
};

describe('A41: bit-rot', () => {
  describe.each(Object.keys(damages))('%s', (name) => {
    const damage = damages[name] ?? (async () => undefined);

    it('is found by a scrub, refused, and healed by a push as clients do it', async () => {
      registry = await startRegistry();
      const bytes = newBytes();
      const layer = await pushBlob(registry, 'a', bytes);
      const sound = await pushBlob(registry, 'a');
      const image = await pushImage(registry, 'a', { tag: 'v1', layers: [layer] });
      expect(await scrubStopped()).toEqual([]);
      await damage(fileOf(layer.digest));
      expect(await scrubStopped()).toEqual([layer.digest]);
      await expectRefused(layer.digest);
      expect((await registry.ask('GET', blobPathOf(sound.digest))).status).toBe(200);
      const manifest = await registry.ask('GET', '/v2/a/manifests/v1');
      expect([manifest.status, manifest.header('Docker-Content-Digest')]).toEqual([200, image.digest]);

      expect(await pushAsClientsDo(bytes, layer.digest)).toBe('sent');
      const healed = await registry.ask('GET', blobPathOf(layer.digest));
      expect([healed.status, healed.body.equals(bytes)]).toEqual([200, true]);
      expect(await pushAsClientsDo(bytes, layer.digest)).toBe('skipped');
      expect(await scrubStopped()).toEqual([]);
      expect(registry.problems).toEqual([]); // the scrub of the stopped registry told its caller
    });
  });

  it('in a blob of sha512 is found, refused and healed', async () => {
    registry = await startRegistry();
    const bytes = newBytes(100_000);
    const digest = digestOf(bytes, 'sha512');
    expect(await pushAsClientsDo(bytes, digest)).toBe('sent');
    await flip(fileOf(digest), 99_999);
    expect(await scrubStopped()).toEqual([digest]);
    await expectRefused(digest);
    expect(await pushAsClientsDo(bytes, digest)).toBe('sent');
    expect((await registry.ask('GET', blobPathOf(digest))).body.equals(bytes)).toBe(true);
  });

  it('in a shared blob is refused in all repositories, mounted nowhere, and healed by a push in any', async () => {
    registry = await startRegistry();
    const bytes = newBytes();
    const { digest } = await pushBlob(registry, 'a', bytes);
    await pushBlob(registry, 'b', bytes);
    await flip(fileOf(digest));
    await scrubStopped();
    for (const repository of ['a', 'b']) await expectRefused(digest, repository);
    for (const query of [`mount=${digest}&from=a`, `mount=${digest}`]) {
      expect((await registry.ask('POST', `/v2/c/blobs/uploads/?${query}`)).status).toBe(202);
    }
    expect((await registry.ask('HEAD', blobPathOf(digest, 'c'))).status).toBe(404);
    await pushBlob(registry, 'd', bytes);
    for (const repository of ['a', 'b', 'd']) {
      expect((await registry.ask('GET', blobPathOf(digest, repository))).body.equals(bytes)).toBe(true);
    }
    expect((await registry.ask('POST', `/v2/c/blobs/uploads/?mount=${digest}&from=a`)).status).toBe(201);
  });

  it('lets no new manifest name the blob, and one that is there be pushed again', async () => {
    registry = await startRegistry();
    const bytes = newBytes();
    const layer = await pushBlob(registry, 'a', bytes);
    const image = await pushImage(registry, 'a', { layers: [layer] });
    await flip(fileOf(layer.digest));
    await scrubStopped();
    const config = await pushBlob(registry, 'a', JSON.stringify({ n: 1 }), MEDIA_TYPE.ociConfig);
    const next = manifestBytes({ schemaVersion: 2, mediaType: MEDIA_TYPE.ociImage, config, layers: [layer] });
    const refused = await pushManifest(registry, 'a', next, MEDIA_TYPE.ociImage, 'next');
    expect(expectError(refused, 400, 'MANIFEST_BLOB_UNKNOWN').message).toContain('Push it again');
    expect((await pushManifest(registry, 'a', image.bytes, MEDIA_TYPE.ociImage)).status).toBe(201);
    await pushBlob(registry, 'a', bytes);
    expect((await pushManifest(registry, 'a', next, MEDIA_TYPE.ociImage, 'next')).status).toBe(201);
  });

  it('does not let the repeated end of an upload pretend that the bytes are there', async () => {
    registry = await startRegistry();
    const bytes = newBytes();
    const digest = digestOf(bytes);
    const location = await startUpload(registry, 'a');
    const close = () => registry.ask('PUT', `${location}?digest=${digest}`, { body: bytes });
    expect([(await close()).status, (await close()).status]).toEqual([201, 201]);
    await flip(fileOf(digest));
    await scrubStopped();
    expectError(await close(), 404, 'BLOB_UPLOAD_UNKNOWN');
  });

  it('in the bytes of a manifest is found, refused, and healed by pushing it again', async () => {
    registry = await startRegistry();
    const image = await pushImage(registry, 'a', { tag: 'v1' });
    const other = await pushImage(registry, 'a', { tag: 'other' });
    await registry.halt();
    const database = new DatabaseSync(join(registry.dataDir, 'metadata.db'));
    const rotten = Buffer.from(image.bytes);
    rotten[10] = (rotten[10] ?? 0) ^ 1;
    database.prepare('UPDATE manifest_contents SET bytes = ? WHERE digest = ?').run(rotten, image.digest);
    database.close();
    await registry.resume();
    expect(await scrubStopped()).toEqual([image.digest]);
    for (const reference of ['v1', image.digest]) {
      const refused = await registry.ask('GET', `/v2/a/manifests/${reference}`);
      expect(expectError(refused, 404, 'MANIFEST_UNKNOWN').message).toContain('Push the manifest again');
      expect((await registry.ask('HEAD', `/v2/a/manifests/${reference}`)).status).toBe(404);
    }
    const index = manifestBytes({
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.ociIndex,
      manifests: [descriptorOf(image.bytes, MEDIA_TYPE.ociImage)],
    });
    expectError(await pushManifest(registry, 'a', index, MEDIA_TYPE.ociIndex), 400, 'MANIFEST_BLOB_UNKNOWN');
    expect((await registry.ask('GET', '/v2/a/manifests/other')).header('Docker-Content-Digest')).toBe(other.digest);
    expect((await pushManifest(registry, 'a', image.bytes, MEDIA_TYPE.ociImage, 'v1')).status).toBe(201);
    expect((await registry.ask('GET', '/v2/a/manifests/v1')).body.equals(image.bytes)).toBe(true);
    expect((await pushManifest(registry, 'a', index, MEDIA_TYPE.ociIndex)).status).toBe(201);
    expect(await scrubStopped()).toEqual([]);
  });

  it.each(['HEAD', 'GET'])('that shows without reading is recorded by the first %s', async (method) => {
    registry = await startRegistry();
    for (const damage of [(path: string) => truncate(path, 999), (path: string) => rm(path)]) {
      const { digest } = await pushBlob(registry, 'a');
      await damage(fileOf(digest));
      const before = registry.problems.length;
      for (let i = 0; i < 3; i++) expect((await registry.ask(method, blobPathOf(digest))).status).toBe(404);
      expect(registry.problems.length - before).toBe(1);
      await expectRefused(digest);
    }
  });

  it('is found by the running server itself, which says whom it hurts', async () => {
    const clock = new FakeClock(new Date());
    registry = await startRegistry({ clock });
    const layer = await pushBlob(registry, 'a');
    await pushImage(registry, 'a', { tag: 'v1', layers: [layer] });
    await flip(fileOf(layer.digest));
    expect((await registry.ask('GET', blobPathOf(layer.digest))).status).toBe(200); // nobody knows yet
    for (let i = 0; i < 100 && registry.problems.length === 0; i++) {
      clock.advance(61_000);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const [line = '{}'] = registry.problems;
    expect(JSON.parse(line)).toMatchObject({ what: 'blob', digest: layer.digest, damage: { kind: 'wrong-bytes' } });
    expect(line).toContain('registry/a (v1)');
    await expectRefused(layer.digest);
    const metrics = await registry.ask('GET', '/metrics', { as: 'none' });
    expect(metrics.text).toContain('holdfast_damage_found_total{what="blob",kind="wrong-bytes"} 1');
  });
});

describe('A41: with verify-on-read', () => {
  const start = async (clock?: FakeClock) => {
    const config = 'storage: { verifyOnRead: on, verifiedHours: 2 }\nscrub: { everyDays: 0 }\n';
    registry = await startRegistry({ config, ...(clock ? { clock } : {}) });
  };

  it.each([{}, { Range: 'bytes=0-9' }, { Range: 'bytes=700000-' }])(
    'no wrong byte is served, whole or in part (%j), and the first who asks marks the blob',
    async (headers) => {
      await start();
      const bytes = newBytes(1_000_000);
      const { digest } = await pushBlob(registry, 'a', bytes);
      await flip(fileOf(digest), 500_000); // outside of the ranges: the blob is not the blob all the same
      expectError(await registry.ask('GET', blobPathOf(digest), { headers }), 404, 'BLOB_UNKNOWN');
      expect(registry.problems).toHaveLength(1);
      await expectRefused(digest);
      expect(await pushAsClientsDo(bytes, digest)).toBe('sent');
      const healed = await registry.ask('GET', blobPathOf(digest), { headers });
      expect(bytes.includes(healed.body) && healed.body.length > 0).toBe(true);
      expect(registry.problems).toHaveLength(1);
    },
  );

  it('a change after the verification is seen at the next download', async () => {
    await start();
    const bytes = newBytes(200_000);
    const { digest } = await pushBlob(registry, 'a', bytes);
    expect((await registry.ask('GET', blobPathOf(digest))).body.equals(bytes)).toBe(true);
    await flip(fileOf(digest));
    expectError(await registry.ask('GET', blobPathOf(digest)), 404, 'BLOB_UNKNOWN');
  });

  it('many who ask at once get all the right bytes, or none the wrong ones', async () => {
    await start();
    const bytes = newBytes(3_000_000);
    const { digest } = await pushBlob(registry, 'a', bytes);
    const all = () => Promise.all(Array.from({ length: 12 }, () => registry.ask('GET', blobPathOf(digest))));
    expect((await all()).every((answer) => answer.status === 200 && answer.body.equals(bytes))).toBe(true);
    await flip(fileOf(digest), 2_999_999);
    for (const answer of await all()) expectError(answer, 404, 'BLOB_UNKNOWN');
    expect(registry.problems).toHaveLength(1);
  });

  it('a manifest whose bytes were changed is not served', async () => {
    await start();
    const image = await pushImage(registry, 'a', { tag: 'v1' });
    await registry.halt();
    const database = new DatabaseSync(join(registry.dataDir, 'metadata.db'));
    database.prepare('UPDATE manifest_contents SET bytes = ? WHERE digest = ?').run(Buffer.from('{}'), image.digest);
    database.close();
    await registry.resume();
    expectError(await registry.ask('GET', '/v2/a/manifests/v1'), 404, 'MANIFEST_UNKNOWN');
    expect(registry.problems[0]).toContain(image.digest);
  });
});

describe('A41: pushes and deletes while everything is examined', () => {
  it('are no damage: neither what is freed under its reading, nor what is pushed again', async () => {
    registry = await startRegistry({ config: 'garbageCollection: { graceHours: 1 }\n' });
    const bodies = Array.from({ length: 30 }, () => newBytes(300_000));
    const blobs: TestDescriptor[] = [];
    for (const bytes of bodies) blobs.push(await pushBlob(registry, 'a', bytes));
    const stop = new AbortController();
    const churn = async () => {
      for (let i = 0; !stop.signal.aborted; i = (i + 1) % 30) {
        const digest = blobs[i]?.digest as Digest;
        if (i % 3 === 0) await registry.ask('DELETE', blobPathOf(digest));
        else if (i % 3 === 1) await backUp(fileOf(digest)).catch(() => undefined);
        await pushBlob(registry, i % 2 ? 'a' : 'b', bodies[i] ?? '');
      }
    };
    const churning = [churn(), churn()];
    const data = await openToExamine(registry.dataDir);
    expect(data.beside).toBe(true);
    const verdicts = new Map<string, number>();
    for (let round = 0; round < 3; round++) {
      const steps = walk(
        {
          read: data.read,
          examineBlob: (digest) => examineBlob(data, digest, {}),
          examineManifest: (digest) => examineManifest(data, digest, {}),
        },
        START,
      );
      for await (const { verdict } of steps) verdicts.set(verdict.state, (verdicts.get(verdict.state) ?? 0) + 1);
    }
    stop.abort();
    await Promise.all(churning);
    await data.close();
    expect([...verdicts.keys()].filter((state) => state === 'damaged')).toEqual([]);
    expect(verdicts.get('sound')).toBeGreaterThan(60);
    expect(registry.problems).toEqual([]);
  });
});
