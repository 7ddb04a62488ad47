import type { Digest } from '@holdfast/oci/digest';
import type { MetadataReader } from '../metadata/metadata-store.ts';
import type { StoredKind } from './finding.ts';
import type { Verdict } from './recorder.ts';

/** Where a walk over everything stored is: behind `after`, in digest order, blobs first. */
export interface Place {
  readonly what: StoredKind;
  readonly after: string;
}

export const START: Place = { what: 'blob', after: '' };

export interface Step extends Place {
  readonly digest: Digest;
  /** Bytes that the row gives the blob; of a manifest 0. */
  readonly size: number;
  readonly verdict: Verdict;
}

export interface WalkDependencies {
  readonly read: MetadataReader;
  examineBlob(digest: Digest): Promise<Verdict>;
  examineManifest(digest: Digest): Promise<Verdict>;
}

const PAGE = 200;

/** Examines everything that is stored behind `from`, one after the other. What is pushed meanwhile behind its place is met, too. */
export async function* walk(d: WalkDependencies, from: Place): AsyncGenerator<Step> {
  const stored = d.read.integrity;
  if (from.what === 'blob') {
    for await (const { digest, size } of pages((last) => stored.blobs({ last, limit: PAGE }), from.after)) {
      yield { what: 'blob', after: digest, digest, size, verdict: await d.examineBlob(digest) };
    }
  }
  const list = async (last: string) => (await stored.manifests({ last, limit: PAGE })).map((digest) => ({ digest }));
  for await (const { digest } of pages(list, from.what === 'manifest' ? from.after : '')) {
    yield { what: 'manifest', after: digest, digest, size: 0, verdict: await d.examineManifest(digest) };
  }
}

async function* pages<T extends { readonly digest: Digest }>(
  list: (last: string) => T[] | Promise<T[]>,
  after: string,
): AsyncGenerator<T> {
  let last = after;
  for (;;) {
    const page = await list(last);
    yield* page;
    if (page.length < PAGE) return;
    last = page.at(-1)?.digest ?? last;
  }
}
