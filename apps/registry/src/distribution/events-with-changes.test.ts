import { digestOf } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import { describe, expect, it } from 'vitest';
import { testAuthorizer } from '../access/test-authorizer.ts';
import { deleteRepository } from '../content/delete-repository.ts';
import { createImageImport } from '../import/importer.ts';
import { Integrity } from '../integrity/integrity.ts';
import { purgeDeleted } from '../jobs/purge-deleted.ts';
import type { MetadataStore, MetadataTx } from '../metadata/metadata-store.ts';
import { openMemoryMetadataStore } from '../metadata/sqlite/open.ts';
import { registryRow } from '../metadata/test-rows.ts';
import { FakeClock } from '../platform/clock.ts';
import { systemIds } from '../platform/ids.ts';
import { MemoryBlobStore } from '../storage/memory/memory-blob-store.ts';
import { auditEntry, type Caller, type Distribution, originOf } from './context.ts';
import { deleteManifest, untag } from './delete-manifest.ts';
import { putManifest } from './manifests.ts';
import { UploadSessions } from './upload-sessions.ts';

// A change and its event cannot part: the transaction of each is broken off at each of its statements, and at its end, and
// then there is neither the one nor the other.

const registry = registryRow({ id: 'r1', name: 'contoso' });
const bytes = (text: string) => Buffer.from(JSON.stringify({ schemaVersion: 2, text }));
const first = bytes('first');
const caller = (repository: string): Caller => ({
  principal: { kind: 'admin-user', id: 'admin-user:contoso', registry: 'r1' },
  registry,
  repository: repository as RepositoryName,
  correlationId: 'c1',
});
const app = caller('app');

/** Breaks a transaction off at the statement of the number, counted over all of them; its end counts as one, too. */
class Breaker {
  left = Number.POSITIVE_INFINITY;

  step(): void {
    if (this.left-- === 0) throw new Error('broken off');
  }

  around(store: MetadataStore): MetadataStore {
    const transaction = <T>(work: (tx: MetadataTx) => T | Promise<T>) =>
      store.transaction(async (tx) => {
        const result = await work(this.#tables(tx));
        this.step();
        return result;
      });
    return new Proxy(store, {
      get: (target, name) => {
        if (name === 'transaction') return transaction;
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  #tables(tx: MetadataTx): MetadataTx {
    return new Proxy(tx, { get: (target, name) => this.#statements(Reflect.get(target, name) as object) });
  }

  #statements(table: object): object {
    return new Proxy(table, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...parameters: unknown[]) => {
          this.step();
          return value.apply(target, parameters) as unknown;
        };
      },
    });
  }
}

interface Scene {
  readonly d: Distribution;
  readonly breaker: Breaker;
  /** What is stored, down to the rows of a deleted repository that nobody can reach. */
  content(): Promise<unknown>;
  events(): Promise<string[]>;
}

async function scene(): Promise<Scene> {
  const clock = new FakeClock();
  const store = openMemoryMetadataStore();
  await store.migrate();
  await store.transaction((tx) => tx.registries.create(registry));
  const breaker = new Breaker();
  const metadata = breaker.around(store);
  const blobs = new MemoryBlobStore({ clock });
  const d = {
    metadata,
    blobs,
    integrity: new Integrity({ metadata, blobs, clock, ids: systemIds, tell: () => undefined }),
    authorizer: testAuthorizer(),
    sessions: new UploadSessions(blobs, clock),
    pulls: { note: () => undefined },
    clock,
    ids: systemIds,
    policy: { sparseManifests: false, uploadsPerPrincipal: 10, uploadExpireHours: 24, graceHours: 24 },
  };
  await push(d, first, ['v1', 'v2']);
  const id = (await store.read.repositories.find('r1', app.repository))?.id ?? 0;
  await store.transaction(async (tx) => {
    for (const event of await tx.outbox.pending(99)) await tx.outbox.handedOut(event.place);
  });
  const contentOf = async (repository: number | undefined) =>
    repository === undefined
      ? undefined
      : [await store.read.deletions.manifestsOf(repository, {}), await store.read.tags.list(repository, {})];
  return {
    d,
    breaker,
    content: async () => {
      const copy = await store.read.repositories.find('r1', 'copy' as RepositoryName);
      return [await contentOf(id), await contentOf(copy?.id)];
    },
    events: async () =>
      (await store.read.outbox.pending(99)).map(({ kind, payload }) => {
        const { target, tags } = JSON.parse(payload) as { target: { tag?: string }; tags?: string[] };
        return [kind, target.tag ?? tags?.join('+')].filter(Boolean).join(' ');
      }),
  };
}

const push = (d: Distribution, content: Buffer, tags: string[]) =>
  putManifest(d, app, {
    reference: { digest: digestOf(content) },
    contentType: 'application/vnd.x+json',
    bytes: content,
    tags: tags as TagName[],
  });

async function importCopy(d: Distribution): Promise<void> {
  const outbound = {
    send: () => Promise.reject(new Error('nothing is fetched')),
  };
  const order = {
    source: { kind: 'local', registry },
    image: { repository: app.repository, reference: { tag: 'v1' as TagName } },
    target: registry,
    targets: [{ repository: 'copy' as RepositoryName, tag: 'v9' as TagName }],
    force: false,
    principal: app.principal,
    correlationId: 'c1',
    userAgent: undefined,
  } as const;
  await createImageImport({ distribution: d, outbound, plainHttp: [] }).run(order, new AbortController().signal);
}

const removeRepository = (d: Distribution) =>
  deleteRepository(d, { ...app, origin: originOf(app), audit: auditEntry(d, app, 'repository.delete', 'app') });

async function purge(d: Distribution): Promise<void> {
  await d.metadata.transaction(async (tx) => {
    const row = await tx.repositories.find('r1', app.repository);
    if (row) await tx.deletions.deleteRepository(row.id, JSON.stringify(originOf(app)), new Date(0));
  });
  const job = purgeDeleted({ ...d, tokenLifetimeSeconds: 60 });
  await job.run({ signal: new AbortController().signal, stillMine: async () => true } as never);
}

const changes: readonly [string, (d: Distribution) => Promise<unknown>, string[]][] = [
  ['a push with tags', (d) => push(d, bytes('second'), ['v1', 'v3']), ['push v1', 'push v3']],
  ['a push without a tag', (d) => push(d, bytes('second'), []), ['push']],
  ['an import', importCopy, ['push v9']],
  ['taking a tag away', (d) => untag(d, app, 'v2' as TagName), ['untag v2']],
  ['deleting a manifest', (d) => deleteManifest(d, app, digestOf(first)), ['delete v1+v2']],
  ['deleting a repository', removeRepository, ['delete']],
  ['purging a deleted repository', purge, ['delete']],
];

describe.each(changes)('%s', (_, change, expected) => {
  it('and its events happen together or not at all', async () => {
    let broken = 0;
    for (let statement = 0; ; statement++) {
      const s = await scene();
      const before = await s.content();
      s.breaker.left = statement;
      const error: unknown = await change(s.d).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      const changed = JSON.stringify(await s.content()) !== JSON.stringify(before);
      expect(await s.events(), `broken off at statement ${statement}`).toEqual(changed ? expected : []);
      const reached = s.breaker.left < 0;
      await s.d.metadata.close();
      if (reached) {
        broken += 1;
        continue;
      }
      expect(error).toBeUndefined();
      expect(changed).toBe(true);
      break;
    }
    expect(broken).toBeGreaterThan(4);
  });
});
