import type { Digest } from '@holdfast/oci/digest';
import { beforeEach, describe, expect, it } from 'vitest';
import { Stock } from '../integrity/test-stock.ts';
import type { BlobStore, ExamineOptions } from '../storage/blob-store.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics.ts';
import { type ScrubDependencies, scrub } from './scrub.ts';
import { readProgress } from './scrub-progress.ts';

const DAY = 86_400_000;
let stock: Stock;
let metrics: Metrics;
/** What was read, in its order. */
let read: Digest[];
let duringRead: (digest: Digest) => Promise<unknown>;

beforeEach(async () => {
  stock = await Stock.open();
  metrics = createMetrics();
  read = [];
  duringRead = async () => undefined;
});

function job(more: Partial<ScrubDependencies> = {}) {
  const blobs = Object.assign(Object.create(stock.blobs) as BlobStore, {
    stat: stock.blobs.stat.bind(stock.blobs),
    examine: async (digest: Digest, options: ExamineOptions) => {
      read.push(digest);
      await duringRead(digest);
      return stock.blobs.examine(digest, options);
    },
  });
  const logger = createLogger({ level: 'silent', terminal: false, stream: { write: () => undefined } });
  const { metadata, clock } = stock;
  const integrity = stock.integrity({ blobs });
  return scrub({ integrity, metadata, clock, logger, metrics, everyDays: 30, bytesPerSecond: 1e9, ...more });
}

const always = () => ({ signal: new AbortController().signal, stillMine: async () => true });
const ITEM_BYTES = 64 * 1024;
const counter = async (name: string) =>
  Number(new RegExp(`^${name} (\\d+)$`, 'm').exec((await metrics.text()).body)?.[1]);

describe('a scrub', () => {
  it('reads every blob and every manifest once, in digest order, and counts them', async () => {
    const digests = await Promise.all(['a', 'bb', 'ccc', 'dddd'].map((text) => stock.push(text)));
    await stock.push('a', 'other');
    const good = await stock.pushManifest(digests[0] as Digest);
    const bad = await stock.pushManifest(digests[1] as Digest, { stored: '{}' });
    stock.blobs.tamper(digests[2] as Digest, Buffer.from('CCC'));
    const found = await job().run(always());
    expect(read).toEqual([...digests].sort());
    expect(found).toMatchObject({ blobs: 4, manifests: 2, damaged: 2 });
    expect(new Set(stock.findings.map((finding) => finding.digest))).toEqual(new Set([digests[2], bad]));
    const bytes = 10 + 2 + ((await stock.metadata.read.integrity.manifest(good))?.bytes.length ?? 0);
    expect(found.bytes).toBe(bytes);
    expect(await counter('holdfast_scrubbed_total{what="blob"}')).toBe(4);
    expect(await counter('holdfast_scrubbed_total{what="manifest"}')).toBe(2);
    expect(await counter('holdfast_scrubbed_bytes_total')).toBe(bytes);
  });

  it('walks over more than a page', async () => {
    for (let i = 0; i < 450; i++) await stock.push(`blob ${i}`);
    expect(await job().run(always())).toMatchObject({ blobs: 450 });
    expect(new Set(read).size).toBe(450);
  });

  it('begins again after its days, counted from its beginning, and never with 0 days', async () => {
    await stock.push('a');
    expect(await job({ everyDays: 0 }).run(always())).toEqual({});
    expect(read).toEqual([]);
    await job().run(always());
    stock.clock.advance(30 * DAY - 1);
    expect(await job().run(always())).toEqual({});
    expect(read).toHaveLength(1);
    // A shorter interval counts at once.
    await job({ everyDays: 29 }).run(always());
    expect(read).toHaveLength(2);
    stock.clock.advance(30 * DAY);
    await job().run(always());
    expect(read).toHaveLength(3);
  });
});

describe('a scrub that was stopped', () => {
  it('goes on behind what it has read, also in a new process, and counts it as one pass', async () => {
    const digests = (await Promise.all(Array.from({ length: 10 }, (_, i) => stock.push(`blob ${i}`)))).sort();
    const manifest = await stock.pushManifest(digests[0] as Digest);
    for (const until of [3, 7]) {
      const stop = new AbortController();
      duringRead = async () => void (read.length === until + 1 && stop.abort(new Error('the server stops')));
      await job().run({ ...always(), signal: stop.signal });
      read.splice(until); // the one that was being read is read again
    }
    duringRead = async () => undefined;
    expect(await readProgress(stock.metadata)).toMatchObject({ blobs: 7, place: { after: digests[6] } });
    expect(await job().run(always())).toMatchObject({ blobs: 10, manifests: 1 });
    expect(read).toEqual(digests);
    expect(await readProgress(stock.metadata)).toMatchObject({ place: { what: 'manifest', after: manifest } });
  });

  it('by a crash repeats ten seconds at most', async () => {
    const digests = (await Promise.all(Array.from({ length: 10 }, (_, i) => stock.push(`blob ${i}`)))).sort();
    duringRead = async () => {
      stock.clock.advance(3_000);
      if (read.length === 9) throw new Error('crash');
    };
    await expect(job().run(always())).rejects.toThrow('crash');
    duringRead = async () => undefined;
    read = [];
    await job().run(always());
    expect(digests.length - read.length).toBeGreaterThanOrEqual(4);
    expect(read).toEqual(digests.slice(-read.length));
  });

  it('since another worker took over leaves the progress to that one', async () => {
    for (let i = 0; i < 10; i++) await stock.push(`blob ${i}`);
    duringRead = async () => stock.clock.advance(11_000);
    await job().run({ ...always(), stillMine: async () => false });
    expect(read.length).toBeLessThan(10);
    expect(await readProgress(stock.metadata)).toBeUndefined();
  });
});

describe('the pace of a scrub', () => {
  it('is that of its setting: it waits for the clock', async () => {
    for (let i = 0; i < 5; i++) await stock.push(`${i}`.repeat(1_000_000 - ITEM_BYTES));
    let ended = false;
    const running = job({ bytesPerSecond: 1_000_000 })
      .run(always())
      .then(() => {
        ended = true;
      });
    for (let second = 0; second < 5; second++) {
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
      expect([second, ended, read.length]).toEqual([second, false, second + 1]);
      stock.clock.advance(1_000);
    }
    await running;
  });

  it('holds for small files, too, each of which costs as much as 64 KiB more', async () => {
    for (let i = 0; i < 50; i++) await stock.push(`blob ${i}`);
    const running = job({ bytesPerSecond: 10 * ITEM_BYTES }).run(always());
    for (let ms = 0; read.length < 50; ms += 200) {
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
      expect(read.length).toBeLessThanOrEqual(ms / 100 + 3);
      stock.clock.advance(200);
    }
    stock.clock.advance(1000);
    await running;
  });

  it('does not keep a server from stopping', async () => {
    await stock.push('x'.repeat(1_000_000));
    const stop = new AbortController();
    const running = job({ bytesPerSecond: 1_000 }).run({ ...always(), signal: stop.signal });
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    stop.abort(new Error('the server stops'));
    expect(await running).toMatchObject({ blobs: 0 });
  });
});

describe('pushes and deletes during a scrub', () => {
  it('are never damage, whenever they come', async () => {
    const texts = Array.from({ length: 40 }, (_, i) => `blob ${i}`);
    for (const text of texts) await stock.push(text);
    let turn = 0;
    duringRead = async (digest) => {
      turn += 1;
      const text = texts.find((_, i) => i % 40 === turn % 40) ?? '';
      if (turn % 3 === 0) await stock.free(digest);
      else if (turn % 3 === 1) await stock.push(text, 'other');
      else {
        await stock.free(digest);
        await stock.push(text);
      }
    };
    await job().run(always());
    expect(stock.findings).toEqual([]);
  });
});
