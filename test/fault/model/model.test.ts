import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openMemoryMetadataStore } from '../../../apps/registry/src/metadata/sqlite/open.ts';
import { systemClock } from '../../../apps/registry/src/platform/clock.ts';
import { systemIds } from '../../../apps/registry/src/platform/ids.ts';
import { MemoryBlobStore } from '../../../apps/registry/src/storage/memory/memory-blob-store.ts';
import type { Access } from '../workload/access.ts';
import { directAccess } from '../workload/direct-access.ts';
import { type Composition, compose, createRegistryRow, openComposition } from '../workload/stores.ts';
import { isLinearizable, type TagCall } from './linearizable.ts';
import { ask, BLOBS, type Command, MANIFESTS, Model, REPOSITORIES, TAGS } from './model.ts';

const repository = fc.constantFrom(...REPOSITORIES);
const blob = fc.nat(BLOBS.length - 1);
const manifest = fc.nat(MANIFESTS.length - 1);
const tag = fc.constantFrom(...TAGS);
const does = <T extends string>(word: T) => fc.constant(word);

const pushManifest = fc.oneof(
  fc.record({ does: does('push manifest'), repository, manifest, tags: fc.tuple(tag), byTag: fc.boolean() }),
  fc.record({
    does: does('push manifest'),
    repository,
    manifest,
    tags: fc.subarray([...TAGS]),
    byTag: fc.constant(false),
  }),
);

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ does: fc.constantFrom('push', 'push in chunks'), repository, blob }) },
  { weight: 2, arbitrary: fc.record({ does: does('mount'), repository, from: repository, blob }) },
  { weight: 2, arbitrary: fc.record({ does: does('delete blob'), repository, blob }) },
  { weight: 6, arbitrary: pushManifest },
  { weight: 2, arbitrary: fc.record({ does: does('delete manifest'), repository, manifest }) },
  { weight: 2, arbitrary: fc.record({ does: does('delete tag'), repository, tag }) },
  { weight: 4, arbitrary: fc.record({ does: does('pull'), repository, tag }) },
  { weight: 2, arbitrary: fc.record({ does: does('list'), repository }) },
);

async function memory(): Promise<Composition> {
  const metadata = openMemoryMetadataStore();
  await metadata.migrate();
  const parts = { metadata, blobs: new MemoryBlobStore({}), clock: systemClock, ids: systemIds, sessions: 2 };
  const composition = compose(parts);
  await createRegistryRow(metadata);
  return composition;
}

async function disk(): Promise<Composition> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-model-'));
  const composition = await openComposition(folder, { sessions: 2 });
  await createRegistryRow(composition.metadata);
  const close = async (): Promise<void> => {
    await composition.close();
    await rm(folder, { recursive: true });
  };
  return { ...composition, close };
}

async function withRegistry(open: () => Promise<Composition>, work: (access: Access) => Promise<void>): Promise<void> {
  const composition = await open();
  try {
    await work(directAccess(composition));
  } finally {
    await composition.close();
  }
}

describe.each([
  ['memory', memory, 300],
  ['file system and SQLite', disk, 80],
] as const)('the registry on %s', (_name, open, numRuns) => {
  it('answers a random history as the model does', { timeout: 120_000 }, async () => {
    const histories = fc.array(command, { minLength: 10, maxLength: 60, size: 'max' });
    const property = fc.asyncProperty(histories, (commands) =>
      withRegistry(open, async (access) => {
        const model = new Model();
        for (const [number, one] of commands.entries()) {
          expect(await ask(access, one, number), `${number}: ${JSON.stringify(one)}`).toEqual(model.reply(one));
        }
      }),
    );
    await fc.assert(property, { numRuns });
  });

  it('is linearizable, tag by tag, when clients work at once', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(clientsAtOnce, (clients) =>
        withRegistry(open, async (access) => {
          expect(wrongTags(await runAtOnce(access, clients))).toEqual([]);
        }),
      ),
      { numRuns },
    );
  });
});

/** On one repository, whose blobs are all there, so that it is the tags that meet. */
const tagCommand: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: pushManifest },
  { weight: 1, arbitrary: fc.record({ does: does('delete manifest'), repository, manifest }) },
  { weight: 2, arbitrary: fc.record({ does: does('delete tag'), repository, tag }) },
  { weight: 5, arbitrary: fc.record({ does: does('pull'), repository, tag }) },
);
const clientsAtOnce = fc.array(
  fc.array(fc.record({ wait: fc.nat(3), command: tagCommand }), { minLength: 2, maxLength: 7, size: 'max' }),
  { minLength: 2, maxLength: 4, size: 'max' },
);

type Clients = readonly (readonly { readonly wait: number; readonly command: Command }[])[];

async function runAtOnce(access: Access, clients: Clients): Promise<Map<string, TagCall[]>> {
  const calls = new Map<string, TagCall[]>(TAGS.map((name) => [name, []]));
  for (const place of BLOBS.keys()) await ask(access, { does: 'push', repository: 'one', blob: place }, place);
  let time = 0;
  await Promise.all(
    clients.map(async (commands, client) => {
      for (const [number, { wait, command: random }] of commands.entries()) {
        const own = { ...random, repository: 'one' } as Command;
        for (let turn = 0; turn < wait; turn++) await nextTurn();
        const begin = ++time;
        const reply = await ask(access, own, 100 * client + number);
        const end = ++time;
        for (const [name, what] of effects(own, reply)) calls.get(name)?.push({ begin, end, does: what });
      }
    }),
  );
  return calls;
}

/** What a command and its answer mean for each tag. */
function effects(command: Command, reply: unknown): [string, TagCall['does']][] {
  switch (command.does) {
    case 'push manifest': {
      if (reply !== 'done') throw new Error(`a push was answered with ${String(reply)}`);
      return command.tags.map((name) => [name, { kind: 'put', value: MANIFESTS[command.manifest]?.digest ?? '' }]);
    }
    case 'delete manifest':
      if (reply !== 'done') return [];
      return TAGS.map((name) => [name, { kind: 'delete-where', value: MANIFESTS[command.manifest]?.digest ?? '' }]);
    case 'delete tag':
      return [[command.tag, { kind: 'delete', found: reply === 'done' }]];
    case 'pull':
      return [[command.tag, { kind: 'read', value: reply as string | undefined }]];
    case 'push':
    case 'push in chunks':
    case 'mount':
    case 'delete blob':
    case 'list':
      return [];
  }
}

function wrongTags(calls: Map<string, TagCall[]>): string[] {
  return [...calls].flatMap(([name, own]) => (isLinearizable(own) ? [] : [`${name}: ${JSON.stringify(own)}`]));
}

describe('the checker of linearizability', () => {
  const put = (value: string, begin: number, end: number): TagCall => ({ begin, end, does: { kind: 'put', value } });
  const read = (value: string | undefined, begin: number, end: number): TagCall => ({
    begin,
    end,
    does: { kind: 'read', value },
  });

  it('takes either order of calls that overlap, and only the real one of others', () => {
    expect(isLinearizable([put('x', 1, 4), put('y', 2, 3), read('x', 5, 6)])).toBe(true);
    expect(isLinearizable([put('x', 1, 4), put('y', 2, 3), read('y', 5, 6)])).toBe(true);
    expect(isLinearizable([put('x', 1, 2), put('y', 3, 4), read('x', 5, 6)])).toBe(false);
    expect(isLinearizable([put('x', 1, 2), read('x', 3, 4), read(undefined, 5, 6)])).toBe(false);
    expect(isLinearizable([put('x', 1, 8), read('x', 2, 3), read(undefined, 4, 5)])).toBe(false);
  });

  it('finds a registry that answers pulls from a cache', { timeout: 120_000 }, async () => {
    const stale = (access: Access): Access => {
      const cache = new Map<string, string>();
      return {
        ...access,
        resolveTag: async (at, name) => {
          const known = cache.get(name);
          const fresh = await access.resolveTag(at, name);
          if (fresh) cache.set(name, fresh);
          return (known ?? fresh) as typeof fresh;
        },
      };
    };
    const property = fc.asyncProperty(clientsAtOnce, (clients) =>
      withRegistry(memory, async (access) => {
        expect(wrongTags(await runAtOnce(stale(access), clients))).toEqual([]);
      }),
    );
    await expect(fc.assert(property, { numRuns: 100, endOnFailure: true })).rejects.toThrow(/Property failed/);
  });
});
