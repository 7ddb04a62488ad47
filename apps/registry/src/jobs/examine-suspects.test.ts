import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Suspects } from '../integrity/suspects.ts';
import { Stock } from '../integrity/test-stock.ts';
import { examineSuspects } from './examine-suspects.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-suspects-'));
});
afterEach(() => rm(folder, { recursive: true }));

const always = { signal: new AbortController().signal, stillMine: async () => true };

it('suspects are examined, believed only when they are damaged, and crossed off', async () => {
  const stock = await Stock.open();
  const suspects = new Suspects(folder);
  const innocent = await stock.push('innocent');
  const guilty = await stock.push('guilty');
  stock.blobs.tamper(guilty, Buffer.from('GUILTY'));
  const manifest = await stock.pushManifest(innocent, { stored: '{}' });
  const job = examineSuspects({ integrity: stock.integrity(), suspects });
  expect(await job.run(always)).toEqual({ examined: 0 });
  for (const digest of [innocent, guilty]) await suspects.put({ what: 'blob', digest });
  await suspects.put({ what: 'manifest', digest: manifest });
  expect(await job.run({ ...always, stillMine: async () => false })).toEqual({ examined: 0 });
  expect(await job.run(always)).toEqual({ examined: 3 });
  expect(new Set(stock.findings.map((finding) => finding.digest))).toEqual(new Set([guilty, manifest]));
  expect(await suspects.list()).toEqual([]);
});
