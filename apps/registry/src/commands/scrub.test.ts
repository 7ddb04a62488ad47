import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Digest } from '@holdfast/oci/digest';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../../test/support/start-registry.ts';
import { newBytes, pushBlob, pushImage } from '../distribution/test-content.ts';
import { acquireFolderLock } from '../metadata/sqlite/folder-lock.ts';
import { openSqliteMetadataReader } from '../metadata/sqlite/open.ts';
import { openToExamine } from '../open-data-folder.ts';
import { FakeClock } from '../platform/clock.ts';
import { blobPath, layoutOf } from '../storage/filesystem/layout.ts';
import { ProgressLine, sizeText } from './progress-line.ts';
import { type ScrubReport, scrubProgress } from './scrub-report.ts';
import { runProgram } from './test-program.ts';

const run = (...args: string[]) => runProgram('scrub', ...args);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-scrub-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('holdfast scrub', () => {
  it('explains itself', async () => {
    const help = await run('--help');
    expect(help).toMatchObject({ status: 0, stdout: expect.stringContaining('Usage: holdfast scrub') });
    expect((await run('--fast')).status).toBe(2);
  });

  it('ends with 3 where no registry ever was, and makes nothing there', async () => {
    const none = await run('--data', folder);
    expect(none).toMatchObject({
      status: 3,
      stdout: '',
      stderr: expect.stringContaining('Name its folder with --data'),
    });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('whoever is not the owner of the data', () => {
  afterEach(() => void vi.restoreAllMocks());

  it('is refused before anything is made that the server could not open', async () => {
    await writeFile(join(folder, 'metadata.db'), '');
    const owner = process.getuid?.() ?? 0;
    vi.spyOn(process, 'getuid').mockReturnValue(owner + 1);
    await expect(openToExamine(folder)).rejects.toThrow(`belongs to the user with the id ${owner}`);
    expect(await readdir(folder)).toEqual(['metadata.db']);
  });
});

describe.each(['while the server is stopped', 'beside the running server'])('%s, a scrub', (when) => {
  const beside = when.startsWith('beside');
  const clock = new FakeClock(new Date());
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry(beside ? { clock } : {});
  });
  afterAll(() => registry.stop());
  const file = (digest: Digest) => blobPath(layoutOf(registry.dataDir), digest).file;

  it('that finds nothing ends with 0; one that finds damage names it and ends with 1', async () => {
    const layer = await pushBlob(registry, 'team/app');
    const image = await pushImage(registry, 'team/app', { tag: 'v1', layers: [layer] });
    const [flipped, short, gone] = [newBytes(), newBytes(), newBytes()];
    const lost = await Promise.all([flipped, short, gone].map((bytes) => pushBlob(registry, 'team/other', bytes)));
    if (!beside) await registry.halt();
    const clean = await run('--data', registry.dataDir, '--json');
    const counts = { blobs: 5, manifests: 1, damaged: [], healed: [] };
    expect([clean.status, clean.stderr]).toEqual([0, '']);
    expect(JSON.parse(clean.stdout)).toMatchObject({ clean: true, beside, ...counts });

    await writeFile(file(layer.digest), newBytes(layer.size));
    await writeFile(file(lost[0]?.digest as Digest), newBytes(flipped?.length));
    await truncate(file(lost[1]?.digest as Digest), 10);
    await rm(file(lost[2]?.digest as Digest));
    const found = await run('--data', registry.dataDir, '--json');
    expect(found.status).toBe(1);
    const report = JSON.parse(found.stdout) as ScrubReport;
    const kinds = Object.fromEntries(report.damaged.map(({ digest, damage }) => [digest, damage.kind]));
    expect(kinds).toEqual({
      [layer.digest]: 'wrong-bytes',
      [lost[0]?.digest as Digest]: 'wrong-bytes',
      [lost[1]?.digest as Digest]: 'wrong-size',
      [lost[2]?.digest as Digest]: 'missing',
    });
    expect(report.damaged.find(({ digest }) => digest === layer.digest)?.hurts).toEqual([
      { registry: 'registry', repository: 'team/app', manifests: [{ digest: image.digest, tags: ['v1'] }] },
    ]);

    const text = await run('--data', registry.dataDir);
    expect(text.status).toBe(1);
    expect(text.stdout).toContain('5 blobs and 1 manifests were checked');
    expect(text.stdout).toContain(`    ${image.digest}  v1\n`);
    const reader = openSqliteMetadataReader(join(registry.dataDir, 'metadata.db'));
    const marked = await reader.read.integrity.blob(layer.digest);
    reader.close();
    // Beside a server nothing is written but the names of the suspects, for the server to look at.
    expect(marked?.damage?.kind).toBe(beside ? undefined : 'wrong-bytes');
    const suspects = beside ? (await readdir(join(registry.dataDir, 'suspects'))).sort() : [];
    expect(suspects).toEqual(
      beside ? [layer, ...lost].map(({ digest }) => `blob-${digest.replace(':', '-')}`).sort() : [],
    );
    const pull = () => registry.ask('GET', `/v2/team/app/blobs/${layer.digest}`);
    if (beside) {
      expect((await pull()).status).toBe(200); // the server does not believe it, …
      clock.advance(30_000);
      await vi.waitFor(
        async () => {
          clock.advance(5_000);
          expect(await readdir(join(registry.dataDir, 'suspects'))).toEqual([]); // … it looks for itself
        },
        { timeout: 10_000 },
      );
      expect(registry.problems).toHaveLength(4);
    } else await registry.resume();
    const refused = await pull();
    expect([refused.status, refused.text]).toEqual([404, expect.stringContaining('Push the blob again')]);
    expect(() => acquireFolderLock(registry.dataDir)).toThrow('Another holdfast process');
  });
});

describe('the progress of a scrub', () => {
  const counts = { blobs: 1, manifests: 2, bytes: 3_500_000, damaged: 0 };
  async function shown(isTTY: boolean): Promise<string> {
    let text = '';
    const write = (chunk: string) => {
      text += chunk;
      return true;
    };
    const line = new ProgressLine({ isTTY, write } as unknown as NodeJS.WriteStream, scrubProgress);
    line.at('sha256:80ff');
    line.show(counts);
    expect(text).toBe('');
    await new Promise((resolve) => setTimeout(resolve, 1050));
    line.show(counts);
    line.show(counts);
    line.end();
    return text;
  }

  it('is a JSON line a second for programs', async () => {
    expect(JSON.parse(await shown(false))).toEqual({ event: 'progress', percent: 50, ...counts });
  });

  it('is one line that is written over on a terminal', async () => {
    const text = await shown(true);
    expect(text).toContain('██████████░░░░░░░░░░ 50 %  1 blobs, 2 manifests, 3.5 MB, 0 damaged');
    expect(text.split('\n')).toHaveLength(1);
  });

  it.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1_500, '1.5 kB'],
    [41_200_000_000, '41.2 GB'],
    [2_000_000_000_000, '2.0 TB'],
  ])('shows %d bytes as %s', (bytes, text) => {
    expect(sizeText(bytes)).toBe(text);
  });
});
