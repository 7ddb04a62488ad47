import { describe, expect, it } from 'vitest';
import type { UploadId } from '../../storage/blob-store.ts';
import type { BundleOperationRow } from '../bundle-journal.ts';
import type { BundleFileRow } from '../bundles.ts';
import { at, digest, type Fixture, layer, manifestRow, repositoryName, tagName } from './fixture.ts';

const file = (id: string, more: Partial<BundleFileRow> = {}): BundleFileRow => ({
  id: id as UploadId,
  registryId: 'r1',
  kind: 'volume',
  state: 'receiving',
  principal: 'alice',
  name: `${id}.tar`,
  size: 100,
  progress: { offset: 0 },
  startedAt: at(1),
  updatedAt: at(1),
  ...more,
});
const volume = (bundle: number, number: number) => ({
  state: 'ready' as const,
  volume: { bundle: digest(bundle), number, of: 3, signer: 'sha256:key' },
});
const operation = (id: string, more: Partial<BundleOperationRow> = {}): BundleOperationRow => ({
  id,
  registryId: 'r1',
  kind: 'apply',
  principal: 'alice',
  request: '{}',
  state: 'running',
  correlationId: 'c',
  startedAt: at(1),
  updatedAt: at(1),
  ...more,
});

export function bundles(f: Fixture): void {
  const write = (...rows: BundleFileRow[]) =>
    f.store.transaction(async (tx) => {
      for (const row of rows) await tx.bundles.putFile(row);
    });

  describe('files of bundles', () => {
    it('are found, listed by id in pages, and counted while they are not whole', async () => {
      const whole = file('b', { ...volume(1, 2), carriedBy: 'Li Lei', digest: digest(9), verifiedAt: at(3) });
      await write(
        file('c'),
        whole,
        file('a', { progress: { offset: 7, opaque: 'x' } }),
        file('z', { registryId: 'r2' }),
      );
      const { bundles: read } = f.store.read;
      expect(await read.file('b' as UploadId)).toEqual(whole);
      expect((await read.file('a' as UploadId))?.progress).toEqual({ offset: 7, opaque: 'x' });
      expect((await read.files('r1', '', 2)).map(({ id }) => id)).toEqual(['a', 'b']);
      expect((await read.files('r1', 'b', 2)).map(({ id }) => id)).toEqual(['c']);
      expect(await read.receiving('r1')).toBe(2);
    });

    it('are those of a bundle by the numbers of its volumes', async () => {
      await write(file('x', volume(1, 3)), file('y', volume(1, 1)), file('w', volume(2, 1)));
      const numbers = await f.store.read.bundles.volumesOf('r1', digest(1));
      expect(numbers.map(({ id }) => id)).toEqual(['y', 'x']);
    });

    it('expire when they were left unfinished, and no others', async () => {
      await write(file('old'), file('young', { updatedAt: at(9) }), file('whole', volume(1, 1)));
      expect((await f.store.read.bundles.idleSince(at(5), 9)).map(({ id }) => id)).toEqual(['old']);
    });

    it('give their room back with their row', async () => {
      await write(file('a'));
      await f.store.transaction((tx) => tx.reservations.put('a', 'r1', 100, at(1e9)));
      expect((await f.store.read.quotas.storage('r1', at(2)))?.reserved).toBe(100);
      expect(await f.store.transaction((tx) => tx.bundles.deleteFile('a' as UploadId))).toBe(true);
      expect((await f.store.read.quotas.storage('r1', at(2)))?.reserved).toBe(0);
      expect(await f.store.transaction((tx) => tx.bundles.deleteFile('a' as UploadId))).toBe(false);
    });
  });

  describe('what a registry keeps of bundles', () => {
    it('goes with the registry, the room of its files, too', async () => {
      await write(file('a', volume(1, 1)));
      await f.store.transaction(async (tx) => {
        await tx.reservations.put('a', 'r1', 100, at(1e9));
        await tx.bundles.noteMove('r1', repositoryName('a'), tagName('1'), '2026-01-01');
        await tx.registries.delete('r1', at(2));
        for (const id of [f.one, f.two]) await tx.deletions.purge(id, 1000, at(3));
        expect(await tx.deletions.purgeRegistry('r1')).toBe(true);
      });
      expect(await f.store.read.bundles.file('a' as UploadId)).toBeUndefined();
      expect(await f.store.read.bundles.lastMove('r1', repositoryName('a'), tagName('1'))).toBeUndefined();
      expect((await f.store.read.quotas.site(at(4))).reserved).toBe(0);
    });

    it('is the document of a bundle, as it came first; those made here are listed, oldest first', async () => {
      const row = { registryId: 'r1', keptAt: at(2), repositories: [repositoryName('a')], summary: '{"tags":1}' };
      await f.store.transaction(async (tx) => {
        await tx.bundles.putDocument({ ...row, digest: digest(1), made: true }, Buffer.from('one'));
        await tx.bundles.putDocument({ ...row, digest: digest(1), made: false }, Buffer.from('other'));
        await tx.bundles.putDocument({ ...row, digest: digest(2), made: false }, Buffer.from('two'));
        await tx.bundles.putDocument({ ...row, digest: digest(3), made: true, keptAt: at(1) }, Buffer.from('three'));
      });
      const { bundles: read } = f.store.read;
      expect(await read.document('r1', digest(1))).toEqual({ ...row, digest: digest(1), made: true });
      expect(Buffer.from((await read.documentBytes('r1', digest(1))) ?? []).toString()).toBe('one');
      expect(await read.made('r1')).toEqual([digest(3), digest(1)]);
      await f.store.transaction((tx) => tx.bundles.deleteDocument('r1', digest(3)));
      expect(await read.made('r1')).toEqual([digest(1)]);
    });

    it('is whom it trusts, each once, by the name that was given last', async () => {
      const signer = { registryId: 'r1', keyId: 'k', name: 'near', publicPem: 'PEM', addedBy: 'alice', addedAt: at(1) };
      await f.store.transaction(async (tx) => {
        await tx.bundles.putSigner(signer);
        await tx.bundles.putSigner({ ...signer, name: 'the near side', addedBy: 'bob' });
      });
      expect(await f.store.read.bundles.signers('r1')).toEqual([{ ...signer, name: 'the near side' }]);
      expect(await f.store.read.bundles.signers('r2')).toEqual([]);
      expect(await f.store.transaction((tx) => tx.bundles.deleteSigner('r1', 'k'))).toBe(true);
      expect(await f.store.transaction((tx) => tx.bundles.deleteSigner('r1', 'k'))).toBe(false);
    });

    it('is the latest bundle that moved a tag, in whichever order they came', async () => {
      const [repository, tag] = [repositoryName('a'), tagName('1')];
      for (const created of ['2026-02-01', '2026-03-01', '2026-01-01']) {
        await f.store.transaction((tx) => tx.bundles.noteMove('r1', repository, tag, created));
      }
      expect(await f.store.read.bundles.lastMove('r1', repository, tag)).toBe('2026-03-01');
      expect(await f.store.read.bundles.lastMove('r1', repository, tagName('2'))).toBeUndefined();
    });
  });

  describe('what a receipt tells', () => {
    it('is every manifest of the repositories that is not damaged, in pages by repository and digest, with the layers that are missing', async () => {
      const names = ['a', 'b', 'c', 'd'].map(repositoryName);
      const [a, b, c] = await Promise.all(names.slice(0, 3).map((name) => f.repository(name)));
      if (a === undefined || b === undefined || c === undefined) throw new Error('no repositories');
      const foreign = (n: number) => ({ ...layer(n), kind: 'foreign-layer' as const });
      for (const n of [1, 2, 3]) await f.push(manifestRow(a, n));
      await f.store.transaction((tx) => tx.blobs.link(b, { digest: digest(22), size: 10 }, at(1)));
      await f.push(manifestRow(b, 4), [foreign(20), layer(21), foreign(22)]);
      await f.push(manifestRow(c, 5));
      await f.push(manifestRow(c, 6));
      await f.store.transaction((tx) => tx.integrity.markManifest(digest(2), at(5)));
      const pages: string[][] = [];
      const start = { repository: '', digest: '' };
      for (let after: typeof start | undefined = start; after; ) {
        const page = await f.store.read.bundles.wholeManifests(
          'r1',
          [...names.slice(0, 2), ...names.slice(3)],
          after,
          2,
        );
        pages.push(page.map((one) => [one.repository, one.digest, ...one.missingLayers].join(' ')));
        after = page.at(-1);
      }
      expect(pages).toEqual([[`a ${digest(1)}`, `a ${digest(3)}`], [`b ${digest(4)} ${digest(20)}`], []]);
      expect(await f.store.read.bundles.wholeManifests('r2', names, start, 9)).toEqual([]);
      expect(await f.store.read.bundles.wholeManifests('r1', [], start, 9)).toEqual([]);
    });
  });

  describe('operations on bundles', () => {
    it('are told newest first, and those that run are taken up in the order in which they began', async () => {
      await f.store.transaction(async (tx) => {
        await tx.bundleJournal.putOperation(operation('b', { startedAt: at(2) }));
        await tx.bundleJournal.putOperation(operation('a', { credential: 'k', client: '::1' }));
        await tx.bundleJournal.putOperation(operation('c', { startedAt: at(3), state: 'failed', error: '{}' }));
      });
      const { bundleJournal: read } = f.store.read;
      expect((await read.operations('r1', 2)).map(({ id }) => id)).toEqual(['c', 'b']);
      expect((await read.running()).map(({ id }) => id)).toEqual(['a', 'b']);
      expect(await read.operation('a')).toEqual(operation('a', { credential: 'k', client: '::1' }));
    });

    it('say how far they are until they end, and are forgotten some time after it', async () => {
      const progressed = (text: string) => f.store.transaction((tx) => tx.bundleJournal.progressed('a', text, at(5)));
      await f.store.transaction((tx) => tx.bundleJournal.putOperation(operation('a')));
      expect(await progressed('{"done":1}')).toBe(true);
      expect(await f.store.read.bundleJournal.operation('a')).toMatchObject({
        progress: '{"done":1}',
        updatedAt: at(5),
      });
      expect(await f.store.transaction((tx) => tx.bundleJournal.deleteEnded(at(99)))).toBe(0);
      await f.store.transaction((tx) => tx.bundleJournal.putOperation(operation('a', { state: 'cancelled' })));
      expect(await progressed('{"done":2}')).toBe(false);
      expect(await f.store.transaction((tx) => tx.bundleJournal.deleteEnded(at(99)))).toBe(1);
    });
  });

  describe('the custody log', () => {
    it('is read newest first in pages, and by its newest entry of an action', async () => {
      const entry = (n: number, action: 'received' | 'applied', registryId = 'r1') => ({
        registryId,
        time: at(n),
        by: 'alice',
        action,
        bundle: digest(n),
        carriedBy: n === 1 ? 'Li Lei' : undefined,
        detail: '{}',
      });
      await f.store.transaction(async (tx) => {
        for (const n of [1, 2]) await tx.bundleJournal.appendCustody(entry(n, 'received'));
        await tx.bundleJournal.appendCustody(entry(3, 'applied'));
        await tx.bundleJournal.appendCustody(entry(4, 'applied', 'r2'));
      });
      const { bundleJournal: read } = f.store.read;
      const page = await read.custody('r1', undefined, 2);
      expect(page.map(({ bundle }) => bundle)).toEqual([digest(3), digest(2)]);
      const rest = await read.custody('r1', page.at(-1)?.place, 2);
      expect(rest).toMatchObject([entry(1, 'received')]);
      expect((await read.lastCustody('r1', 'received'))?.bundle).toEqual(digest(2));
      expect(await read.lastCustody('r1', 'incomplete')).toBeUndefined();
    });
  });
}
