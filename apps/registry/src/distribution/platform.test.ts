import { Readable } from 'node:stream';
import { digestOf } from '@holdfast/oci/digest';
import { parseManifest } from '@holdfast/oci/manifest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { expect, it } from 'vitest';
import type { Caller, Distribution } from './context.ts';
import { platformIn, platformOf } from './platform.ts';

const config = Buffer.from('{"architecture":"arm64","os":"linux","of":"platform.test"}');
const digest = digestOf(config);
const body = { schemaVersion: 2, config: { mediaType: MEDIA_TYPE.ociConfig, digest, size: config.length }, layers: [] };
const parsed = parseManifest(Buffer.from(JSON.stringify(body)), MEDIA_TYPE.ociImage);

it('keeps what a config says, never what the disk gave wrong, and tells it only where the config is linked', async () => {
  if (!parsed.ok) throw new Error(parsed.reason);
  const stored = [Buffer.from('{"architecture":"wrong"}'), config];
  let linked: object | undefined = { digest, size: config.length };
  const d = {
    metadata: { read: { blobs: { linked: () => linked } } },
    blobs: { read: async () => Readable.from([stored.shift()]) },
  } as unknown as Distribution;
  expect(await platformIn(d, 1, parsed.manifest)).toEqual({ architecture: 'wrong' });
  const right = { architecture: 'arm64', os: 'linux' };
  for (let i = 0; i < 3; i++) expect(await platformIn(d, 1, parsed.manifest)).toEqual(right);
  expect(stored).toEqual([]);
  linked = undefined;
  expect(await platformIn(d, 1, parsed.manifest)).toEqual({});
});

it('asks nothing of a repository when it knows a config, unless manifests may name what is not there', async () => {
  if (!parsed.ok) throw new Error(parsed.reason);
  const { manifest } = parsed;
  const of = (sparseManifests: boolean, read: object) =>
    platformOf({ policy: { sparseManifests }, metadata: { read } } as unknown as Distribution, caller, manifest);
  const caller = { registry: { id: 'r' }, repository: 'a' } as unknown as Caller;
  expect(await of(false, {})).toEqual({ architecture: 'arm64', os: 'linux' });
  const unlinked = { repositories: { find: () => ({ id: 1 }) }, blobs: { linked: () => undefined } };
  expect(await of(true, unlinked)).toEqual({});
});
