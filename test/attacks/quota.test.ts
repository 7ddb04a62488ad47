import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Readable } from 'node:stream';
import { digestOf } from '@holdfast/oci/digest';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  expectError,
  newBytes,
  pushBlob,
  pushImage,
  startUpload,
} from '../../apps/registry/src/distribution/test-content.ts';
import { type AzureSite, REGISTRIES, startAzureSite, valuesOf } from '../support/azure-site.ts';
import type { Answer } from '../support/http-client.ts';

/**
 * Whoever may push tries to store more than the quota: at once, without saying how much, in small pieces, and by ways that
 * are no uploads. The registry may have 1 GiB, and a blob that only has a row leaves 20 MiB of it.
 */
const MIB = 2 ** 20;
const GIB = 2 ** 30;
const ROOM = 20 * MIB;
const PLANTED = `sha256:${'a'.repeat(64)}` as ReturnType<typeof digestOf>;

let site: AzureSite;
let operator: string;
let admin: string;
beforeAll(async () => {
  site = await startAzureSite();
  admin = await site.administration();
  plant();
  operator = await site.operator();
  await setQuota(1);
});
afterAll(async () => {
  expect(site.problems).toEqual([]);
  await site.stop();
});

/** Beside the server, as no client could: a blob of which there is only the row. */
function plant(): void {
  const db = new DatabaseSync(join(site.dataDir, 'metadata.db'));
  const { id } = db.prepare("SELECT id FROM registries WHERE name = 'registry'").get() as { id: string };
  const size = GIB - ROOM;
  db.exec(`BEGIN;
    INSERT INTO repositories (id, registry_id, name, manifest_count, listed, created_at, updated_at, stored_bytes)
      VALUES (1000, '${id}', 'planted/base', 0, 0, ${Date.now()}, 0, ${size});
    INSERT INTO blobs (digest, size, link_count) VALUES ('${PLANTED}', ${size}, 1);
    INSERT INTO repository_blobs (repository_id, digest, linked_at, referenced, registry_id, repository_name)
      VALUES (1000, '${PLANTED}', ${Date.now()}, 0, '${id}', 'planted/base');
    INSERT INTO registry_usage (registry_id, bytes) VALUES ('${id}', ${size});
    COMMIT`);
  db.close();
}

const put = (path: string, properties: object) =>
  site.arm('PUT', `${admin}/${path}`, { as: operator, body: { properties } });
const setQuota = async (capacityPerRegistryInGiB: number) =>
  expect((await put('quotas/Default', { capacityPerRegistryInGiB })).status).toBe(200);
const used = async () => {
  const usages = await site.arm('GET', `${site.group}/${REGISTRIES}/registry/listUsages`);
  return valuesOf<{ currentValue: number }>(usages)[0]?.currentValue ?? 0;
};
const refusal = (answer: Answer) => {
  expectError(answer, 405, 'REGISTRY_DISALLOWED_OPERATION');
  return answer.json<{ errors: { message: string; detail: Record<string, unknown> }[] }>().errors[0];
};

let round = 0;
let repository: string;
const pushed: string[] = [];
beforeEach(async () => {
  for (const target of pushed.splice(0)) await site.ask('DELETE', target);
  expect(await used()).toBe(GIB - ROOM);
  round += 1;
  repository = `quota/round-${round}`;
});

/** Pushes in one request, and remembers what came in, to take it away again. */
async function push(bytes: Buffer): Promise<Answer> {
  const digest = digestOf(bytes);
  const answer = await site.ask('POST', `/v2/${repository}/blobs/uploads/?digest=${digest}`, { body: bytes });
  if (answer.status === 201) pushed.push(`/v2/${repository}/blobs/${digest}`);
  return answer;
}

/** Pushes in chunks that do not say how long they are. */
async function stream(bytes: Buffer): Promise<Answer> {
  const location = await startUpload(site, repository);
  const pieces = function* () {
    for (let at = 0; at < bytes.length; at += 64 * 1024) yield bytes.subarray(at, at + 64 * 1024);
  };
  const chunk = await site.ask('PATCH', location, { body: Readable.from(pieces()) });
  if (chunk.status !== 202) {
    await site.ask('DELETE', location);
    return chunk;
  }
  const closed = await site.ask('PUT', `${location}?digest=${digestOf(bytes)}`);
  if (closed.status === 201) pushed.push(`/v2/${repository}/blobs/${digestOf(bytes)}`);
  return closed;
}

/** What a push of so many bytes is answered before it sends any: 100 when it may go on. */
async function asked(bytes: number): Promise<number> {
  const raw = await site.raw();
  await raw.write(
    `POST /v2/${repository}/blobs/uploads/?digest=${PLANTED} HTTP/1.1\r\nHost: x\r\nAuthorization: ${site.basic}\r\n` +
      `Content-Length: ${bytes}\r\nExpect: 100-continue\r\n\r\n`,
  );
  const { status } = await raw.answer();
  raw.close();
  return status;
}

describe('a blob that does not fit', () => {
  it('is refused before its bytes are received, with the figures and the way out', async () => {
    const raw = await site.raw();
    await raw.write(
      `POST /v2/${repository}/blobs/uploads/?digest=${PLANTED} HTTP/1.1\r\nHost: x\r\nAuthorization: ${site.basic}\r\n` +
        `Content-Length: ${ROOM + 1}\r\nExpect: 100-continue\r\n\r\n`,
    );
    const told = refusal(await raw.answer());
    raw.close();
    expect(told?.detail).toMatchObject({
      reason: 'StorageQuotaExceeded',
      quota: 'Default',
      limitBytes: GIB,
      usedBytes: GIB - ROOM,
      neededBytes: ROOM + 1,
    });
    expect(told?.message).toMatch(/disallowed.*"registry".* 1 GiB.*needs 20 MiB more.*operator/);
  });

  it('is refused while it comes, when nobody said how long it is, and leaves nothing reserved', async () => {
    refusal(await stream(newBytes(ROOM + 1)));
    expect((await stream(newBytes(ROOM))).status).toBe(201);
    expect(await used()).toBe(GIB);
    refusal(await push(newBytes(1)));
    refusal(await site.ask('POST', `/v2/${repository}/blobs/uploads/`));
  });

  it('is refused in a session by the length of its chunk, and the session goes on with less', async () => {
    const location = await startUpload(site, repository);
    const first = newBytes(5 * MIB);
    expect((await site.ask('PATCH', location, { body: first })).status).toBe(202);
    refusal(await site.ask('PATCH', location, { body: newBytes(16 * MIB) }));
    expect((await site.ask('GET', location)).header('Holdfast-Upload-Offset')).toBe(String(first.length));
    const closed = await site.ask('PUT', `${location}?digest=${digestOf(first)}`);
    expect(closed.status, closed.text).toBe(201);
    pushed.push(`/v2/${repository}/blobs/${digestOf(first)}`);
  });
});

describe('a chunk that was announced and did not come', () => {
  it('keeps no room: what it left is what the session has', async () => {
    const location = await startUpload(site, repository);
    const raw = await site.raw();
    await raw.write(
      `PATCH ${location} HTTP/1.1\r\nHost: x\r\nAuthorization: ${site.basic}\r\nContent-Length: ${18 * MIB}\r\n\r\n`,
    );
    await raw.write(newBytes(MIB));
    await vi.waitFor(async () => expect(await asked(5 * MIB)).toBe(405));
    raw.close();
    await vi.waitFor(async () => expect(await asked(ROOM)).toBe(100));
    expect((await site.ask('GET', location)).header('Holdfast-Upload-Offset')).toBe('0');
    await site.ask('DELETE', location);
  });
});

describe('pushes at once', () => {
  it.each([
    ['that say how long they are', 6, 8, push],
    ['that do not', 6, 6, stream],
    ['that are too small to reserve anything', 1, 40, push],
  ])('%s do not come past the limit together', async (_, mib, count, way) => {
    const answers = await Promise.all(Array.from({ length: count }, () => way(newBytes(mib * MIB))));
    const stored = answers.filter(({ status }) => status === 201).length;
    for (const answer of answers.filter(({ status }) => status !== 201)) refusal(answer);
    expect(await used()).toBe(GIB - ROOM + stored * mib * MIB);
    expect(stored * mib * MIB).toBeLessThanOrEqual(ROOM);
    expect(stored).toBeGreaterThan(0);
    if (way === push) expect(stored).toBe(Math.floor(20 / mib));
  });

  it('that wait half-way keep their room', async () => {
    const location = await startUpload(site, repository);
    expect((await site.ask('PATCH', location, { body: newBytes(12 * MIB) })).status).toBe(202);
    refusal(await push(newBytes(9 * MIB)));
    expect((await push(newBytes(8 * MIB))).status).toBe(201);
    expect((await site.ask('DELETE', location)).status).toBe(204);
    expect((await push(newBytes(9 * MIB))).status).toBe(201);
  });
});

describe('a registry that is full', () => {
  it('takes what it has already, and no manifest more; pulls and deletions go on', async () => {
    const layer = await pushBlob(site, repository, newBytes(5 * MIB));
    const image = await pushImage(site, repository, { tag: 'v1', layers: [layer] });
    const rest = GIB - (await used());
    const filling = newBytes(rest);
    expect((await stream(filling)).status).toBe(201);
    expect(await used()).toBe(GIB);

    const again = await site.ask('PUT', `/v2/${repository}/manifests/v2`, {
      body: image.bytes,
      headers: { 'Content-Type': image.mediaType },
    });
    expect(again.status, again.text).toBe(201);
    const mounted = await site.ask(
      'POST',
      `/v2/${repository}-other/blobs/uploads/?mount=${layer.digest}&from=${repository}`,
    );
    expect(mounted.status).toBe(201);
    const changed = Buffer.concat([image.bytes, Buffer.from(' ')]);
    const told = refusal(
      await site.ask('PUT', `/v2/${repository}/manifests/v3`, {
        body: changed,
        headers: { 'Content-Type': image.mediaType },
      }),
    );
    expect(told?.detail).toMatchObject({ neededBytes: changed.length });
    expect(told?.message).toContain(`${repository} (20 MiB)`);
    expect((await site.ask('GET', `/v2/${repository}/manifests/v1`)).status).toBe(200);

    // At once, and by just what nothing else needs: the layer is still in the other repository.
    const before = await used();
    expect((await site.ask('DELETE', `/v2/${repository}/manifests/${image.digest}`)).status).toBe(202);
    const config = (JSON.parse(image.bytes.toString()) as { config: { size: number } }).config.size;
    expect(await used()).toBe(before - image.size - config);
    await site.ask('DELETE', `/v2/${repository}-other/blobs/${layer.digest}`);
    expect(await used()).toBe(GIB - ROOM + filling.length);
    expect((await push(newBytes(MIB))).status).toBe(201);
  });

  it('takes more from the next request on when its quota is raised, and none when it is lowered', async () => {
    const bytes = newBytes(ROOM + 1);
    refusal(await push(bytes));
    await setQuota(2);
    expect((await push(bytes)).status).toBe(201);
    await setQuota(1);
    refusal(await push(newBytes(1)));
  });

  it('is one of many when the site is full: pushes stop everywhere, and the operator sees that they do', async () => {
    await setQuota(100);
    expect((await put('configurations/Default', { maximumCapacityInGiB: 1 })).status).toBe(200);
    expect((await push(newBytes(ROOM))).status).toBe(201);
    const told = refusal(await push(newBytes(1)));
    expect(told?.detail).toEqual({ reason: 'SiteCapacityExceeded', neededBytes: 1 });
    const capacity = await site.arm('GET', `${admin}/capacities/Default`, { as: operator });
    expect(capacity.json()).toMatchObject({
      properties: { maximumCapacityInGiB: 1, allowPush: false, registriesConsumptionInGiB: 1 },
    });
    expect((await put('configurations/Default', { maximumCapacityInGiB: 0 })).status).toBe(200);
    expect((await push(newBytes(1))).status).toBe(201);
    await setQuota(1);
  });
});
