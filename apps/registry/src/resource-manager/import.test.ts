import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AzureSite, codeOf, REGISTRIES, startAzureSite } from '../../../../test/support/azure-site.ts';
import { newBytes, pushBlob, pushImage, pushIndex, type TestImage } from '../distribution/test-content.ts';
import { startSource, type TestSource } from '../import/test-source.ts';
import { FakeClock } from '../platform/clock.ts';

let site: AzureSite;
let source: TestSource;
beforeAll(async () => {
  source = await startSource();
  site = await startSite(source);
  await site.arm('PUT', other(), { body: { location: 'local', sku: { name: 'Standard' } } });
});
afterAll(async () => {
  await source.stop();
  expect(site.problems).toEqual([]);
  await site.stop();
});
beforeEach(() => {
  source.disturb = () => false;
  source.received.splice(0);
});

const startSite = (from: TestSource, clock?: FakeClock) =>
  startAzureSite({
    config: `outbound: { allow: [peer.example], plainHttp: ["peer.example:${from.port}"] }\n`,
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    ...(clock ? { clock } : {}),
  });
const registry = () => `${site.group}/${REGISTRIES}/registry`;
const other = () => `${site.group}/${REGISTRIES}/second`;
const peer = () => `peer.example:${source.port}`;
const importInto = (target: string, body: unknown, as?: string) =>
  site.arm('POST', `${target}/importImage`, as === undefined ? { body } : { body, as });
const remote = (sourceImage: string, more: Record<string, unknown> = {}) => ({
  source: { registryUri: peer(), sourceImage },
  ...more,
});
const done = async (body: unknown) => {
  const answer = await importInto(registry(), body);
  expect([answer.status, answer.text]).toEqual([200, '']);
};
const pull = (repository: string, reference: string) => site.ask('GET', `/v2/${repository}/manifests/${reference}`);
const digestAt = async (repository: string, reference: string) =>
  (await pull(repository, reference)).header('Docker-Content-Digest');
const blobStatus = async (repository: string, digest: string) =>
  (await site.ask('GET', `/v2/${repository}/blobs/${digest}`)).status;
const tagsOf = async (repository: string) => (await site.ask('GET', `/v2/${repository}/tags/list`)).status;

describe('an import from a registry of this site', () => {
  let image: TestImage;
  beforeAll(async () => {
    image = await pushImage(site, 'team/app', { tag: 'v1' });
  });

  it('by resource id copies no byte, and what it named can be pulled', async () => {
    const from = { source: { resourceId: registry(), sourceImage: 'team/app:v1' }, targetTags: ['copy/app:v2'] };
    await done(from);
    expect(await digestAt('copy/app', 'v2')).toBe(image.digest);
    for (const { digest } of image.layers) expect(await blobStatus('copy/app', digest)).toBe(200);
    expect(source.received).toEqual([]);
  });

  it('into another registry is seen there by whoever may pull there', async () => {
    const body = { source: { resourceId: registry().toUpperCase(), sourceImage: 'team/app:v1' } };
    expect((await importInto(other(), body)).status).toBe(200);
    const again = { source: { resourceId: other(), sourceImage: 'team/app:v1' }, targetTags: ['back:v1'] };
    await done(again);
    expect(await digestAt('back', 'v1')).toBe(image.digest);
  });

  it('by its login server, in whatever case and with or without the port, is reached inside', async () => {
    const { loginServer } = site.bootstrap.registry;
    const forms = [loginServer, loginServer.replace(/:\d+$/, ''), `https://${loginServer.toUpperCase()}/`];
    for (const [n, registryUri] of forms.entries()) {
      await done({ source: { registryUri, sourceImage: `team/app@${image.digest}` }, targetTags: [`own${n}:x`] });
      expect(await digestAt(`own${n}`, 'x')).toBe(image.digest);
    }
  });

  it('with credentials of the source has their rights, not those of the caller', async () => {
    const { loginServer } = site.bootstrap.registry;
    const from = (password: string) => ({
      source: {
        registryUri: loginServer,
        sourceImage: 'team/app:v1',
        credentials: { username: site.username, password },
      },
      targetTags: ['cred:v1'],
    });
    const wrong = await importInto(registry(), from('not-the-password'));
    expect([wrong.status, codeOf(wrong)]).toEqual([400, 'ImportSourceFailed']);
    expect(wrong.text).not.toContain('not-the-password');
    await done(from(site.password));
  });

  it('needs the right to import at the target, and to pull at the source', async () => {
    const body = { source: { resourceId: registry(), sourceImage: 'team/app:v1' }, targetTags: ['rights:v1'] };
    const pusher = await site.robot('AcrPush', registry(), other());
    const refused = await importInto(registry(), body, pusher.token);
    expect([refused.status, codeOf(refused)]).toEqual([403, 'AuthorizationFailed']);
    const contributor = await site.robot('Contributor', other());
    const blind = await importInto(other(), body, contributor.token);
    const unknown = { ...body, source: { ...body.source, resourceId: `${site.group}/${REGISTRIES}/unknown1` } };
    const missing = await importInto(other(), unknown, contributor.token);
    const shape = (text: string) => text.replaceAll('unknown1', 'registry').replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id');
    expect([blind.status, codeOf(blind)]).toEqual([403, 'AuthorizationFailed']);
    expect(shape(missing.text)).toBe(shape(blind.text)); // nobody learns which registries there are
  });

  it('is no way around the network rules of the source', async () => {
    const rules = (defaultAction: string) =>
      site.arm('PATCH', other(), { body: { properties: { networkRuleSet: { defaultAction, ipRules: [] } } } });
    const body = { source: { resourceId: other(), sourceImage: 'team/app:v1' }, targetTags: ['walled:v1'] };
    await rules('Deny');
    const refused = await importInto(registry(), body);
    expect([refused.status, codeOf(refused)]).toEqual([403, 'AuthorizationFailed']);
    await rules('Allow');
    await done(body);
  });

  it('says what is missing', async () => {
    for (const sourceImage of ['team/app:unknown', 'nothing/here', `team/app@sha256:${'0'.repeat(64)}`]) {
      const answer = await importInto(registry(), {
        source: { resourceId: registry(), sourceImage },
        targetTags: ['x:y'],
      });
      expect([answer.status, codeOf(answer)]).toEqual([400, 'ImportSourceFailed']);
      expect(answer.text).toContain('registry/');
    }
    expect(await tagsOf('x')).toBe(404);
  });
});

describe('an import from elsewhere', () => {
  it('brings an image with everything that it names', async () => {
    const layers = [newBytes(100_000), newBytes(10)];
    const image = source.image('v1', ...layers);
    await done(remote('a/b:v1', { targetTags: ['far/app'] }));
    expect(await digestAt('far/app', 'v1')).toBe(image.digest);
    for (const layer of layers) expect(await blobStatus('far/app', source.blob(layer))).toBe(200);
    expect(source.received.map(({ url }) => url)).toContain('/v2/a/b/manifests/v1');
  });

  it('keeps the name of the image when no target is given, and latest when there is no tag', async () => {
    source.image('latest', newBytes());
    await done(remote('keeps/name'));
    expect((await pull('keeps/name', 'latest')).status).toBe(200);
  });

  it('brings a whole index: 60 children and an index inside', async () => {
    const children = Array.from({ length: 60 }, (_, i) => ({
      ...source.image(undefined, Buffer.from(`layer ${i}`)),
      platform: { os: 'linux', architecture: `a${i}` },
    }));
    const index = (manifests: unknown[], tag?: string) => ({
      ...source.manifest({ schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests }, MEDIA_TYPE.ociIndex, tag),
      mediaType: MEDIA_TYPE.ociIndex,
    });
    const inner = index(children.slice(0, 2));
    const outer = index([inner, ...children], 'multi');
    await done(remote('a/b:multi', { targetTags: ['multi:v1'], untaggedTargetRepositories: ['multi/too'] }));
    for (const repository of ['multi', 'multi/too']) {
      for (const { digest } of [outer, inner, ...children]) expect((await pull(repository, digest)).status).toBe(200);
    }
    expect(await digestAt('multi', 'v1')).toBe(outer.digest);
    expect((await site.ask('GET', '/v2/multi/too/tags/list')).json()).toMatchObject({ tags: [] });
  });

  it('takes up a blob where its connection broke, and fetches nothing twice', async () => {
    const layer = newBytes(300_000);
    source.image('cut', layer);
    const digest = source.blob(layer);
    const ranges: (string | undefined)[] = [];
    source.disturb = ({ url, headers }, response) => {
      if (!url.endsWith(digest)) return false;
      ranges.push(headers.range);
      const start = Number(/\d+/.exec(headers.range ?? '')?.[0] ?? 0);
      if (start >= 200_000) return false;
      const part = layer.subarray(start, start + 100_000);
      const length = { 'Content-Length': layer.length - start, 'Content-Range': `bytes ${start}-299999/300000` };
      response.writeHead(start === 0 ? 200 : 206, length);
      response.write(part, () => setTimeout(() => response.destroy(), 20));
      return true;
    };
    await done(remote('a/b:cut', { targetTags: ['cut:v1'] }));
    expect(ranges).toEqual([undefined, 'bytes=100000-', 'bytes=200000-']);
    expect((await site.ask('GET', `/v2/cut/blobs/${digest}`)).body.equals(layer)).toBe(true);
  });

  it('fetches a blob once that the target has already', async () => {
    const layer = newBytes();
    await pushBlob(site, 'had', layer);
    source.image('had', layer);
    await done(remote('a/b:had', { targetTags: ['had:v1'] }));
    expect(source.received.filter(({ url }) => url.endsWith(source.blob(layer)))).toEqual([]);
  });

  it.each(['manifests', 'blobs'])('with other bytes below %s than their digest leaves nothing behind', async (kind) => {
    const image = source.image('bad', newBytes(1000));
    const config = Buffer.from('{}');
    // A whole image, and one that would be stored as it is: but another one than was asked for.
    const described = { mediaType: MEDIA_TYPE.ociConfig, digest: source.blob(config), size: config.length };
    const other = { schemaVersion: 2, mediaType: image.mediaType, config: described, layers: [] };
    source.disturb = ({ url }, response) => {
      if (!url.includes(`/${kind}/`)) return false;
      const length = url.endsWith(image.digest) ? 0 : blobLength(url);
      const bytes = kind === 'manifests' ? JSON.stringify(other) : Buffer.alloc(length);
      response.writeHead(200, { 'Content-Type': image.mediaType }).end(bytes);
      return true;
    };
    const lengths = new Map(source.blobs().map((bytes) => [source.blob(bytes), bytes.length]));
    const blobLength = (url: string) => lengths.get(url.slice(url.lastIndexOf('/') + 1)) ?? 0;
    const answer = await importInto(registry(), remote(`a/b@${image.digest}`, { targetTags: ['bad:v1'] }));
    expect([answer.status, codeOf(answer), answer.text]).toEqual([
      400,
      'ImportSourceFailed',
      expect.stringMatching(/the bytes of its (manifest|blob) .*have (the|another) digest/),
    ]);
    expect(await tagsOf('bad')).toBe(404);
    expect((await site.ask('GET', '/v2/_catalog')).text).not.toContain('"bad"');
  });

  it('whose blob is missing, or longer than announced, leaves nothing behind', async () => {
    for (const answerWith of [404, 200]) {
      const layer = newBytes();
      source.image('lacks', layer, newBytes());
      source.disturb = ({ url }, response) => {
        if (!url.endsWith(source.blob(layer))) return false;
        response.writeHead(answerWith).end(Buffer.alloc(1_000_000));
        return true;
      };
      const answer = await importInto(registry(), remote('a/b:lacks', { targetTags: ['lacks:v1'] }));
      expect([answer.status, codeOf(answer)]).toEqual([400, 'ImportSourceFailed']);
      expect(await tagsOf('lacks')).toBe(404);
    }
  });

  it('shows in the words of the source why it refused, but no page of something that is no registry', async () => {
    const unknown = await importInto(registry(), remote('a/b:unknown'));
    expect(unknown.text).toContain(
      `The source answered 404 for ${peer()}/a/b:unknown: MANIFEST_UNKNOWN (no such thing)`,
    );
    for (const page of [
      '<h1>inner secrets</h1>',
      '{"inner":"secrets"}',
      '{"errors":[{"secrets":1}]}',
      '{"errors":"secrets"}',
    ]) {
      source.disturb = (_, response) => {
        response.writeHead(500).end(page);
        return true;
      };
      const inner = await importInto(registry(), remote('a/b:unknown'));
      expect([inner.status, inner.text]).toEqual([400, expect.stringContaining('The source answered 500')]);
      expect(inner.text).not.toContain('secrets');
    }
  });
});

describe('the sign-in at a source', () => {
  const credentials = { username: 'puller', password: 'S3CRET' };
  const basic = `Basic ${Buffer.from('puller:S3CRET').toString('base64')}`;
  const asks = (challenge: string, accepts: string) => {
    source.disturb = ({ url, headers }, response) => {
      if (url.startsWith('/token')) {
        if (headers.authorization === basic) response.end(JSON.stringify({ token: 'T0KEN' }));
        else response.writeHead(401).end('{"errors":[{"code":"UNAUTHORIZED","message":"who are you"}]}');
        return true;
      }
      if (headers.authorization === accepts) return false;
      response.writeHead(401, { 'WWW-Authenticate': challenge }).end();
      return true;
    };
  };
  const body = (more: Record<string, unknown>, target: string) => ({
    source: { registryUri: peer(), sourceImage: 'a/b:auth', ...more },
    targetTags: [target],
  });

  it('is Basic, or a token for just this repository', async () => {
    source.image('auth', newBytes());
    asks('Basic realm="x"', basic);
    await done(body({ credentials }, 'auth:basic'));
    asks(`Bearer realm="http://${peer()}/token",service="peer"`, 'Bearer T0KEN');
    await done(body({ credentials }, 'auth:bearer'));
    const token = source.received.find(({ url }) => url.startsWith('/token'));
    expect(token?.url).toBe('/token?service=peer&scope=repository%3Aa%2Fb%3Apull');
  });

  it('that fails says so, and shows no secret', async () => {
    asks(`Bearer realm="http://${peer()}/token",service="peer"`, 'Bearer T0KEN');
    const wrong = { username: 'puller', password: 'WR0NG' };
    for (const given of [{}, { credentials: wrong }]) {
      const answer = await importInto(registry(), body(given, 'auth:none'));
      expect([answer.status, codeOf(answer)]).toEqual([400, 'ImportSourceFailed']);
      expect(answer.text).toContain('UNAUTHORIZED (who are you)');
      expect(answer.text).not.toMatch(/WR0NG|V1Iw/);
    }
  });

  it('takes a token without a name, as Azure’s registries do', async () => {
    asks('Basic realm="x"', `Basic ${Buffer.from('00000000-0000-0000-0000-000000000000:S3CRET').toString('base64')}`);
    await done(body({ credentials: { password: 'S3CRET' } }, 'auth:token'));
  });
});

describe('tags that exist', () => {
  it('stop an import before anything is copied, unless it is forced', async () => {
    const before = await pushImage(site, 'taken', { tag: 'v1' });
    const image = source.image('v1', newBytes());
    const body = remote('a/b:v1', { targetTags: ['taken:v0', 'taken:v1'] });
    const refused = await importInto(registry(), { ...body, mode: 'NoForce' });
    expect([refused.status, codeOf(refused)]).toEqual([409, 'Conflict']);
    expect(refused.text).toContain('Tag taken:v1 already exists in target registry.');
    expect(source.received).toEqual([]);
    expect([await digestAt('taken', 'v1'), (await pull('taken', 'v0')).status]).toEqual([before.digest, 404]);
    await done({ ...body, mode: 'Force' });
    expect([await digestAt('taken', 'v0'), await digestAt('taken', 'v1')]).toEqual([image.digest, image.digest]);
  });

  it('stop it also when they come while it copies', async () => {
    const layer = newBytes();
    source.image('race', layer);
    source.disturb = ({ url }, response) => {
      if (!url.endsWith(source.blob(layer))) return false;
      void pushImage(site, 'race', { tag: 'v1' }).then(() => response.writeHead(200).end(layer));
      return true;
    };
    const answer = await importInto(registry(), remote('a/b:race', { targetTags: ['race:v1'] }));
    expect([answer.status, codeOf(answer)]).toEqual([409, 'Conflict']);
  });
});

describe('a body that makes no sense', () => {
  it.each([
    [{}, 'source.sourceImage'],
    [{ source: { sourceImage: 'a:b' } }, 'source.registryUri'],
    [{ source: { sourceImage: 'A/B:c', registryUri: 'x.example' } }, 'source.sourceImage'],
    [{ source: { sourceImage: 'a:b', registryUri: 'x.example/path' } }, 'source.registryUri'],
    [{ source: { sourceImage: 'a:b', registryUri: 'user@x.example' } }, 'source.registryUri'],
    [
      { source: { sourceImage: 'a:b', registryUri: 'x.example', credentials: { username: 'u' } } },
      'source.credentials.password',
    ],
    [{ source: { sourceImage: 'a:b', registryUri: 'x.example' }, targetTags: ['A:b'] }, 'targetTags[0]'],
    [
      { source: { sourceImage: 'a:b', registryUri: 'x.example' }, untaggedTargetRepositories: ['a:b'] },
      'untaggedTargetRepositories[0]',
    ],
    [{ source: { sourceImage: 'a:b', registryUri: 'x.example' }, mode: 'Maybe' }, 'mode'],
  ])('%j is refused by the name of what is wrong', async (body, property) => {
    const answer = await importInto(registry(), body);
    expect([answer.status, codeOf(answer)]).toEqual([400, 'InvalidRequestContent']);
    expect(answer.text).toContain(`'${property}'`);
  });
});

describe('an import that takes long', () => {
  it('goes on behind a 202, whose address tells how it ends to whoever started it', async () => {
    const clock = new FakeClock(new Date());
    const slow = await startSource();
    const long = await startSite(slow, clock);
    try {
      slow.image('slow', newBytes());
      let release = () => {};
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      let waiting = false;
      slow.disturb = ({ url }, response) => {
        if (!url.includes('/manifests/') || waiting) return false;
        waiting = true;
        void released.then(() => response.writeHead(307, { Location: url }).end());
        return true;
      };
      const target = `${long.group}/${REGISTRIES}/registry/importImage`;
      const asked = long.arm('POST', target, {
        body: { source: { registryUri: `peer.example:${slow.port}`, sourceImage: 'a/b:slow' } },
      });
      while (!waiting) await new Promise((resolve) => setTimeout(resolve, 5));
      clock.advance(25_000);
      const accepted = await asked;
      expect([accepted.status, accepted.header('Retry-After')]).toEqual([202, '2']);
      const poll = (accepted.header('Location') ?? '').replace(/^https?:\/\/[^/]+/, '');
      expect(poll).toMatch(
        /\/providers\/Microsoft\.ContainerRegistry\/locations\/local\/operationResults\/[0-9a-f-]{36}\?/,
      );
      const running = await long.ask('GET', poll, { as: long.owner });
      expect([running.status, running.header('Location')]).toEqual([202, accepted.header('Location')]);
      const stranger = await long.robot('Reader', long.subscription);
      expect((await long.ask('GET', poll, { as: stranger.token })).status).toBe(404);
      release();
      for (let status = 202; status === 202; ) {
        status = (await long.ask('GET', poll, { as: long.owner })).status;
        if (status !== 202) expect(status).toBe(200);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      expect((await long.ask('GET', '/v2/a/b/manifests/slow')).status).toBe(200);
    } finally {
      await slow.stop();
      await long.stop();
    }
  });
});

describe('an index that was pushed here', () => {
  it('is imported with its children, by its tag', async () => {
    const children = [await pushImage(site, 'idx'), await pushImage(site, 'idx')];
    const index = await pushIndex(site, 'idx', children, { tag: 'v1' });
    await done({ source: { resourceId: registry(), sourceImage: 'idx:v1' }, targetTags: ['idx/copy'] });
    for (const { digest } of [index, ...children]) expect((await pull('idx/copy', digest)).status).toBe(200);
  });
});
