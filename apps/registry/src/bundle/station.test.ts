import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AzureSite, startAzureSite } from '../../../../test/support/azure-site.ts';
import {
  descriptorOf,
  expectError,
  newBytes,
  pushBlob,
  pushImage,
  type TestImage,
} from '../distribution/test-content.ts';
import { Station } from './test-station.ts';

// Two sites without a network between them: what one makes, the other brings in, over the API alone.

let near: AzureSite;
let far: AzureSite;
let from: Station;
let to: Station;
let app: TestImage;
let next: TestImage;
beforeAll(async () => {
  [near, far] = await Promise.all([startAzureSite(), startAzureSite()]);
  [from, to] = [new Station(near), new Station(far)];
  const base = await pushBlob(near, 'team/app', newBytes(200_000));
  app = await pushImage(near, 'team/app', { tag: '1.0.0', layers: [base] });
  next = await pushImage(near, 'team/app', { tag: '1.1.0', layers: [base, await pushBlob(near, 'team/app')] });
  await pushImage(near, 'team/db', { tag: '5' });
  const trusted = new Station(far, await tokenOf(far, 'Contributor', 'registry:bundles:trust'));
  const { publicKey } = await from.key();
  expect((await trusted.ask('POST', '/_signers', { name: 'the near side', publicKey })).status).toBe(201);
}, 60_000);
afterAll(async () => {
  expect([near.problems, far.problems]).toEqual([[], []]);
  await Promise.all([near.stop(), far.stop()]);
});

const registryOf = (site: AzureSite) => `${site.group}/providers/Microsoft.ContainerRegistry/registries/registry`;

/** A token of somebody new, whose role holds for the registry or for what is below a path in it. */
async function tokenOf(site: AzureSite, role: string, scope: string, path = ''): Promise<string> {
  const resource = `${registryOf(site)}${path === '' ? '' : `/repositories/${path}`}`;
  const { appId, secret } = await site.robot(role, resource);
  const basic = `Basic ${Buffer.from(`${appId}:${secret}`).toString('base64')}`;
  const answer = await site.ask('GET', `/oauth2/token?service=test&scope=${encodeURIComponent(scope)}`, {
    as: 'none',
    headers: { Authorization: basic },
  });
  return answer.json<{ access_token: string }>().access_token;
}

const digestAt = async (site: AzureSite, image: string, tag: string) =>
  (await site.ask('HEAD', `/v2/${image}/manifests/${tag}`)).header('Docker-Content-Digest');

/** What is made near and lies far, whole. */
async function carry(images: readonly string[], more: object = {}): Promise<string> {
  const { bundle, volumes } = await from.create(images, more);
  for (const bytes of await from.volumes(bundle, volumes)) {
    expect(await to.upload(bytes)).toMatchObject({ state: 'ready', bundle });
  }
  return bundle;
}

describe('a bundle over the API', () => {
  it('is estimated, made, taken away, brought in, planned, verified and applied', async () => {
    const images = ['team/*:>=1.0', 'team/db'];
    const estimate = await from.ask('POST', '/_bundles/_estimate', { images, volumeBytes: 150_000 });
    expect(estimate.status, estimate.text).toBe(200);
    const made = await from.create(images, { volumeBytes: 150_000 });
    expect(estimate.json()).toMatchObject({ tags: 3, manifests: 3, volumes: made.volumes });
    expect(made.volumes).toBeGreaterThan(1);
    const volumes = await from.volumes(made.bundle, made.volumes);
    for (const [i, bytes] of volumes.entries()) {
      const file = await to.upload(bytes, { name: `${i + 1}.tar`, carriedBy: 'Li Lei' });
      expect(file).toMatchObject({ state: 'ready', bundle: made.bundle });
      const { missing } = await to.get<{ missing: number[] }>(`/_bundles/${made.bundle}`);
      expect(missing).toHaveLength(made.volumes - i - 1);
    }
    const plan = await to.ask('POST', `/_bundles/${made.bundle}/_plan`);
    expect(plan.json()).toMatchObject({ manifestsToPut: 3, lacks: [], missingVolumes: [], room: { fits: true } });
    expect(await digestAt(far, 'team/app', '1.0.0')).toBeUndefined();
    expect(await to.done('POST', `/_bundles/${made.bundle}/_verify`)).toMatchObject({ of: made.volumes });
    expect(await to.done('POST', `/_bundles/${made.bundle}/_apply`)).toMatchObject({ state: 'applied' });
    expect(await digestAt(far, 'team/app', '1.0.0')).toBe(app.digest);
    expect(await digestAt(far, 'team/app', '1.1.0')).toBe(next.digest);
    const { entries } = await to.get<{ entries: { action: string; carriedBy?: string }[] }>('/_custody');
    const actions = entries.map(({ action }) => action).reverse();
    expect(actions).toEqual([...volumes.map(() => 'received'), 'verified', 'applied']);
    expect(entries.at(-1)?.carriedBy).toBe('Li Lei');
  });

  it('of which a volume is missing moves no tag, and says which one', async () => {
    await pushImage(near, 'lost/app', { tag: '1', layers: [await pushBlob(near, 'lost/app', newBytes(300_000))] });
    const { bundle, volumes } = await from.create(['lost/app'], { volumeBytes: 150_000 });
    expect(volumes).toBeGreaterThan(2);
    const bytes = await from.volumes(bundle, volumes);
    for (const one of bytes.slice(0, -1)) await to.upload(one);
    const applied = await to.done('POST', `/_bundles/${bundle}/_apply`);
    expect(applied).toMatchObject({ state: 'incomplete', missingVolumes: [volumes] });
    expect((await far.ask('HEAD', '/v2/lost/app/manifests/1')).status).toBe(404);
    await to.upload(bytes.at(-1) as Buffer);
    expect(await to.done('POST', `/_bundles/${bundle}/_apply`)).toMatchObject({ state: 'applied' });
    expect((await far.ask('HEAD', '/v2/lost/app/manifests/1')).status).toBe(200);
  });

  it('with a flipped byte is refused, whole, and a good copy of the volume takes its place', async () => {
    await pushImage(near, 'flipped/app', { tag: '1' });
    const { bundle } = await from.create(['flipped/app']);
    const good = await from.download(bundle, 1);
    const bad = Buffer.from(good);
    const at = bad.indexOf('application/vnd.oci.image.manifest') > 0 ? bad.lastIndexOf('"layers"') : bad.length / 2;
    bad[at] = (bad[at] as number) ^ 1;
    await to.upload(bad);
    const refused = await to.ended(await to.ask('POST', `/_bundles/${bundle}/_apply`));
    expect(refused).toMatchObject({ state: 'failed', error: { code: 'bundle.refused' } });
    expect((await far.ask('HEAD', '/v2/flipped/app/manifests/1')).status).toBe(404);
    await to.upload(good);
    expect(await to.done('POST', `/_bundles/${bundle}/_apply`)).toMatchObject({ state: 'applied' });
  });

  it('that is older than the one that moved a tag leaves that where it is', async () => {
    await pushImage(near, 'old/app', { tag: '1' });
    const older = await carry(['old/app']);
    const image = await pushImage(near, 'old/app', { tag: '1' });
    const newer = await carry(['old/app']);
    await to.done('POST', `/_bundles/${newer}/_apply`);
    expect(await to.done('POST', `/_bundles/${older}/_apply`)).toMatchObject({ superseded: ['old/app:1'], tags: [] });
    expect(await digestAt(far, 'old/app', '1')).toBe(image.digest);
  });

  it('leaves out what the far side’s receipt has, and sends again what an apply found lacking', async () => {
    await pushImage(near, 'delta/app', { tag: '1' });
    await to.done('POST', `/_bundles/${await carry(['delta/app'])}/_apply`);
    await pushImage(near, 'delta/app', { tag: '2' });
    const trust = new Station(near, await tokenOf(near, 'Contributor', 'registry:bundles:trust'));
    await trust.ask('POST', '/_signers', { name: 'the far side', publicKey: (await to.key()).publicKey });
    const receipt = (await to.ask('GET', '/_receipt')).text;
    const delta = await from.create(['delta/app'], { receipt });
    expect(delta).toMatchObject({ tags: 2, manifests: 1, manifestsHeld: 1 });
    const gone = (await far.ask('HEAD', '/v2/delta/app/manifests/1')).header('Docker-Content-Digest');
    await far.ask('DELETE', `/v2/delta/app/manifests/${gone}`);
    await to.upload(await from.download(delta.bundle, 1));
    const applied = await to.done('POST', `/_bundles/${delta.bundle}/_apply`);
    expect(applied).toMatchObject({ state: 'incomplete', lacks: [`delta/app@${gone}`] });
    const topUp = (await to.ask('GET', '/_receipt')).text;
    expect(JSON.parse(topUp.split('\n')[0] ?? '')).toMatchObject({ lacks: [`delta/app@${gone}`] });
    expect(await from.create(['delta/app'], { receipt: topUp })).toMatchObject({ manifests: 2, manifestsHeld: 0 });
  });

  it('says which non-distributable layers stay out, and the receipt which of them are not there', async () => {
    const mediaType = MEDIA_TYPE.dockerForeignLayerGzip;
    const [absent, present] = [descriptorOf(newBytes(), mediaType), await pushBlob(near, 'windows', newBytes())];
    await pushImage(near, 'windows', { tag: '1', layers: [absent, { ...present, mediaType }] });
    const estimate = await from.ask('POST', '/_bundles/_estimate', { images: ['windows'] });
    expect(estimate.json()).toMatchObject({ manifests: 1, blobs: 2, layersLeftOut: [absent.digest] });
    await to.done('POST', `/_bundles/${await carry(['windows'])}/_apply`);
    const receipt = JSON.parse((await to.ask('GET', '/_receipt')).text.split('\n')[0] ?? '') as { lacks: string[] };
    expect(receipt.lacks).toContain(absent.digest);
    expect(receipt.lacks).not.toContain(present.digest);
  });

  it('that was made here before is assumed to have arrived, unless it is doubted', async () => {
    await pushImage(near, 'diode/app', { tag: '1' });
    const first = await from.create(['diode/app']);
    await pushImage(near, 'diode/app', { tag: '2' });
    const second = await from.create(['diode/app'], { assumeArrived: true });
    expect(second).toMatchObject({ manifests: 1, manifestsHeld: 1 });
    const wide = await from.create(['diode/app'], { assumeArrived: true, doubted: [first.bundle] });
    expect(wide).toMatchObject({ manifests: 2, manifestsHeld: 0 });
  });
});

describe('trust', () => {
  it('is what a volume needs: without it nothing of the volume is used, and it counts as soon as it is given', async () => {
    const other = await startAzureSite();
    try {
      await pushImage(other, 'other/app', { tag: '1' });
      const sender = new Station(other);
      const { bundle } = await sender.create(['other/app']);
      const refused = await to.upload(await sender.download(bundle, 1));
      expect(refused).toMatchObject({ state: 'refused', reason: expect.stringContaining('no trusted key') });
      expectError(await to.ask('POST', `/_bundles/${bundle}/_apply`), 404, 'UNSUPPORTED');
      const trusting = new Station(far, await tokenOf(far, 'Contributor', 'registry:bundles:trust'));
      const { id, publicKey } = await sender.key();
      expect((await trusting.ask('POST', '/_signers', { name: 'other', publicKey })).json()).toMatchObject({ id });
      const completed = await to.ask('POST', `/_files/${refused.id}/_complete`);
      expect(completed.json()).toMatchObject({ state: 'ready', bundle });
      expect((await trusting.ask('DELETE', `/_signers/${id}`)).status).toBe(204);
      const distrusted = await to.ended(await to.ask('POST', `/_bundles/${bundle}/_apply`));
      expect(distrusted).toMatchObject({ state: 'failed', error: { code: 'bundle.refused' } });
      expect((await far.ask('HEAD', '/v2/other/app/manifests/1')).status).toBe(404);
    } finally {
      await other.stop();
    }
  });

  it('is given by who may manage the registry, not by its admin user nor by who pushes', async () => {
    const body = { name: 'me', publicKey: (await to.key()).publicKey };
    expectError(await to.ask('POST', '/_signers', body), 401, 'UNAUTHORIZED');
    const pusher = new Station(far, await tokenOf(far, 'AcrPush', 'registry:bundles:trust'));
    expectError(await pusher.ask('POST', '/_signers', body), 401, 'UNAUTHORIZED');
  });
});

describe('a file that is sent in chunks', () => {
  it('counts against the quota from its first byte to its deletion', async () => {
    const room = async () => {
      const body = JSON.stringify({ bytes: 0, tags: [{ repository: 'a', tag: '1', digest: app.digest }] });
      const answer = await far.ask('POST', '/holdfast/v1/a/_plan', { body });
      return answer.json<{ room: { left: number } }>().room.left;
    };
    const before = await room();
    const id = await to.start(5_000_000);
    expect(before - (await room())).toBe(5_000_000);
    const tooLarge = await to.ask('POST', '/_files', { name: 'x.tar', size: before });
    expectError(tooLarge, 405, 'REGISTRY_DISALLOWED_OPERATION');
    await to.ask('DELETE', `/_files/${id}`);
    expect(await room()).toBe(before);
  });

  it('is its sender’s alone', async () => {
    const id = await to.start(10);
    const stranger = new Station(far, await tokenOf(far, 'AcrPush', 'registry:bundles:write'));
    expect((await stranger.ask('GET', `/_files/${id}`)).status).toBe(404);
    expect((await stranger.send(id, newBytes(10))).status).toBe(404);
    expect((await stranger.ask('DELETE', `/_files/${id}`)).status).toBe(404);
    await to.ask('DELETE', `/_files/${id}`);
  });
});

describe('an apply', () => {
  it('is a push of its caller: one who may push to one of two repositories brings in neither', async () => {
    await pushImage(near, 'mine/app', { tag: '1' });
    await pushImage(near, 'yours/app', { tag: '1' });
    const { bundle } = await from.create(['mine/app', 'yours/app']);
    const volume = await from.download(bundle, 1);
    const scopes = 'registry:bundles:write registry:bundles:read';
    const narrow = new Station(far, await tokenOf(far, 'AcrPush', scopes, 'mine'));
    expect(await narrow.upload(volume)).toMatchObject({ state: 'ready' });
    const refused = await narrow.ended(await narrow.ask('POST', `/_bundles/${bundle}/_apply`));
    expect(refused).toMatchObject({ state: 'failed', error: { code: 'access.denied' } });
    for (const name of ['mine/app', 'yours/app']) {
      expect((await far.ask('HEAD', `/v2/${name}/manifests/1`)).status).toBe(404);
    }
  });

  it('moves no tag where one of them is locked', async () => {
    await pushImage(near, 'locked/app', { tag: '1' });
    await to.done('POST', `/_bundles/${await carry(['locked/app'])}/_apply`);
    const before = await digestAt(far, 'locked/app', '1');
    const body = JSON.stringify({ writeEnabled: false });
    expect((await far.ask('PATCH', '/acr/v1/locked/app/_tags/1', { body })).status).toBe(200);
    await pushImage(near, 'locked/app', { tag: '1' });
    await pushImage(near, 'locked/app', { tag: '2' });
    const bundle = await carry(['locked/app']);
    const plan = (await to.ask('POST', `/_bundles/${bundle}/_plan`)).json<{
      tags: { tag: string; refused?: string }[];
    }>();
    expect(plan.tags.find(({ tag }) => tag === '1')?.refused).toBe('locked');
    const refused = await to.ended(await to.ask('POST', `/_bundles/${bundle}/_apply`));
    expect(refused).toMatchObject({ state: 'failed', error: { code: 'content.locked' } });
    expect(await digestAt(far, 'locked/app', '1')).toBe(before);
    expect(await digestAt(far, 'locked/app', '2')).toBeUndefined();
  });

  it('fills the quarantine where the policy says so, and what travels along opens nothing', async () => {
    const image = await pushImage(near, 'closed/app', { tag: '1' });
    const subject = { mediaType: image.mediaType, digest: image.digest, size: image.size };
    const claims = [
      'application/vnd.security.vulnerability.report+json',
      'application/vnd.dev.cosign.simplesigning.v1+json',
    ];
    for (const artifactType of claims) {
      await pushImage(near, 'closed/app', {
        members: { subject, artifactType, annotations: { quarantineState: 'Passed' } },
      });
    }
    const set = (status: string) =>
      far.arm('PATCH', registryOf(far), {
        version: '2021-06-01-preview',
        body: { properties: { policies: { quarantinePolicy: { status } } } },
      });
    expect((await set('enabled')).status).toBe(200);
    try {
      const bundle = await carry(['closed/app']);
      expect((await to.ask('POST', `/_bundles/${bundle}/_plan`)).json()).toMatchObject({ quarantine: true });
      expect(await to.done('POST', `/_bundles/${bundle}/_apply`)).toMatchObject({ state: 'applied' });
      expect((await far.ask('GET', '/v2/closed/app/manifests/1')).status).toBe(404);
      expectError(
        await far.ask('GET', `/v2/closed/app/manifests/${image.digest}`),
        405,
        'REGISTRY_DISALLOWED_OPERATION',
      );
    } finally {
      expect((await set('disabled')).status).toBe(200);
    }
  });
});

describe('what is in quarantine', () => {
  it('does not travel, whoever makes the bundle', async () => {
    const set = (status: string) =>
      near.arm('PATCH', registryOf(near), {
        version: '2021-06-01-preview',
        body: { properties: { policies: { quarantinePolicy: { status } } } },
      });
    const open = await pushImage(near, 'waiting/app', { tag: 'open' });
    expect((await set('enabled')).status).toBe(200);
    try {
      await pushImage(near, 'waiting/app', { tag: 'closed' });
      const subject = { mediaType: open.mediaType, digest: open.digest, size: open.size };
      await pushImage(near, 'waiting/app', { members: { subject, artifactType: 'application/x.claim' } });
      const scanner = await tokenOf(near, 'AcrQuarantineWriter', 'repository:waiting/app:quarantine_write');
      const passed = await near.ask('PATCH', `/acr/v1/waiting/app/_manifests/${open.digest}`, {
        as: scanner,
        body: JSON.stringify({ quarantineState: 'Passed' }),
      });
      expect(passed.status, passed.text).toBe(200);
      expect(await from.create(['waiting/*'])).toMatchObject({ tags: 1, manifests: 1 });
      expectError(
        await from.ask('POST', '/_bundles/_estimate', { images: ['waiting/app:closed'] }),
        404,
        'MANIFEST_UNKNOWN',
      );
    } finally {
      expect((await set('disabled')).status).toBe(200);
    }
  });
});

describe('a volume', () => {
  it('that an operation needs is not deleted', async () => {
    const { bundle } = await from.create(['team/db']);
    const begun = await Promise.all(Array.from({ length: 8 }, () => from.ask('POST', `/_bundles/${bundle}/_verify`)));
    expectError(await from.ask('DELETE', `/_bundles/${bundle}`), 409, 'UNSUPPORTED');
    for (const one of begun) await from.ended(one);
    expect((await from.ask('DELETE', `/_bundles/${bundle}/_volumes/1`)).status).toBe(204);
  });

  it('is sent whole or by ranges, with the digest of all of it', async () => {
    const { bundle } = await from.create(['team/db']);
    const address = `/_bundles/${bundle}/_volumes/1`;
    const whole = await from.ask('GET', address);
    const part = await from.ask('GET', address, undefined, { headers: { Range: 'bytes=1000-1999' } });
    expect([part.status, part.body.equals(whole.body.subarray(1000, 2000))]).toEqual([206, true]);
    const head = await from.ask('HEAD', address);
    expect([head.header('Content-Length'), head.header('ETag')]).toEqual([
      String(whole.body.length),
      whole.header('ETag'),
    ]);
    const beyond = await from.ask('GET', address, undefined, { headers: { Range: 'bytes=99999999-' } });
    expect([beyond.status, beyond.header('Content-Range')]).toEqual([416, `bytes */${whole.body.length}`]);
    expect((await from.ask('DELETE', `/_bundles/${bundle}`)).status).toBe(204);
    expect((await from.ask('GET', address)).status).toBe(404);
  });

  it('of others is hidden from who may not pull what it holds', async () => {
    const { bundle } = await from.create(['team/db', 'team/app']);
    const narrow = new Station(near, await tokenOf(near, 'AcrPull', 'registry:bundles:read', 'team/db'));
    expect((await narrow.ask('GET', `/_bundles/${bundle}/_volumes/1`)).status).toBe(404);
    expect(
      (await narrow.get<{ bundles: { bundle: string }[] }>('/_bundles')).bundles.map((one) => one.bundle),
    ).not.toContain(bundle);
  });
});

describe('an archive', () => {
  it('of docker save is sent in chunks and imported as pushes', async () => {
    const { bundle } = await from.create(['team/db']);
    const bytes = await from.download(bundle, 1); // a bundle of one volume is an OCI image layout as well
    const file = await to.upload(bytes, { kind: 'archive', name: 'saved.tar' });
    const imported = await to.done('POST', `/_files/${file.id}/_import`, { repository: 'saved/db' });
    expect(imported).toMatchObject({ tags: [expect.stringMatching(/db:5$/)] });
    expect((await to.ask('GET', `/_files/${file.id}`)).status).toBe(404);
    const refused = await to.upload(Buffer.alloc(2048), { kind: 'archive' });
    const failed = await to.ended(await to.ask('POST', `/_files/${refused.id}/_import`));
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'bundle.refused' } });
  });
});
