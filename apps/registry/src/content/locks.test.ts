import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCK_FLAGS, type LockFlag, type LockKind } from '../metadata/locks.ts';
import type { MetadataStore, RepositoryRow } from '../metadata/metadata-store.ts';
import { openMemoryMetadataStore } from '../metadata/sqlite/open.ts';
import { registryRow } from '../metadata/test-rows.ts';
import { DomainError } from '../platform/domain-error.ts';
import { type ContentOperation, requireUnlocked } from './locks.ts';

const digest = (n: number) => `sha256:${n.toString(16).padStart(64, '0')}` as Digest;
const tagName = (name: string) => name as TagName;
const at = new Date('2026-03-01T12:00:00Z');
/** Two manifests; `a` and `b` are tags on the first, `c` on the second. */
const TAGS = { a: 1, b: 1, c: 2 } as const;
type Tag = keyof typeof TAGS;

let store: MetadataStore;
let serial = 0;
beforeAll(async () => {
  store = openMemoryMetadataStore();
  await store.migrate();
  await store.transaction((tx) => tx.registries.create(registryRow({ id: 'r1', name: 'Contoso' })));
});
afterAll(() => store.close());

interface TestLock {
  readonly kind: LockKind;
  readonly name: string;
  readonly flag: LockFlag;
}

async function repositoryWith(locks: readonly TestLock[]): Promise<RepositoryRow> {
  const name = `team/app${++serial}` as RepositoryName;
  return store.transaction(async (tx) => {
    const { id } = await tx.repositories.findOrCreate('r1', name, at);
    for (const n of [1, 2]) {
      const row = { repositoryId: id, digest: digest(n), mediaType: 'x/y', size: 1, pushedBy: 'me', pushedAt: at };
      await tx.manifests.insert(row, Buffer.from(String(n)), []);
    }
    for (const [tag, n] of Object.entries(TAGS)) await tx.tags.put(id, tagName(tag), digest(n), at);
    const by = { setBy: 'f3c1', setByName: 'alice@contoso.test', setAt: at };
    for (const lock of locks) await tx.locks.set({ ...lock, ...by, repositoryId: id });
    const row = await tx.repositories.find('r1', name);
    if (!row) throw new Error('no repository');
    return row;
  });
}

const lock = fc.record<TestLock>({
  kind: fc.constant<LockKind>('repository'),
  name: fc.constant(''),
  flag: fc.constantFrom(...LOCK_FLAGS),
});
const anyLock = fc.oneof(
  lock,
  fc.record<TestLock>({
    kind: fc.constant<LockKind>('tag'),
    name: fc.constantFrom(...Object.keys(TAGS)),
    flag: fc.constantFrom(...LOCK_FLAGS),
  }),
  fc.record<TestLock>({
    kind: fc.constant<LockKind>('manifest'),
    name: fc.constantFrom(digest(1), digest(2)),
    flag: fc.constantFrom(...LOCK_FLAGS),
  }),
);

/** What is done, and to what: each as `requireUnlocked` is asked by those who do it. */
const asked = fc.oneof(
  fc.constantFrom('push-blob', 'push-manifest', 'delete-blob', 'delete-repository', 'pull-blob').map((operation) => ({
    operation: operation as ContentOperation,
    tag: undefined,
    n: undefined,
  })),
  fc.record({
    operation: fc.constantFrom<ContentOperation>('put-tag', 'delete-tag', 'change-tag'),
    tag: fc.constantFrom<Tag | 'new'>('a', 'b', 'c', 'new'),
    n: fc.constant(undefined),
  }),
  fc.record({
    operation: fc.constantFrom<ContentOperation>('delete-manifest', 'pull-by-digest', 'change-manifest'),
    tag: fc.constant(undefined),
    n: fc.constantFrom(1, 2),
  }),
  fc
    .constantFrom<Tag>('a', 'b', 'c')
    .map((tag) => ({ operation: 'pull-by-tag' as ContentOperation, tag, n: TAGS[tag] })),
);

/** Azure's sentences, one by one, without the table. */
function forbidden(
  locks: readonly TestLock[],
  { operation, tag, n }: { operation: ContentOperation; tag?: string | undefined; n?: number | undefined },
): boolean {
  const off = (kind: LockKind, name: string, flag: LockFlag) =>
    locks.some((l) => l.kind === kind && l.name === name && l.flag === flag);
  const mayNotGo = (kind: LockKind, name: string) => off(kind, name, 'delete') || off(kind, name, 'write');
  const readOnly = off('repository', '', 'write');
  switch (operation) {
    case 'push-blob':
    case 'push-manifest':
    case 'delete-blob':
    case 'change-tag':
    case 'change-manifest':
      return readOnly;
    case 'put-tag':
      return readOnly || off('tag', String(tag), 'write');
    case 'delete-tag':
      return readOnly || mayNotGo('tag', String(tag));
    case 'delete-manifest': {
      const tags = Object.entries(TAGS).filter(([, on]) => on === n);
      return readOnly || mayNotGo('manifest', digest(n ?? 0)) || tags.some(([name]) => mayNotGo('tag', name));
    }
    case 'delete-repository':
      return locks.some(({ flag }) => flag === 'delete' || flag === 'write');
    case 'pull-blob':
      return off('repository', '', 'read');
    case 'pull-by-digest':
      return off('repository', '', 'read') || off('manifest', digest(n ?? 0), 'read');
    case 'pull-by-tag':
      return (
        off('repository', '', 'read') || off('manifest', digest(n ?? 0), 'read') || off('tag', String(tag), 'read')
      );
  }
}

async function refusal(
  row: RepositoryRow,
  operation: ContentOperation,
  target: { tag?: string | undefined; n?: number | undefined },
): Promise<DomainError | undefined> {
  try {
    await requireUnlocked(store.read.locks, 'Contoso', row, operation, {
      tag: target.tag === undefined ? undefined : tagName(target.tag),
      manifest: target.n === undefined ? undefined : digest(target.n),
    });
    return undefined;
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}

describe('locks', () => {
  it('forbid what their sentences say, and nothing else', async () => {
    const outcomes = { forbidden: 0, allowed: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(anyLock, { maxLength: 4 }), fc.array(asked, { minLength: 4 }), async (locks, all) => {
        const row = await repositoryWith(locks);
        for (const question of all) {
          const expected = forbidden(locks, question);
          outcomes[expected ? 'forbidden' : 'allowed']++;
          const found = await refusal(row, question.operation, question);
          expect([locks, question, found?.code]).toEqual([locks, question, expected ? 'content.locked' : undefined]);
        }
      }),
      { numRuns: 300 },
    );
    expect(Math.min(outcomes.forbidden, outcomes.allowed)).toBeGreaterThan(100);
  });

  it('are not asked for in a repository that has none', async () => {
    const row = await repositoryWith([]);
    const deaf = new Proxy(store.read.locks, {
      get: () => {
        throw new Error('somebody asked');
      },
    });
    await requireUnlocked(deaf, 'Contoso', row, 'delete-repository');
    await expect(
      (async () => requireUnlocked(deaf, 'Contoso', { ...row, lockCount: 1 }, 'push-blob'))(),
    ).rejects.toThrow('asked');
  });

  it('say which lock, where, by whom, since when, and how to remove it', async () => {
    const row = await repositoryWith([{ kind: 'tag', name: 'b', flag: 'write' }]);
    const error = await refusal(row, 'delete-manifest', { n: 1 });
    const command = `az acr repository update --name Contoso --image ${row.name}:b --write-enabled true`;
    expect(error?.kind).toBe('disallowed');
    expect(error?.message).toBe(
      `The operation is disallowed on this registry, repository or image: deleting "${row.name}@${digest(1)}" is stopped by a lock, ` +
        `writeEnabled=false on the tag "${row.name}:b", set by alice@contoso.test on 2026-03-01T12:00:00.000Z. To remove the lock: ${command}`,
    );
    expect(error?.detail).toEqual({
      reason: 'Locked',
      attribute: 'writeEnabled',
      on: 'tag',
      repository: row.name,
      tag: 'b',
      setBy: 'alice@contoso.test',
      setAt: '2026-03-01T12:00:00.000Z',
      remove: command,
    });
  });

  it.each([
    [
      { kind: 'repository', name: '', flag: 'delete' },
      'delete-repository',
      {},
      (name: string) => [`deleting "${name}" is`, `the repository "${name}"`, `--repository ${name} --delete-enabled`],
    ],
    [
      { kind: 'repository', name: '', flag: 'write' },
      'put-tag',
      { tag: 'v9' },
      (name: string) => [`pushing "${name}:v9" is`, `the repository "${name}"`, `--repository ${name} --write-enabled`],
    ],
    [
      { kind: 'manifest', name: digest(1), flag: 'read' },
      'pull-by-tag',
      { tag: 'a', n: 1 },
      (name: string) => [
        `pulling "${name}:a" is`,
        `the manifest "${name}@${digest(1)}"`,
        `--image ${name}@${digest(1)} --read-enabled`,
      ],
    ],
    [
      { kind: 'repository', name: '', flag: 'write' },
      'change-manifest',
      { n: 2 },
      (name: string) => [`changing the attributes of "${name}@${digest(2)}" is`, '--write-enabled true'],
    ],
  ] as const)('speak of what was asked: %j, %s', async (held, operation, target, texts) => {
    const row = await repositoryWith([held]);
    const error = await refusal(row, operation, target);
    for (const text of texts(row.name)) expect(error?.message).toContain(text);
  });
});
