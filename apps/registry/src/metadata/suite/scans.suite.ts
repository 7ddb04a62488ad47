import { expect, it } from 'vitest';
import type { ScanRow } from '../scans.ts';
import { at, digest, type Fixture, manifestRow } from './fixture.ts';

/** How far scans are, and what came of them. */
export function scans(f: Fixture): void {
  const row = (n: number, more: Partial<ScanRow> = {}): ScanRow => ({
    repositoryId: f.one,
    digest: digest(n),
    state: 'waiting',
    requestedAt: at(n),
    dueAt: at(n),
    failures: 0,
    scanId: undefined,
    submittedAt: undefined,
    finishedAt: undefined,
    reason: undefined,
    severity: undefined,
    scanner: undefined,
    ...more,
  });
  const over = (n: number) =>
    row(n, { state: 'done', dueAt: undefined, finishedAt: at(90), severity: 'Low', scanner: 'Fake 1.0' });
  const put = (...rows: ScanRow[]) =>
    f.store.transaction(async (tx) => {
      for (const one of rows) await tx.scans.put(one);
    });
  const read = () => f.store.read.scans;

  it('keeps one scan of a manifest, as it is now, and the report that came last', async () => {
    await f.push(manifestRow(f.one, 1));
    await put(row(1));
    const submitted = row(1, { state: 'submitted', scanId: 's', submittedAt: at(5), failures: 2, reason: 'was down' });
    await put(submitted);
    expect(await read().find(f.one, digest(1))).toEqual(submitted);
    expect([await read().find(f.two, digest(1)), await read().report(f.one, digest(1))]).toEqual([
      undefined,
      undefined,
    ]);
    await put(over(1));
    await f.store.transaction((tx) => tx.scans.putReport(f.one, digest(1), Buffer.from('first')));
    await f.store.transaction((tx) => tx.scans.putReport(f.one, digest(1), Buffer.from('second')));
    expect(await read().find(f.one, digest(1))).toEqual(over(1));
    await put(row(1));
    expect(Buffer.from((await read().report(f.one, digest(1))) ?? []).toString()).toBe('second');
  });

  it('tells what is due, the longest first, and nothing that is over', async () => {
    for (const n of [1, 2, 3, 4, 5]) await f.push(manifestRow(f.one, n));
    await put(row(3), row(1), over(2), row(4, { state: 'submitted', dueAt: at(2) }), row(5));
    const due = async (seconds: number, limit = 9) =>
      (await read().due(at(seconds), limit)).map((scan) => Number(scan.row.digest.slice(7)));
    expect([await due(0), await due(3), await due(3, 2)]).toEqual([[], [1, 4, 3], [1, 4]]);
    expect((await read().due(at(1), 1))[0]).toEqual({ row: row(1), registryId: 'r1', repository: 'team/one' });
    await f.store.transaction((tx) => tx.deletions.deleteRepository(f.one, '{}', at(51)));
    expect(await due(99)).toEqual([]);
  });

  it('goes with its manifest, with the repository, and is not there when the manifest comes again', async () => {
    const scanned = async () => {
      await f.push(manifestRow(f.one, 1));
      await put(over(1));
      await f.store.transaction((tx) => tx.scans.putReport(f.one, digest(1), Buffer.from('x')));
    };
    const found = async () => [await read().find(f.one, digest(1)), await read().report(f.one, digest(1))];
    await scanned();
    await f.store.transaction((tx) => tx.manifests.delete(f.one, digest(1), at(50)));
    await f.push(manifestRow(f.one, 1));
    expect(await found()).toEqual([undefined, undefined]);
    await scanned();
    await f.store.transaction((tx) => tx.deletions.deleteRepository(f.one, '{}', at(51)));
    for (let done = false; !done; ) {
      ({ done } = await f.store.transaction((tx) => tx.deletions.purge(f.one, 3, at(52))));
    }
    expect(await found()).toEqual([undefined, undefined]);
  });
}
