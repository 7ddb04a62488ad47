import { expect, it } from 'vitest';
import type { ManifestReference } from '../metadata-store.ts';
import type { QuarantineRow, QuarantineState } from '../quarantine.ts';
import { at, digest, type Fixture, layer, manifestRow, repositoryIdOf } from './fixture.ts';

/** What scanners said of manifests, and what follows from it for indexes and blobs. */
export function quarantine(f: Fixture): void {
  const row = (n: number, state: QuarantineState, more: Partial<QuarantineRow> = {}): QuarantineRow => ({
    repositoryId: f.one,
    digest: digest(n),
    state,
    details: undefined,
    changedBy: 'scanner',
    changedAt: at(n),
    ...more,
  });
  const put = (...rows: QuarantineRow[]) =>
    f.store.transaction(async (tx) => {
      for (const one of rows) await tx.quarantine.put(one);
    });
  const child = (n: number): ManifestReference => ({ ...layer(n), kind: 'manifest' });
  const read = () => f.store.read.quarantine;

  it('keeps one state of a manifest, the last one', async () => {
    for (const n of [1, 2]) await f.push(manifestRow(f.one, n));
    await put(row(1, 'Quarantined'), row(2, 'Failed', { details: '{"cve":3}' }));
    expect(await read().find(f.one, digest(1))).toEqual(row(1, 'Quarantined'));
    await put(row(1, 'Passed', { details: 'fine', changedBy: 'other', changedAt: at(9) }));
    expect(await read().find(f.one, digest(1))).toEqual(
      row(1, 'Passed', { details: 'fine', changedBy: 'other', changedAt: at(9) }),
    );
    expect(await read().find(f.two, digest(1))).toBeUndefined();
    const found = await read().of(f.one, [digest(1), digest(2), digest(3)]);
    expect([...found.keys()].sort()).toEqual([digest(1), digest(2)]);
    expect(await read().of(f.two, [digest(1)])).toEqual(new Map());
  });

  it('says of a manifest whether it and all below it have passed', async () => {
    for (const n of [1, 2]) await f.push(manifestRow(f.one, n));
    await f.push(manifestRow(f.one, 3), [child(1), child(2), child(77)]); // 77 is not there
    await f.push(manifestRow(f.one, 4), [child(3), child(2)]);
    const unreleased = async (n: number) => read().unreleased(f.one, digest(n));
    expect(await unreleased(1)).toBe(digest(1));
    expect(await unreleased(99)).toBe(digest(99)); // there is none, so nobody has passed it
    await put(row(3, 'Passed'), row(4, 'Passed'), row(1, 'Passed'));
    expect([await unreleased(1), await unreleased(2)]).toEqual([undefined, digest(2)]);
    expect([await unreleased(3), await unreleased(4)]).toEqual([digest(2), digest(2)]);
    await put(row(2, 'Passed'));
    expect([await unreleased(3), await unreleased(4)]).toEqual([undefined, undefined]);
    await put(row(1, 'Failed'));
    expect([await unreleased(4), await unreleased(2)]).toEqual([digest(1), undefined]);
    // Of another repository nothing is known.
    await f.push(manifestRow(f.two, 2));
    expect(await read().unreleased(f.two, digest(2))).toBe(digest(2));
  });

  it('tells the indexes over a manifest that have passed, however many up', async () => {
    await f.push(manifestRow(f.one, 1));
    await f.push(manifestRow(f.one, 2), [child(1)]);
    await f.push(manifestRow(f.one, 3), [child(2), child(1)]);
    await f.push(manifestRow(f.one, 4), [child(1)]);
    await put(row(3, 'Passed'), row(4, 'Quarantined'), row(1, 'Passed'));
    expect(await read().passedAncestors(f.one, digest(1), 9)).toEqual([digest(3)]);
    await put(row(2, 'Passed'), row(4, 'Passed'));
    expect([...(await read().passedAncestors(f.one, digest(1), 9))].sort()).toEqual([2, 3, 4].map(digest));
    expect(await read().passedAncestors(f.one, digest(1), 2)).toHaveLength(2);
    expect(await read().passedAncestors(f.two, digest(1), 9)).toEqual([]);
  });

  it('releases the blobs of what has passed, as long as it has, and no others', async () => {
    await f.push(manifestRow(f.one, 1), [{ ...layer(8), kind: 'config' }, layer(9), layer(9)]);
    await f.push(manifestRow(f.one, 2), [layer(9), { ...layer(10), kind: 'foreign-layer' }]);
    await f.push(manifestRow(f.one, 3), [child(1), { ...layer(11), kind: 'blob' }]);
    await f.push(manifestRow(f.two, 1), [layer(9)]);
    const released = async () => {
      const found: number[] = [];
      for (const n of [1, 8, 9, 10, 11]) if (await read().blobReleased(f.one, digest(n))) found.push(n);
      return found;
    };
    await put(row(1, 'Quarantined'), row(1, 'Passed', { repositoryId: f.two }));
    expect(await released()).toEqual([]);
    await put(row(1, 'Passed'));
    await put(row(1, 'Passed')); // said again
    expect(await released()).toEqual([8, 9]);
    await put(row(2, 'Passed'), row(3, 'Passed'));
    expect(await released()).toEqual([8, 9, 10, 11]); // a child of an index is no blob
    await put(row(1, 'Failed'));
    expect(await released()).toEqual([9, 10, 11]);
    await f.store.transaction((tx) => tx.manifests.delete(f.one, digest(2), at(50)));
    expect(await released()).toEqual([11]);
    expect(await read().blobReleased(f.two, digest(9))).toBe(true);
  });

  it('goes with its manifest, with the repository, and is not there when the manifest comes again', async () => {
    await f.push(manifestRow(f.one, 1), [layer(9)]);
    await put(row(1, 'Passed'));
    await f.store.transaction((tx) => tx.manifests.delete(f.one, digest(1), at(50)));
    await f.push(manifestRow(f.one, 1), [layer(9)]);
    expect(await read().find(f.one, digest(1))).toBeUndefined();
    expect([await read().unreleased(f.one, digest(1)), await read().blobReleased(f.one, digest(9))]).toEqual([
      digest(1),
      false,
    ]);
    await put(row(1, 'Passed'));
    await f.store.transaction((tx) => tx.deletions.deleteRepository(f.one, '{}', at(51)));
    for (let done = false; !done; ) {
      ({ done } = await f.store.transaction((tx) => tx.deletions.purge(f.one, 3, at(52))));
    }
    expect(await read().find(f.one, digest(1))).toBeUndefined();
  });

  it('shows all manifests of a registry page by page, with their states, and nothing of what was deleted', async () => {
    for (const n of [1, 2, 3]) await f.push(manifestRow(f.one, n));
    await f.push(manifestRow(f.two, 2), [child(1)]);
    await f.push(manifestRow(f.two, 1));
    await put(row(2, 'Passed'), row(1, 'Failed', { repositoryId: f.two }));
    const names = async (limit: number) => {
      const all: string[] = [];
      let after = { repository: '', digest: '' };
      for (;;) {
        const page = await read().examine('r1', after, limit);
        for (const m of page)
          all.push(`${m.repository} ${Number(m.digest.slice(7))} ${m.childCount} ${m.state ?? '-'}`);
        const last = page.at(-1);
        if (!last || page.length < limit) return all;
        after = last;
      }
    };
    const expected = [
      'team/one 1 0 -',
      'team/one 2 0 Passed',
      'team/one 3 0 -',
      'team/two 1 0 Failed',
      'team/two 2 1 -',
    ];
    for (const limit of [1, 2, 3, 5, 99]) expect(await names(limit)).toEqual(expected);
    expect(await read().examine('elsewhere', { repository: '', digest: '' }, 9)).toEqual([]);
    await f.store.transaction((tx) => tx.deletions.deleteRepository(f.one, '{}', at(51)));
    expect(await names(2)).toEqual(expected.slice(3));
  });

  it('tells what has waited too long, the longest first', async () => {
    for (const n of [1, 2, 3, 4]) await f.push(manifestRow(f.one, n));
    await put(row(3, 'Quarantined'), row(1, 'Passed'), row(2, 'Quarantined'), row(4, 'Quarantined'));
    const waiting = await read().waiting(at(4), 9);
    expect(waiting.map(({ row: one }) => one.digest)).toEqual([digest(2), digest(3)]);
    expect(waiting[0]).toEqual({ row: row(2, 'Quarantined'), registryId: 'r1', repository: 'team/one' });
    expect(await read().waiting(at(4), 1)).toHaveLength(1);
    expect(await f.store.transaction((tx) => repositoryIdOf(tx, 'team/one'))).toBe(f.one);
  });
}
