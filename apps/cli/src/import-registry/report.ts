import type { PushClient } from '@holdfast/oci/registry/push-client';
import type { Digest } from '../images/store.ts';
import { inParallel } from './in-parallel.ts';

export interface ImportedImage {
  /** Undefined of one that was named by its digest. */
  readonly tag: string | undefined;
  readonly reference: string;
  /** Its digest at the source, as far as it could be read. */
  readonly source?: Digest;
  /** `different`: the target has another image of the tag, and keeps it. */
  readonly state: 'copied' | 'there' | 'different' | 'failed';
  readonly reason?: string;
}

export interface ImportedRepository {
  readonly from: string;
  readonly to: string;
  readonly images: readonly ImportedImage[];
  /** Of all manifests: images, children of indexes, referrers. */
  readonly digests: ReadonlySet<Digest>;
  readonly copied: number;
  readonly mounted: number;
  readonly there: number;
  readonly bytes: number;
  /** Non-distributable layers. */
  readonly leftOut: number;
}

/** A tag or a manifest that the target has not as the source has it. */
export interface Difference {
  readonly repository: string;
  readonly reference: string;
  readonly source: string | null;
  readonly target: string | null;
  readonly reason: string;
}

/** Asks the target for every tag and every manifest, whatever the import thought of it. */
export async function compare(
  target: PushClient,
  repositories: readonly ImportedRepository[],
  parallel: number,
): Promise<Difference[]> {
  const differences: Difference[] = [];
  for (const { to, images, digests } of repositories) {
    const look = async (reference: string, source: string | undefined, reason: string | undefined) => {
      const found = await target.findManifest(to, reference).catch((error: Error) => error);
      const there = found instanceof Error ? undefined : found;
      if (source !== undefined && there === source) return;
      const asked = found instanceof Error ? found.message : undefined;
      const why = reason ?? asked ?? (there ? 'the target has another image of it' : 'the target has it not');
      differences.push({ repository: to, reference, source: source ?? null, target: there ?? null, reason: why });
    };
    const tagged = images.flatMap(({ tag, source, reason }) => (tag === undefined ? [] : { tag, source, reason }));
    await inParallel(tagged, parallel, ({ tag, source, reason }) => look(tag, source, reason));
    const failed = images.filter(({ tag, source, state }) => tag === undefined && !source && state === 'failed');
    await inParallel(failed, parallel, ({ reference, reason }) => look(reference, undefined, reason));
    await inParallel(digests, parallel, (digest) => look(digest, digest, undefined));
  }
  return differences;
}

const sum = (repositories: readonly ImportedRepository[], of: (one: ImportedRepository) => number) =>
  repositories.reduce((total, one) => total + of(one), 0);

/** Counts for people; `bytes` are those that went over the network, or would. */
export function summaryOf(repositories: readonly ImportedRepository[]) {
  const inState = (state: ImportedImage['state']) =>
    sum(repositories, ({ images }) => images.filter((image) => image.state === state).length);
  return {
    repositories: repositories.length,
    images: sum(repositories, ({ images }) => images.length),
    copied: inState('copied'),
    there: inState('there'),
    different: inState('different'),
    failed: inState('failed'),
    manifests: sum(repositories, ({ digests }) => digests.size),
    blobs: {
      copied: sum(repositories, ({ copied }) => copied),
      mounted: sum(repositories, ({ mounted }) => mounted),
      there: sum(repositories, ({ there }) => there),
    },
    bytes: sum(repositories, ({ bytes }) => bytes),
    leftOut: sum(repositories, ({ leftOut }) => leftOut),
  };
}

/** Every image, for `--report`. */
export function imageLines(repositories: readonly ImportedRepository[]) {
  return repositories.flatMap(({ from, to, images }) =>
    images.map(({ tag = null, source = null, state, reason = null }) => ({
      from,
      to,
      tag,
      digest: source,
      state,
      reason,
    })),
  );
}
