import { digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  expectError,
  manifestBytes,
  pushImage,
  pushIndex,
  type TestDescriptor,
  type TestImage,
} from '../../apps/registry/src/distribution/test-content.ts';
import { type AzureSite, codeOf, REGISTRIES, startAzureSite } from '../support/azure-site.ts';
import type { Answer } from '../support/http-client.ts';

// A03: a tag that a policy makes immutable stays where it is, on every way on which it could be moved or taken away.

let site: AzureSite;
let serial = 0;
beforeAll(async () => {
  site = await startAzureSite();
  const properties = { repositories: ['fixed/*'], match: ['v*'], except: ['*-rc'] };
  expect((await site.arm('PUT', `${registry()}/immutableTagPolicies/releases`, { body: { properties } })).status).toBe(
    201,
  );
});
afterAll(async () => {
  expect(site.problems).toEqual([]);
  await site.stop();
});

const registry = () => `${site.group}/${REGISTRIES}/registry`;
const TYPE = MEDIA_TYPE.ociImage;
const ask = (method: string, target: string, body?: string | Uint8Array) =>
  site.ask(method, target, body === undefined ? {} : { body, headers: { 'Content-Type': TYPE } });

interface Stock {
  readonly name: string;
  readonly image: TestImage;
  readonly index: TestDescriptor;
  readonly child: TestImage;
}

async function stock(folder = 'fixed'): Promise<Stock> {
  const name = `${folder}/r${++serial}`;
  const image = await pushImage(site, name, { tag: 'v1' });
  const child = await pushImage(site, name);
  const index = await pushIndex(site, name, [child], { tag: 'v1-all' });
  await pushImage(site, name, { tag: 'v1-rc' });
  return { name, image, child, index };
}

/** A new image of the repository's own blobs. */
function anotherImage({ image }: Stock): Buffer {
  const document = JSON.parse(image.bytes.toString()) as Record<string, unknown>;
  return manifestBytes({ ...document, annotations: { n: String(++serial) } });
}

const importOver = ({ name }: Stock, mode: 'Force' | 'NoForce') => {
  const source = { resourceId: registry(), sourceImage: `${name}:v1-rc` };
  return site.arm('POST', `${registry()}/importImage`, { body: { source, targetTags: [`${name}:v1`], mode } });
};

const WAYS: Readonly<Record<string, (s: Stock) => Promise<Answer>>> = {
  'PUT by tag': (s) => ask('PUT', `/v2/${s.name}/manifests/v1`, anotherImage(s)),
  'PUT by digest with the tag': (s) => {
    const bytes = anotherImage(s);
    return ask('PUT', `/v2/${s.name}/manifests/${digestOf(bytes)}?tag=new&tag=v1`, bytes);
  },
  'the tags of a bundle': (s) => {
    const [bundle, signer] = [digestOf('a bundle'), digestOf('a key')];
    const tags = [{ repository: s.name, tag: 'v1', digest: s.child.digest }];
    return ask('POST', `/holdfast/v1/${s.name}/_tags`, JSON.stringify({ bundle, signer, tags }));
  },
  'DELETE by tag': (s) => ask('DELETE', `/v2/${s.name}/manifests/v1`),
  'DELETE of the tag below /acr': (s) => ask('DELETE', `/acr/v1/${s.name}/_tags/v1`),
  'DELETE by digest': (s) => ask('DELETE', `/v2/${s.name}/manifests/${s.image.digest}`),
  'DELETE by digest below /acr': (s) => ask('DELETE', `/acr/v1/${s.name}/_manifests/${s.image.digest}`),
  'DELETE of the index': (s) => ask('DELETE', `/v2/${s.name}/manifests/${s.index.digest}`),
  'DELETE of the repository': (s) => ask('DELETE', `/acr/v1/${s.name}`),
};

const everythingIn = async ({ name }: Stock) =>
  (await Promise.all(['', '/_tags', '/_manifests'].map((path) => ask('GET', `/acr/v1/${name}${path}`))))
    .map((answer) => `${answer.status} ${answer.text}`)
    .join('\n');

describe('an immutable tag', () => {
  it.each(Object.keys(WAYS))('stops %s, and nothing is changed', async (way) => {
    const go = WAYS[way] as (s: Stock) => Promise<Answer>;
    const s = await stock();
    const before = await everythingIn(s);
    const { message, detail } = expectError(await go(s), 405, 'REGISTRY_DISALLOWED_OPERATION');
    expect(message).toContain('The operation is disallowed on this registry, repository or image');
    expect(message).toContain('immutable by the policy "releases" of the registry registry');
    expect(detail).toMatchObject({ reason: 'ImmutableTag', repository: s.name, policy: 'releases' });
    expect(await everythingIn(s)).toBe(before);
    const open = await go(await stock('free'));
    expect(open.status, open.text).toBeLessThan(300); // elsewhere that is allowed
  });

  it('stops an import, forced or not', async () => {
    const s = await stock();
    const before = await everythingIn(s);
    const polite = await importOver(s, 'NoForce');
    expect([polite.status, codeOf(polite)]).toEqual([409, 'Conflict']);
    const forced = await importOver(s, 'Force');
    expect([forced.status, codeOf(forced)]).toEqual([405, 'Conflict']);
    expect(forced.text).toContain('immutable');
    expect(await everythingIn(s)).toBe(before);
    expect((await importOver(await stock('free'), 'Force')).status).toBe(200);
  });

  it('stops the deletion of what its index is made of', async () => {
    const s = await stock();
    const answer = await ask('DELETE', `/v2/${s.name}/manifests/${s.child.digest}`);
    expectError(answer, 405, 'REGISTRY_DISALLOWED_OPERATION');
  });

  it('lets the same image be pushed again, a new tag be put, and one that is excepted be moved', async () => {
    const s = await stock();
    expect((await ask('PUT', `/v2/${s.name}/manifests/v1`, s.image.bytes)).status).toBe(201);
    expect((await ask('PUT', `/v2/${s.name}/manifests/v2`, s.image.bytes)).status).toBe(201);
    expect((await ask('PUT', `/v2/${s.name}/manifests/v1-rc`, s.image.bytes)).status).toBe(201);
  });

  it('is moved by nobody in a race of pushes: the first one holds', async () => {
    const s = await stock();
    const images = Array.from({ length: 8 }, () => anotherImage(s));
    const answers = await Promise.all(images.map((bytes) => ask('PUT', `/v2/${s.name}/manifests/v9`, bytes)));
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
    const first = images[answers.findIndex((answer) => answer.status === 201)] as Buffer;
    const held = await ask('HEAD', `/v2/${s.name}/manifests/v9`);
    expect(held.header('Docker-Content-Digest')).toBe(digestOf(first));
  });

  it('cannot be had by a lock that is lifted, and its policy not by who pushes', async () => {
    const { token } = await site.robot('AcrPush', registry());
    const path = `${registry()}/immutableTagPolicies/releases`;
    const properties = { repositories: ['none'], match: ['none'] };
    expect((await site.arm('PUT', path, { as: token, body: { properties } })).status).toBe(403);
    expect((await site.arm('DELETE', path, { as: token })).status).toBe(403);
    const s = await stock();
    const change = JSON.stringify({ writeEnabled: true, deleteEnabled: true });
    await site.ask('PATCH', `/acr/v1/${s.name}/_tags/v1`, { body: change });
    expectError(
      await (WAYS['DELETE by tag'] as (s: Stock) => Promise<Answer>)(s),
      405,
      'REGISTRY_DISALLOWED_OPERATION',
    );
  });
});
