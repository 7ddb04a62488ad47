import type { Digest } from '@holdfast/oci/digest';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { MetadataStore, MetadataTx, RepositoryId } from '../metadata-store.ts';
import { namesOn } from '../name-page.ts';
import { at, bytes, digest, layer, manifestRow, repositoryName, tagName } from './fixture.ts';

// ── the model: two repositories, six blobs, five manifests, three tags ──────────────────────────────────────────────

type Step =
  | { readonly do: 'link' | 'unlink' | 'put-tag'; readonly repository: number; readonly n: number; readonly m: number }
  | { readonly do: 'sweep'; readonly ago: number; readonly limit: number }
  | { readonly do: 'forget'; readonly n: number }
  | { readonly do: 'insert'; readonly repository: number; readonly n: number; readonly layers: readonly number[] }
  | { readonly do: 'delete' | 'delete-tag'; readonly repository: number; readonly n: number };

const side = fc.integer({ min: 0, max: 1 });
const blobNumber = fc.integer({ min: 0, max: 5 });
const manifestNumber = fc.integer({ min: 100, max: 104 });
const tagNumber = fc.integer({ min: 0, max: 2 });
export const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('link' as const), repository: side, n: blobNumber, m: fc.constant(0) }),
  fc.record({ do: fc.constant('unlink' as const), repository: side, n: blobNumber, m: fc.constant(0) }),
  fc.record({ do: fc.constant('put-tag' as const), repository: side, n: tagNumber, m: manifestNumber }),
  fc.record({
    do: fc.constant('sweep' as const),
    ago: fc.integer({ min: 0, max: 20 }),
    limit: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ do: fc.constant('forget' as const), n: blobNumber }),
  fc.record({
    do: fc.constant('insert' as const),
    repository: side,
    n: manifestNumber,
    layers: fc.array(blobNumber, { maxLength: 4, size: 'max' }),
  }),
  fc.record({ do: fc.constant('delete' as const), repository: side, n: manifestNumber }),
  fc.record({ do: fc.constant('delete-tag' as const), repository: side, n: tagNumber }),
);

class Model {
  readonly links = [new Map<number, number>(), new Map<number, number>()];
  readonly known = new Map<number, number | undefined>();
  readonly manifests = [new Map<number, readonly number[]>(), new Map<number, readonly number[]>()];
  readonly tags = [new Map<number, number>(), new Map<number, number>()];

  isReferenced(repository: number, n: number): boolean {
    return [...(this.manifests[repository] ?? []).values()].some((layers) => layers.includes(n));
  }

  unlink(repository: number, n: number, now: number): boolean {
    if (!this.links[repository]?.delete(n)) return false;
    if (!this.links.some((links) => links.has(n))) this.known.set(n, now);
    return true;
  }

  /** How many links the sweeper must take. */
  sweepable(before: number): { repository: number; n: number; linkedAt: number }[] {
    return this.links
      .flatMap((links, repository) => [...links].map(([n, linkedAt]) => ({ repository, n, linkedAt })))
      .filter((link) => link.linkedAt < before && !this.isReferenced(link.repository, link.n))
      .sort((x, y) => x.linkedAt - y.linkedAt || x.repository - y.repository || (digest(x.n) < digest(y.n) ? -1 : 1));
  }
}

export async function compareWithModel(store: MetadataStore, steps: readonly Step[]): Promise<void> {
  const paths = ['a', 'b'];
  const ids: RepositoryId[] = [];
  for (const path of paths) {
    ids.push((await store.transaction((tx) => tx.repositories.findOrCreate('r1', repositoryName(path), at(0)))).id);
  }
  const model = new Model();
  for (const [now, next] of steps.entries()) {
    const answer = await store.transaction((tx) => applyToStore(tx, ids, next, now));
    expect(answer, JSON.stringify(next)).toEqual(applyToModel(model, next, now));
  }
  await compareState(store, ids, model, steps.length);
}

async function applyToStore(tx: MetadataTx, ids: RepositoryId[], next: Step, now: number): Promise<unknown> {
  const id = 'repository' in next ? (ids[next.repository] ?? 0) : 0;
  switch (next.do) {
    case 'link':
      return tx.blobs.link(id, { digest: digest(next.n), size: next.n }, at(now));
    case 'unlink':
      return tx.blobs.unlink(id, digest(next.n), at(now));
    case 'sweep':
      return (await tx.blobs.unlinkUnreferenced(at(now - next.ago), next.limit, at(now))).links;
    case 'forget':
      return tx.blobs.forget(digest(next.n));
    case 'insert':
      return tx.manifests.insert(manifestRow(id, next.n), bytes(next.n), next.layers.map(layer));
    case 'delete':
      return tx.manifests.delete(id, digest(next.n), at(now));
    case 'put-tag':
      if (!(await tx.manifests.find(id, digest(next.m)))) return 'no manifest';
      return tx.tags.put(id, tagName(`t${next.n}`), digest(next.m), at(now));
    case 'delete-tag':
      return tx.tags.delete(id, tagName(`t${next.n}`), at(now));
  }
}

function applyToModel(model: Model, next: Step, now: number): unknown {
  const side = 'repository' in next ? next.repository : 0;
  const manifests = model.manifests[side] ?? new Map<number, readonly number[]>();
  const tags = model.tags[side] ?? new Map<number, number>();
  const tagDigest = (n: number): Digest | undefined => (tags.has(n) ? digest(tags.get(n) ?? 0) : undefined);
  switch (next.do) {
    case 'link':
      model.links[side]?.set(next.n, now);
      model.known.set(next.n, undefined);
      return undefined;
    case 'unlink':
      return model.unlink(side, next.n, now);
    case 'sweep': {
      const taken = model.sweepable(now - next.ago).slice(0, next.limit);
      for (const link of taken) model.unlink(link.repository, link.n, now);
      return taken.length;
    }
    case 'forget':
      if (model.known.get(next.n) === undefined) return false;
      return model.known.delete(next.n);
    case 'insert':
      if (manifests.has(next.n)) return false;
      manifests.set(next.n, next.layers);
      return true;
    case 'delete': {
      const layers = manifests.get(next.n);
      if (!layers || !manifests.delete(next.n)) return undefined;
      // What nothing names any more has its grace period from now on.
      for (const n of layers) {
        if (model.links[side]?.has(n) && !model.isReferenced(side, n)) model.links[side].set(n, now);
      }
      const gone = [...tags].filter(([, named]) => named === next.n).map(([tag]) => tag);
      for (const tag of gone) tags.delete(tag);
      return { tags: gone.sort().map((tag) => `t${tag}`) };
    }
    case 'put-tag': {
      if (!manifests.has(next.m)) return 'no manifest';
      const before = tagDigest(next.n);
      tags.set(next.n, next.m);
      return before;
    }
    case 'delete-tag': {
      const before = tagDigest(next.n);
      tags.delete(next.n);
      return before;
    }
  }
}

async function compareState(store: MetadataStore, ids: RepositoryId[], model: Model, now: number): Promise<void> {
  const listed = ['a', 'b'].filter((_, side) => (model.manifests[side]?.size ?? 0) > 0);
  expect(namesOn(await store.read.repositories.page('r1', {}))).toEqual(listed);
  const unlinked = [...model.known].filter(([, since]) => since !== undefined).map(([n]) => n);
  const stored = await store.read.blobs.unlinked(at(now + 1), {});
  expect(stored.map((row) => row.size)).toEqual(unlinked.sort((x, y) => x - y));
  for (const [side, id] of ids.entries()) {
    const row = await store.read.repositories.find('r1', repositoryName(side === 0 ? 'a' : 'b'));
    expect(row?.manifestCount).toBe(model.manifests[side]?.size);
    const tags = [...(model.tags[side] ?? [])].map(([tag]) => `t${tag}`).sort();
    expect(row?.tagCount).toBe(tags.length);
    expect(await store.read.tags.list(id, {})).toEqual(tags);
    for (let n = 0; n <= 5; n++) {
      expect((await store.read.blobs.linked(id, digest(n))) !== undefined).toBe(model.links[side]?.has(n));
      const naming = [...(model.manifests[side] ?? [])]
        .filter(([, layers]) => layers.includes(n))
        .map(([m]) => digest(m));
      expect((await store.read.manifests.referencing(id, digest(n), 99)).sort()).toEqual(naming.sort());
    }
    for (let m = 100; m <= 104; m++) {
      const content = await store.read.manifests.content(id, digest(m));
      expect(content !== undefined).toBe(model.manifests[side]?.has(m));
      if (content) expect(Buffer.from(content.bytes)).toEqual(bytes(m));
    }
  }
}
