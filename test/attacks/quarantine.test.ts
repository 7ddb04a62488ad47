import { type Digest, digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import type { TagName } from '@holdfast/oci/reference';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findBlob, findDownload } from '../../apps/registry/src/distribution/blobs.ts';
import type { Caller } from '../../apps/registry/src/distribution/context.ts';
import { deleteManifest } from '../../apps/registry/src/distribution/delete-manifest.ts';
import type { Download } from '../../apps/registry/src/distribution/download-address.ts';
import { listReferrers } from '../../apps/registry/src/distribution/listings.ts';
import { getManifest, putManifest } from '../../apps/registry/src/distribution/manifests.ts';
import { manifestBytes } from '../../apps/registry/src/distribution/test-content.ts';
import { openTestDistribution, type TestDistribution } from '../../apps/registry/src/distribution/test-distribution.ts';
import { mountBlob } from '../../apps/registry/src/distribution/uploads.ts';
import { updateManifest } from '../../apps/registry/src/metadata-api/manifests.ts';
import { DomainError } from '../../apps/registry/src/platform/domain-error.ts';

// The quarantine leaks nothing: whatever is pushed, tagged, mounted, put together, deleted, judged and switched, in whichever
// order and with requests that began before the policy changed, who has no right reads no byte of what is closed.

const REPOSITORIES = ['a', 'b'] as const;
type Repository = (typeof REPOSITORIES)[number];
const TAGS = ['x', 'y'] as const;
const BLOBS = ['{}', 'l1', 'l2', 'l3', 'l4', 'l7'] as const;

interface Thing {
  readonly digest: Digest;
  readonly bytes: Buffer;
  readonly mediaType: string;
  readonly blobs: readonly string[];
  readonly children: readonly string[];
}

const described = (text: string, mediaType: string) => ({ mediaType, digest: digestOf(text), size: text.length });

function image(layers: readonly string[], more: object = {}): Thing {
  const bytes = manifestBytes({
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.ociImage,
    config: described('{}', MEDIA_TYPE.ociConfig),
    layers: layers.map((text) => described(text, MEDIA_TYPE.ociLayerGzip)),
    ...more,
  });
  return { digest: digestOf(bytes), bytes, mediaType: MEDIA_TYPE.ociImage, blobs: ['{}', ...layers], children: [] };
}

function index(children: Readonly<Record<string, Thing>>): Thing {
  const manifests = Object.values(children).map(({ mediaType, digest, bytes }) => ({
    mediaType,
    digest,
    size: bytes.length,
  }));
  const bytes = manifestBytes({ schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests });
  return { digest: digestOf(bytes), bytes, mediaType: MEDIA_TYPE.ociIndex, blobs: [], children: Object.keys(children) };
}

const [one, two, three] = [image(['l1', 'l2']), image(['l2', 'l3']), image(['l4'])];
const inner = index({ one, two });
const sbom = image(['l7'], {
  subject: { mediaType: one.mediaType, digest: one.digest, size: one.bytes.length },
  annotations: { secret: 'yes' },
});
const THINGS: Readonly<Record<string, Thing>> = { one, two, three, inner, outer: index({ inner, three }), sbom };
const NAMES = Object.keys(THINGS);
const thing = (name: string): Thing => THINGS[name] as Thing;

type State = 'none' | 'Passed' | 'Failed';

/** What somebody without rights may read, told without tables, digests and rows: by walking. */
class Model {
  on = false;
  readonly present = { a: new Map<string, State>(), b: new Map<string, State>() };
  readonly tags = { a: new Map<string, string>(), b: new Map<string, string>() };
  readonly links = { a: new Set<string>(), b: new Set<string>() };

  open(repository: Repository, name: string): boolean {
    const state = this.present[repository].get(name);
    if (state === undefined) return false;
    if (!this.on) return true;
    return (
      state === 'Passed' &&
      thing(name).children.every((c) => !this.present[repository].has(c) || this.open(repository, c))
    );
  }

  blobOpen(repository: Repository, text: string): boolean {
    if (!this.links[repository].has(text)) return false;
    if (!this.on) return true;
    return [...this.present[repository]].some(
      ([name, state]) => state === 'Passed' && thing(name).blobs.includes(text),
    );
  }
}

const repository = fc.constantFrom(...REPOSITORIES);
const name = fc.constantFrom(...NAMES);
/** A request that began before the policy was switched last, and ends now. */
const stale = fc.boolean();
const command = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('push' as const), repository, name, stale }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('tag' as const), repository, name, tag: fc.constantFrom(...TAGS), stale }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('policy' as const), on: fc.boolean() }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('judge' as const),
      repository,
      name,
      state: fc.constantFrom('Passed' as const, 'Passed' as const, 'Failed' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('mount' as const),
      repository,
      blob: fc.constantFrom(...BLOBS),
      anywhere: fc.boolean(),
      stale,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), repository, name }) },
);
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;

async function opens(work: () => unknown): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}

/** A registry, its model, and the addresses of downloads that were given out so far. */
class World {
  readonly t: TestDistribution;
  readonly model = new Model();
  readonly addresses: (Download & { readonly text: string; readonly of: Repository })[] = [];
  readonly seen = { open: 0, closed: 0 };
  #before: ReturnType<TestDistribution['registry']>;

  constructor(t: TestDistribution) {
    this.t = t;
    this.#before = t.registry();
  }

  #caller(of: Repository, stale: boolean): Caller {
    const caller = this.t.developer(of);
    return stale ? { ...caller, registry: this.#before } : caller;
  }

  async run(c: Command): Promise<void> {
    const { t, model } = this;
    switch (c.kind) {
      case 'policy':
        this.#before = t.registry();
        await t.setQuarantine(c.on ? 'on' : 'off');
        model.on = c.on;
        return;
      case 'push':
      case 'tag':
        return this.#push(c.repository, c.name, c.kind === 'tag' ? c.tag : undefined, c.stale);
      case 'judge': {
        const { digest } = thing(c.name);
        const verdict = { locks: {}, verdict: { state: c.state } };
        if (await opens(() => updateManifest(t.d, t.scanner(c.repository), digest, verdict)))
          model.present[c.repository].set(c.name, c.state);
        return;
      }
      case 'delete': {
        const gone = await deleteManifest(t.d, t.developer(c.repository), thing(c.name).digest).catch(() => false);
        if (!gone) return;
        model.present[c.repository].delete(c.name);
        for (const [tag, on] of model.tags[c.repository]) if (on === c.name) model.tags[c.repository].delete(tag);
        return;
      }
      case 'mount':
        return this.#mount(c);
    }
  }

  async #push(of: Repository, name: string, tag: string | undefined, stale: boolean): Promise<void> {
    const { t, model } = this;
    const { digest, bytes, mediaType, blobs, children } = thing(name);
    // As clients do, who push what an index names before it.
    for (const child of children) await this.#push(of, child, undefined, stale);
    for (const text of blobs) {
      await t.upload(of, text);
      model.links[of].add(text);
    }
    const reference = tag === undefined ? { digest } : { tag: tag as TagName };
    const push = { reference, contentType: mediaType, bytes, tags: [] };
    await putManifest(t.d, this.#caller(of, stale), push);
    if (!model.present[of].has(name)) model.present[of].set(name, 'none');
    if (tag !== undefined) model.tags[of].set(tag, name);
  }

  async #mount({ repository: to, blob, anywhere, stale }: Extract<Command, { kind: 'mount' }>): Promise<void> {
    const from: Repository = to === 'a' ? 'b' : 'a';
    const source = anywhere ? undefined : this.t.developer(from).repository;
    const mounted = await mountBlob(this.t.d, this.#caller(to, stale), digestOf(blob), source);
    const expected = this.model.blobOpen(from, blob) || (anywhere && this.model.blobOpen(to, blob));
    if (!stale) expect(mounted, `mount of ${blob}`).toBe(expected);
    if (mounted) this.model.links[to].add(blob);
  }

  /** Reads by every way there is, as somebody who may push and pull. */
  async look(): Promise<void> {
    const { d } = this.t;
    for (const of of REPOSITORIES) {
      const who = this.t.developer(of);
      for (const name of NAMES) {
        this.#same(`${of}@${name}`, await opens(() => getManifest(d, who, thing(name))), this.model.open(of, name));
      }
      for (const tag of TAGS) {
        const target = this.model.tags[of].get(tag);
        const expected = target !== undefined && this.model.open(of, target);
        this.#same(`${of}:${tag}`, await opens(() => getManifest(d, who, { tag: tag as TagName })), expected);
      }
      for (const text of BLOBS) {
        const digest = digestOf(text);
        const found = await (async () => findBlob(d, who, digest))().catch(() => undefined);
        this.#same(`${of} blob ${text}`, found !== undefined, this.model.blobOpen(of, text));
        expect(await opens(() => findBlob(d, who, digest, 'probe'))).toBe(found !== undefined);
        if (!found) continue;
        const { repositoryId, quarantined } = found;
        expect(quarantined).toBe(false);
        this.addresses.push({
          registryId: 'r1',
          repository: who.repository,
          repositoryId,
          digest,
          quarantined,
          text,
          of,
        });
      }
      const { items } = await listReferrers(d, who, one.digest, {});
      this.#same(`${of} referrer`, items.length > 0, this.model.open(of, 'sbom'));
    }
    for (const address of this.addresses.slice(-24)) {
      const works = await opens(() => findDownload(d, this.t.developer(address.of), address));
      this.#same(`address of ${address.of} ${address.text}`, works, this.model.blobOpen(address.of, address.text));
    }
  }

  #same(what: string, found: boolean, expected: boolean): void {
    this.seen[expected ? 'open' : 'closed'] += 1;
    expect(`${what}: ${found ? 'open' : 'closed'}`).toBe(`${what}: ${expected ? 'open' : 'closed'}`);
  }
}

describe('the quarantine', () => {
  it('lets nobody without the right read what is closed, whatever happens in whichever order', async () => {
    const seen = { open: 0, closed: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 8, maxLength: 30, size: 'max' }), async (commands) => {
        const world = new World(await openTestDistribution());
        try {
          for (const c of commands) {
            await world.run(c);
            await world.look();
          }
        } finally {
          await world.t.d.metadata.close();
        }
        seen.open += world.seen.open;
        seen.closed += world.seen.closed;
      }),
      { numRuns: 60 },
    );
    // Else the test would be one of closed doors, or of open ones.
    expect(Math.min(seen.open, seen.closed)).toBeGreaterThan(3000);
  }, 120_000);
});
