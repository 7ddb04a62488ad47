import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePattern, select } from '@holdfast/bundle/select';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Import, type ImportOrder } from './import-images.ts';
import { Journal } from './journal.ts';
import { compare, summaryOf } from './report.ts';
import { MemoryRegistry } from './test-registries.ts';

let folder: string;
let source: MemoryRegistry;
let target: MemoryRegistry;
let journalFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-import-'));
  journalFile = join(folder, 'journal.jsonl');
  source = new MemoryRegistry();
  target = new MemoryRegistry();
});
afterEach(() => rmSync(folder, { recursive: true }));

async function run(more: Partial<ImportOrder> & { include?: string } = {}) {
  const { include = '**', ...order } = more;
  const patterns = [parsePattern(include)];
  const content = source.asSource();
  const work = new Import({
    source: content,
    sourceName: 'old',
    target: target.asTarget(),
    nameAtTarget: (name) => `new/${name}`,
    excluded: [],
    byTags: patterns.some(({ tags }) => tags !== undefined),
    journal: await Journal.open(journalFile),
    parallel: 3,
    dryRun: false,
    force: false,
    referrers: true,
    foreignLayers: false,
    onProgress: () => {},
    ...order,
  });
  const repositories = await work.run(await select(content, patterns));
  const differences = await compare(target.asTarget(), repositories, 3);
  return { ...summaryOf(repositories), differences };
}
const tagsOf = (registry: MemoryRegistry, repository: string) =>
  Object.fromEntries(registry.tagged.get(repository) ?? []);

/** An index of two images that share a layer, a signature of a child by its subject, one of the index by a tag. */
function fill(repository: string, seed: string) {
  const base = source.putBlob(repository, 'base');
  const children = ['amd64', 'arm64'].map((architecture) => ({
    ...source.put(repository, { layers: [base, source.putBlob(repository, `${seed}${architecture}`)] }),
    platform: { os: 'linux', architecture },
  }));
  const index = source.put(repository, { manifests: children }, 'v1');
  const [child] = children;
  const signature = source.put(repository, { layers: [source.putBlob(repository, 'sbom')], subject: child });
  const tag = `${index.digest.replace(':', '-')}.sig`;
  source.put(repository, { layers: [source.putBlob(repository, `signature ${seed}`)] }, tag);
  return { index, signature, tag };
}

describe('an import', () => {
  it('brings indexes whole, with referrers and the tags of cosign, and says that all is the same', async () => {
    const { signature } = fill('team/app', 'a');
    const report = await run();
    expect(report).toMatchObject({ images: 2, copied: 2, failed: 0, manifests: 5, differences: [] });
    expect(tagsOf(target, 'new/team/app')).toEqual(tagsOf(source, 'team/app'));
    expect(target.manifests.get('new/team/app')?.has(signature.digest)).toBe(true);
  });

  it('sends a layer that several repositories have once', async () => {
    for (const repository of ['a', 'b', 'c']) fill(repository, 'same');
    await run();
    const distinct = new Map([...source.blobs.values()].flatMap((blobs) => [...blobs]));
    expect(target.bytesTaken).toBe([...distinct.values()].reduce((sum, { length }) => sum + length, 0));
  });

  it('lets no manifest go before a layer that another image of the same moment is still sending', async () => {
    const shared = source.putBlob('app', 'shared');
    for (const tag of ['v1', 'v2', 'v3']) source.put('app', { layers: [shared], annotations: { tag } }, tag);
    const quick = target.asTarget();
    const slow: Partial<typeof quick> = {
      pushBlob: async (...args) => {
        for (let turns = 0; turns < 50; turns++) await new Promise((resolve) => setImmediate(resolve));
        await quick.pushBlob(...args);
      },
    };
    expect(await run({ target: { ...quick, ...slow } as typeof quick })).toMatchObject({ copied: 3, differences: [] });
  });

  it('of chosen tags takes along the tags that sign them, and no others', async () => {
    const { tag } = fill('app', 'a');
    source.put('app', { layers: [source.putBlob('app', 'other')] }, 'v2');
    expect(await run({ include: 'app:v1' })).toMatchObject({ images: 2, differences: [] });
    expect(Object.keys(tagsOf(target, 'new/app'))).toEqual(['v1', tag]);
  });

  it('leaves a tag alone that somebody else has set, says so, and moves it when forced', async () => {
    fill('app', 'a');
    const theirs = target.put('new/app', {}, 'v1');
    const kept = await run();
    expect(kept.differences).toEqual([
      expect.objectContaining({
        repository: 'new/app',
        reference: 'v1',
        target: theirs.digest,
        reason: expect.stringContaining('--force'),
      }),
    ]);
    expect(tagsOf(target, 'new/app').v1).toBe(theirs.digest);
    expect(await run({ force: true })).toMatchObject({ differences: [] });
    expect(tagsOf(target, 'new/app')).toEqual(tagsOf(source, 'app'));
  });

  it('follows a tag that has moved at the source since it was brought', async () => {
    fill('app', 'a');
    await run();
    const { index } = fill('app', 'b');
    expect(await run()).toMatchObject({ different: 0, differences: [] });
    expect(tagsOf(target, 'new/app').v1).toBe(index.digest);
  });

  it('of what is damaged at the source brings everything else, and names it', async () => {
    fill('app', 'a');
    const layer = source.putBlob('app', 'whole');
    source.put('app', { layers: [layer] }, 'broken');
    source.blobs.get('app')?.set(layer.digest, Buffer.from('harmed'));
    const report = await run();
    expect(report).toMatchObject({ copied: 2, failed: 1 });
    const named = report.differences.filter(({ reference }) => !reference.startsWith('sha256:'));
    expect(named).toEqual([expect.objectContaining({ reference: 'broken', reason: 'DIGEST_INVALID', target: null })]);
  });

  it('finds what the target lost after it was brought', async () => {
    fill('app', 'a');
    const { signature } = fill('app', 'b');
    const keep = target.asTarget();
    const forgetful = {
      ...keep,
      putManifest: (...args: Parameters<typeof keep.putManifest>) =>
        args[1] === signature.digest ? Promise.resolve() : keep.putManifest(...args),
    };
    const report = await run({ target: forgetful as typeof keep });
    expect(report.differences).toEqual([expect.objectContaining({ reference: signature.digest, target: null })]);
  });

  it('a dry run writes nothing and says how much it would', async () => {
    for (const repository of ['app', 'other']) fill(repository, 'a'); // what both have is sent once
    const { bytes, copied } = await run({ dryRun: true });
    expect(copied).toBe(4);
    expect([target.manifests.size, target.blobs.size, target.bytesTaken]).toEqual([0, 0, 0]);
    expect((await run()).bytes).toBe(bytes);
    expect(bytes).toBeGreaterThan(0);
  });

  it('killed anywhere and begun again, also twice, ends with everything, and sends nothing that had arrived', async () => {
    const crashes = fc.array(fc.nat(40), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(crashes, fc.constantFrom('', '{"repository":"new/a","ta'), async (after, torn) => {
        [source, target] = [new MemoryRegistry(), new MemoryRegistry()];
        rmSync(journalFile, { force: true });
        for (const repository of ['a', 'b', 'c']) fill(repository, repository);
        for (const writes of after) {
          target.writesLeft = writes;
          await run();
          if (torn) appendFileSync(journalFile, torn);
        }
        target.writesLeft = Number.POSITIVE_INFINITY;
        expect(await run()).toMatchObject({ failed: 0, different: 0, differences: [] });
        for (const repository of ['a', 'b', 'c']) {
          expect(tagsOf(target, `new/${repository}`)).toEqual(tagsOf(source, repository));
          expect(target.manifests.get(`new/${repository}`)?.size).toBe(5);
        }
        const sent = target.bytesTaken;
        expect(await run()).toMatchObject({ copied: 0, there: 6, differences: [] });
        expect(target.bytesTaken).toBe(sent);
      }),
      { numRuns: 60 },
    );
  });
});
