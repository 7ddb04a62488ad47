import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEntry, JobRow, MetadataStore, MetadataTx, RepositoryId } from './metadata-store.ts';
import { namesOn } from './name-page.ts';
import { deletions, listings, locks } from './suite/attributes.suite.ts';
import { bundles } from './suite/bundles.suite.ts';
import { consistency } from './suite/consistency.suite.ts';
import { blobs, manifests, tags, uploads } from './suite/content.suite.ts';
import { deployments } from './suite/deployments.suite.ts';
import { directory } from './suite/directory.suite.ts';
import {
  at,
  bytes,
  digest,
  type Fixture,
  inBinaryOrder,
  manifestRow,
  registry,
  repositoryIdOf,
  repositoryName,
  shuffled,
  tagName,
  upload,
  walk,
} from './suite/fixture.ts';
import { garbage } from './suite/garbage.suite.ts';
import { integrity } from './suite/integrity.suite.ts';
import { compareWithModel, step } from './suite/model.suite.ts';
import { operations } from './suite/operations.suite.ts';
import { policies } from './suite/policies.suite.ts';
import { pulls } from './suite/pulls.suite.ts';
import { quarantine } from './suite/quarantine.suite.ts';
import { quotas } from './suite/quotas.suite.ts';
import { rankedLists } from './suite/ranked-lists.suite.ts';
import { registryTokens } from './suite/registry-tokens.suite.ts';
import { repositoryLists } from './suite/repository-lists.suite.ts';
import { resources } from './suite/resources.suite.ts';
import { rights } from './suite/rights.suite.ts';
import { scans } from './suite/scans.suite.ts';
import { softDeletions } from './suite/soft-deletions.suite.ts';
import { usage } from './suite/usage.suite.ts';
import { webhooks } from './suite/webhooks.suite.ts';

/** What every MetadataStore promises. `open` answers an empty store that has been migrated. */
export function metadataStoreSuite(name: string, open: () => Promise<MetadataStore>): void {
  describe(name, () => {
    let store: MetadataStore;
    let one: RepositoryId;
    let two: RepositoryId;

    beforeEach(async () => {
      store = await open();
      await store.transaction((tx) => tx.registries.create(registry));
      one = await repository('team/one');
      two = await repository('team/two');
      Object.assign(fixture, { store, one, two, repository, push, listed });
    });
    afterEach(() => store.close());

    const fixture = {} as Fixture;
    const repository = async (path: string, when = at(0)): Promise<RepositoryId> =>
      (await store.transaction((tx) => tx.repositories.findOrCreate(registry.id, repositoryName(path), when))).id;
    const push: Fixture['push'] = (row, references = []) =>
      store.transaction((tx) => tx.manifests.insert(row, bytes(Number.parseInt(row.digest.slice(7), 16)), references));

    let pushed = 1000;
    const listed: Fixture['listed'] = async (path) => {
      pushed += 1;
      await push(manifestRow(await repository(path), pushed));
    };

    transactions();
    settingsAndRegistries();
    repositories();
    blobs(fixture);
    usage(fixture);
    softDeletions(fixture);
    quotas(fixture);
    garbage(fixture);
    pulls(fixture);
    policies(fixture);
    operations(fixture);
    bundles(fixture);
    manifests(fixture);
    tags(fixture);
    uploads(fixture);
    integrity(fixture);
    directory(fixture);
    resources(fixture);
    rights(fixture);
    registryTokens(fixture);
    locks(fixture);
    listings(fixture);
    describe('lists by size and by last pull', () => rankedLists(fixture));
    describe('lists of repositories', () => repositoryLists(fixture));
    deletions(fixture);
    webhooks(fixture);
    consistency(fixture);
    quarantine(fixture);
    scans(fixture);
    deployments(fixture);
    journal();
    jobs();
    model();

    function transactions(): void {
      it('migrates again without a change', async () => {
        await store.migrate();
        expect(await store.read.registries.byName('contoso')).toEqual(registry);
      });

      it('answers what the work answers, and shows the work its own writes', async () => {
        const seen = await store.transaction(async (tx) => {
          await tx.settings.put('tenant', 't1');
          return tx.settings.get('tenant');
        });
        expect(seen).toBe('t1');
        expect(await store.read.settings.get('tenant')).toBe('t1');
      });

      it('keeps nothing of a work that throws after writing, and rethrows its error', async () => {
        const mishap = new Error('mishap');
        const work = async (tx: MetadataTx): Promise<void> => {
          await tx.settings.put('a', '1');
          await tx.blobs.link(one, { digest: digest(1), size: 1 }, at(1));
          throw mishap;
        };
        await expect(store.transaction(work)).rejects.toBe(mishap);
        expect(await store.read.settings.get('a')).toBeUndefined();
        expect(await store.read.blobs.exists(digest(1))).toBe(false);
      });

      it('keeps all neighbours of works that throw, in the order of their arrival', async () => {
        const results = await Promise.allSettled(
          Array.from({ length: 40 }, (_, i) =>
            store.transaction(async (tx) => {
              const before = (await tx.settings.get('order')) ?? '';
              if (i % 7 === 3) throw new Error(`before a write ${i}`);
              await tx.settings.put('order', `${before} ${i}`);
              if (i % 5 === 2) throw new Error(`after a write ${i}`);
              return i;
            }),
          ),
        );
        const good = Array.from({ length: 40 }, (_, i) => i).filter((i) => i % 7 !== 3 && i % 5 !== 2);
        expect(results.flatMap((r) => (r.status === 'fulfilled' ? [r.value] : []))).toEqual(good);
        expect(results.flatMap((r) => (r.status === 'rejected' ? [String(r.reason.message)] : []))).toHaveLength(
          40 - good.length,
        );
        expect(await store.read.settings.get('order')).toBe(` ${good.join(' ')}`);
      });

      it('runs concurrent works one after the other, even where they await something foreign', async () => {
        const increments = Array.from({ length: 20 }, () =>
          store.transaction(async (tx) => {
            const before = Number((await tx.settings.get('n')) ?? 0);
            await new Promise((resolve) => setTimeout(resolve, 1));
            await tx.settings.put('n', String(before + 1));
          }),
        );
        await Promise.all(increments);
        expect(await store.read.settings.get('n')).toBe('20');
      });

      it('shows readers nothing of a transaction that is open', async () => {
        await store.transaction((tx) => tx.settings.put('n', 'before'));
        const seen: (string | undefined)[] = [];
        let reading: Promise<unknown> = Promise.resolve();
        const writing = store.transaction(async (tx) => {
          await tx.settings.put('n', 'after');
          reading = Promise.resolve(store.read.settings.get('n')).then((value) => seen.push(value));
          await new Promise((resolve) => setTimeout(resolve, 5));
          throw new Error('undone');
        });
        await expect(writing).rejects.toThrow('undone');
        await reading;
        expect(seen).toEqual(['before']);
      });

      it('refuses a work that swallows a database error, as PostgreSQL would', async () => {
        const work = async (tx: MetadataTx): Promise<void> => {
          await tx.settings.put('a', '1');
          try {
            await tx.tags.put(one, tagName('v1'), digest(1), at(1));
          } catch {}
        };
        await expect(store.transaction(work)).rejects.toThrow();
        expect(await store.read.settings.get('a')).toBeUndefined();
      });

      it('refuses a statement that comes after its transaction', async () => {
        const tx = await store.transaction((open) => ({ open }));
        expect(() => tx.open.settings.put('late', '1')).toThrow('did not await');
        expect(await store.read.settings.get('late')).toBeUndefined();
      });

      it('gives a key to one holder at a time, first come, first served', async () => {
        const order: string[] = [];
        const hold = (label: string, key: string) =>
          store.exclusive(key, async () => {
            order.push(`${label} in`);
            await new Promise((resolve) => setTimeout(resolve, 2));
            order.push(`${label} out`);
            if (label === '2') throw new Error('failed holder');
            return label;
          });
        const results = await Promise.allSettled([hold('1', 'k'), hold('2', 'k'), hold('3', 'k')]);
        expect(results.map((r) => r.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
        expect(order).toEqual(['1 in', '1 out', '2 in', '2 out', '3 in', '3 out']);
        order.length = 0;
        await Promise.all([hold('x', 'k1'), hold('y', 'k2')]);
        expect(order).toEqual(['x in', 'y in', 'x out', 'y out']);
      });

      it('refuses transactions once it is closed', async () => {
        const last = store.transaction((tx) => tx.settings.put('a', '1'));
        const closed = store.close();
        await expect(store.transaction((tx) => tx.settings.put('b', '1'))).rejects.toMatchObject({
          kind: 'unavailable',
        });
        expect(await last).toBe('1');
        await closed;
      });
    }

    function settingsAndRegistries(): void {
      it('replaces a setting', async () => {
        await store.transaction((tx) => tx.settings.put('a', '1'));
        expect(await store.transaction((tx) => tx.settings.put('a', '2'))).toBe('2');
        expect(await store.read.settings.get('a')).toBe('2');
        expect(await store.read.settings.get('b')).toBeUndefined();
      });

      it('finds a registry by its name in any case, and spells it as its owner did', async () => {
        for (const spelling of ['Contoso', 'contoso', 'CONTOSO']) {
          expect(await store.read.registries.byName(spelling)).toEqual(registry);
        }
        expect(await store.read.registries.byName('fabrikam')).toBeUndefined();
      });

      it('refuses a second registry of the same name in another case', async () => {
        const twin = { ...registry, id: 'r2', name: 'CONTOSO' };
        await expect(store.transaction((tx) => tx.registries.create(twin))).rejects.toMatchObject({ kind: 'conflict' });
      });

      it('replaces the password of a name and keeps the other', async () => {
        const put = (id: string, name: 'password' | 'password2', sealed: number[]) =>
          store.transaction((tx) =>
            tx.credentials.put({ id, registryId: 'r1', name, sealed: new Uint8Array(sealed), createdAt: at(1) }),
          );
        await put('c1', 'password', [1]);
        await put('c2', 'password2', [2]);
        await put('c3', 'password', [3, 0, 255]);
        const rows = await store.read.credentials.byRegistry('r1');
        expect(rows.map((row) => [row.id, row.name, [...row.sealed]])).toEqual([
          ['c3', 'password', [3, 0, 255]],
          ['c2', 'password2', [2]],
        ]);
        expect(await store.read.credentials.byRegistry('r2')).toEqual([]);
      });

      it('lists signing keys newest first and deletes the expired', async () => {
        const key = (n: number) => ({
          kid: `k${n}`,
          publicJwk: '{}',
          sealedPrivateJwk: new Uint8Array([n]),
          createdAt: at(n),
          retiresAt: at(n + 10),
          expiresAt: at(n + 20),
        });
        await store.transaction(async (tx) => {
          for (const n of [2, 1, 3]) await tx.keys.insert(key(n));
        });
        expect((await store.read.keys.all()).map((row) => row.kid)).toEqual(['k3', 'k2', 'k1']);
        expect((await store.read.keys.all())[0]).toEqual(key(3));
        expect(await store.transaction((tx) => tx.keys.deleteExpired(at(22)))).toBe(2);
        expect((await store.read.keys.all()).map((row) => row.kid)).toEqual(['k3']);
      });
    }

    function repositories(): void {
      it('finds or creates a repository once', async () => {
        const name = repositoryName('team/new');
        const made = await store.transaction((tx) => tx.repositories.findOrCreate('r1', name, at(5)));
        const again = await store.transaction((tx) => tx.repositories.findOrCreate('r1', name, at(6)));
        expect(made).toEqual({
          id: made.id,
          registryId: 'r1',
          name,
          manifestCount: 0,
          tagCount: 0,
          lockCount: 0,
          createdAt: at(5),
          updatedAt: at(5),
        });
        expect(again).toEqual(made);
        expect(await store.read.repositories.find('r1', name)).toEqual(made);
        expect(await store.read.repositories.find('r2', name)).toBeUndefined();
        const elsewhere = store.transaction((tx) => tx.repositories.findOrCreate('r9', name, at(5)));
        await expect(elsewhere).rejects.toMatchObject({ code: 'registry.unknown' });
      });

      it('lists, page by page and in binary order, the repositories that hold a manifest', async () => {
        for (const path of shuffled) await push(manifestRow(await repository(path), 1));
        expect(namesOn(await store.read.repositories.page('r1', {}))).toEqual(inBinaryOrder);
        expect(await walk(async (page) => namesOn(await store.read.repositories.page('r1', page)))).toEqual(
          inBinaryOrder,
        );
        expect(namesOn(await store.read.repositories.page('r2', {}))).toEqual([]);
        await store.transaction(async (tx) =>
          tx.manifests.delete(await repositoryIdOf(tx, 'B'), digest(1), new Date(1)),
        );
        expect(namesOn(await store.read.repositories.page('r1', {}))).toEqual(
          inBinaryOrder.filter((path) => path !== 'B'),
        );
      });

      it('deletes old repositories that hold nothing, and no others', async () => {
        const withBlob = await repository('with-blob');
        const withUpload = await repository('with-upload');
        const withManifest = await repository('with-manifest');
        await repository('young', at(100));
        await push(manifestRow(withManifest, 1));
        await store.transaction(async (tx) => {
          await tx.blobs.link(withBlob, { digest: digest(1), size: 1 }, at(1));
          await tx.uploads.insert(upload({ repositoryId: withUpload }));
        });
        expect(await store.transaction((tx) => tx.repositories.deleteEmpty(at(50), 1))).toBe(1);
        expect(await store.transaction((tx) => tx.repositories.deleteEmpty(at(50), 10))).toBe(1);
        expect(await store.transaction((tx) => tx.repositories.deleteEmpty(at(50), 10))).toBe(0);
        const left = ['with-blob', 'with-upload', 'with-manifest', 'young'];
        for (const path of left) expect(await store.read.repositories.find('r1', repositoryName(path))).toBeDefined();
        expect(await store.read.repositories.find('r1', repositoryName('team/one'))).toBeUndefined();
      });

      it('never gives the id of a deleted repository to another, and refuses writes to it', async () => {
        const last = await repository('last');
        await store.transaction((tx) => tx.repositories.deleteEmpty(at(50), 10));
        expect(await repository('next')).toBeGreaterThan(last);
        const gone = { code: 'name.unknown' };
        const blob = { digest: digest(1), size: 1 };
        await expect(store.transaction((tx) => tx.blobs.link(last, blob, at(1)))).rejects.toMatchObject(gone);
        await expect(push(manifestRow(last, 1))).rejects.toMatchObject(gone);
        await expect(
          store.transaction((tx) => tx.uploads.insert(upload({ repositoryId: last }))),
        ).rejects.toMatchObject(gone);
        expect(await store.read.blobs.exists(digest(1))).toBe(false);
      });
    }

    function journal(): void {
      it('shows a registry its newest audit entries', async () => {
        const entry = (n: number, registryId = 'r1'): AuditEntry => ({
          time: at(-n),
          registryId,
          principal: 'alice',
          action: 'manifest.put',
          repository: n % 2 ? 'team/one' : undefined,
          target: undefined,
          outcome: n % 2 ? 'done' : 'refused',
          reason: n % 2 ? undefined : 'locked',
          correlationId: `c${n}`,
        });
        await store.transaction(async (tx) => {
          for (const n of [1, 2, 3]) await tx.audit.append(entry(n));
          await tx.audit.append(entry(4, 'r2'));
        });
        expect(await store.transaction((tx) => tx.audit.recent('r1', 2))).toEqual([entry(3), entry(2)]);
      });

      it('hands out events in the order of their making until they are delivered', async () => {
        const event = (id: string) => ({ id, time: at(1), registryId: 'r1', kind: 'push' as const, payload: '{}' });
        await store.transaction(async (tx) => {
          for (const id of ['z', 'a', 'm']) await tx.outbox.append(event(id));
        });
        const [first, second, ...rest] = await store.transaction((tx) => tx.outbox.pending(2));
        expect([first, second, ...rest]).toMatchObject([event('z'), event('a')]);
        const place = first?.place ?? 0;
        expect(second?.place).toBeGreaterThan(place);
        const { outbox } = store.read;
        expect(await outbox.pending(1)).toEqual([{ place, ...event('z') }]);
        expect(await store.transaction((tx) => tx.outbox.handedOut(place))).toBe(true);
        expect(await store.transaction((tx) => tx.outbox.handedOut(place))).toBe(false);
        expect((await outbox.pending(9)).map((row) => row.id)).toEqual(['a', 'm']);
        expect(await store.transaction((tx) => tx.outbox.deleteHandedOut(at(1), 9))).toBe(0);
        expect(await store.transaction((tx) => tx.outbox.deleteHandedOut(at(2), 9))).toBe(1);
        expect((await outbox.pending(9)).map((row) => row.id)).toEqual(['a', 'm']);
      });
    }

    function jobs(): void {
      const job = (id: string, runAt: Date, more: Partial<JobRow> = {}): JobRow => ({
        id,
        kind: 'gc',
        payload: '{}',
        runAt,
        attempts: 0,
        ...more,
      });
      const enqueue = (row: JobRow) => store.transaction((tx) => tx.jobs.enqueue(row));
      const claim = (owner: string, now: Date, until: Date, kinds = ['gc', 'scrub']) =>
        store.transaction(async (tx) => (await tx.jobs.claim(owner, kinds, now, until))?.id);
      const find = (id: string) => store.transaction((tx) => tx.jobs.find(id));

      it('adds a job once', async () => {
        expect(await enqueue(job('gc', at(1), { everySeconds: 60 }))).toBe(true);
        expect(await enqueue(job('gc', at(9)))).toBe(false);
        expect(await find('gc')).toEqual(job('gc', at(1), { everySeconds: 60 }));
        expect(await find('none')).toBeUndefined();
      });

      it('gives every due job to one owner, the longest due first, among the kinds asked for', async () => {
        await enqueue(job('b', at(3)));
        await enqueue(job('a', at(2), { kind: 'scrub' }));
        await enqueue(job('c', at(1), { kind: 'webhook' }));
        await enqueue(job('d', at(50)));
        expect(await claim('w1', at(10), at(20))).toBe('a');
        expect(await claim('w2', at(10), at(20))).toBe('b');
        expect(await claim('w2', at(10), at(20))).toBeUndefined();
        expect(await claim('w2', at(10), at(20), [])).toBeUndefined();
        expect(await find('a')).toMatchObject({ leaseOwner: 'w1', leaseUntil: at(20), attempts: 1 });
      });

      it('gives a job to another when its lease has run out, and the first owner notices', async () => {
        await enqueue(job('a', at(1)));
        expect(await claim('w1', at(2), at(10))).toBe('a');
        const heartbeat = (owner: string, until: Date) =>
          store.transaction((tx) => tx.jobs.heartbeat('a', owner, until));
        expect(await heartbeat('w1', at(20))).toBe(true);
        expect(await claim('w2', at(19), at(30))).toBeUndefined();
        expect(await claim('w2', at(20), at(30))).toBe('a');
        expect(await heartbeat('w1', at(40))).toBe(false);
        expect(await store.transaction((tx) => tx.jobs.complete('a', 'w1', undefined))).toBe(false);
        expect(await store.transaction((tx) => tx.jobs.fail('a', 'w1', 'x', at(9)))).toBe(false);
        expect(await find('a')).toMatchObject({ leaseOwner: 'w2', attempts: 2 });
      });

      it('removes a single job that is done, reschedules a repeated one, retries a failed one, and gives back one that was broken off', async () => {
        await enqueue(job('once', at(1)));
        await enqueue(job('often', at(2), { everySeconds: 60 }));
        expect(await claim('w', at(5), at(9))).toBe('once');
        expect(await claim('w', at(5), at(9))).toBe('often');
        expect(await store.transaction((tx) => tx.jobs.complete('once', 'w', undefined))).toBe(true);
        expect(await find('once')).toBeUndefined();
        expect(await store.transaction((tx) => tx.jobs.fail('often', 'w', 'disk', at(30)))).toBe(true);
        expect(await find('often')).toEqual(job('often', at(30), { everySeconds: 60, attempts: 1, lastError: 'disk' }));
        expect(await claim('w', at(29), at(40))).toBeUndefined();
        expect(await claim('w', at(30), at(40))).toBe('often');
        expect(await store.transaction((tx) => tx.jobs.giveBack('often', 'v', at(31)))).toBe(false);
        expect(await store.transaction((tx) => tx.jobs.giveBack('often', 'w', at(31)))).toBe(true);
        expect(await find('often')).toEqual(job('often', at(31), { everySeconds: 60, attempts: 1, lastError: 'disk' }));
        expect(await claim('w', at(31), at(40))).toBe('often');
        expect(await store.transaction((tx) => tx.jobs.complete('often', 'w', at(90)))).toBe(true);
        expect(await find('often')).toEqual(job('often', at(90), { everySeconds: 60 }));
      });
    }

    function model(): void {
      it('agrees with a small model of links, manifests and tags over any sequence', async () => {
        await fc.assert(
          fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60, size: 'max' }), async (steps) => {
            const fresh = await open();
            try {
              await fresh.transaction((tx) => tx.registries.create(registry));
              await compareWithModel(fresh, steps);
            } finally {
              await fresh.close();
            }
          }),
          { numRuns: 40 },
        );
      });
    }
  });
}
