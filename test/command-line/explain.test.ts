import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  newBytes,
  pushBlob,
  pushImage,
  pushIndex,
  type TestImage,
} from '../../apps/registry/src/distribution/test-content.ts';
import { CommandLine } from '../support/command-line.ts';
import { startRegistry, type TestRegistry } from '../support/start-registry.ts';

let site: TestRegistry;
let cli: CommandLine;
let image: TestImage;
let index: { digest: string };
let as: string[];
beforeAll(async () => {
  site = await startRegistry();
  cli = new CommandLine();
  as = ['-n', new URL(site.http).host, '-u', site.username, '-p', site.password];
  image = await pushImage(site, 'team/app', { tag: 'v1', layers: [await pushBlob(site, 'team/app', newBytes(5000))] });
  index = await pushIndex(site, 'team/app', [image], { tag: 'multi' });
});
afterAll(async () => {
  cli.remove();
  await site.stop();
});

it('says of a tag, a digest and a repository why they are kept and what they would free', async () => {
  const tag = await cli.json('acr', 'explain', ...as, '--image', 'team/app:v1');
  expect(tag).toMatchObject({
    name: 'v1',
    lastTag: true,
    manifest: { digest: image.digest, keptBy: expect.stringContaining(index.digest) },
  });
  const manifest = await cli.json('acr', 'explain', ...as, '--image', `team/app@${image.digest}`);
  expect(manifest).toMatchObject({ referencedBy: { tags: ['v1'], indexes: [index.digest] } });
  const usage = await cli.json<{ storedBytes: number }>('acr', 'explain', ...as, '--repository', 'team/app');
  expect(usage).toMatchObject({ manifestCount: 2, tagCount: 2, sharedBytes: 0 });
  expect(usage.storedBytes).toBeGreaterThan(5000);
});

it('says it in a table as well, and what is not there with 3', async () => {
  const table = await cli.text('acr', 'explain', ...as, '--image', 'team/app:v1', '-o', 'table');
  expect(table).toContain('Only tag of its manifest');
  expect(table).toMatch(new RegExp(`Part of +${index.digest}`));
  expect((await cli.run('acr', 'explain', ...as, '--image', 'team/app:none')).status).toBe(3);
  expect((await cli.run('acr', 'explain', ...as)).status).toBe(2);
});

it('says which images need a layer, and of what is pushed and not named when it goes', async () => {
  const repository = [...as, '--repository', 'team/app'];
  const layer = image.layers[0]?.digest ?? '';
  const named = await cli.json('acr', 'explain', ...repository, '--blob', layer);
  expect(named).toMatchObject({
    digest: layer,
    size: 5000,
    state: 'named',
    // Also the tag of the index that names the image.
    manifests: [{ digest: image.digest, tags: ['v1', 'multi'] }],
  });
  const table = await cli.text('acr', 'explain', ...repository, '--blob', layer, '-o', 'table');
  expect(table).toMatch(new RegExp(`Needed by +${image.digest} +v1, multi`));
  expect(table).toMatch(/Also in the repositories +none/);
  const { digest: waiting } = await pushBlob(site, 'team/app', newBytes(7));
  const pushed = await cli.json('acr', 'explain', ...repository, '--blob', waiting);
  expect(pushed).toMatchObject({ state: 'pushed', manifests: [], goesAt: expect.stringMatching(/^20/) });
});

it('refuses a blob without its repository, and says what is not there with 3', async () => {
  const layer = image.layers[0]?.digest ?? '';
  const alone = await cli.run('acr', 'explain', ...as, '--blob', layer);
  expect([alone.status, alone.stderr]).toEqual([2, expect.stringContaining('--blob needs the --repository')]);
  const absent = ['--repository', 'team/app', '--blob', `sha256:${'0'.repeat(64)}`];
  expect((await cli.run('acr', 'explain', ...as, ...absent)).status).toBe(3);
});
