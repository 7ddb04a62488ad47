import type { BundleDocument } from '@holdfast/bundle/documents';
import { digestOf } from '@holdfast/oci/digest';
import type { BundleDocumentRow } from '../metadata/bundles.ts';

/** What a list tells of a bundle whose document is here. */
export interface BundleSummary {
  readonly created: string;
  readonly source: string;
  readonly against: readonly string[];
  readonly tags: number;
  readonly manifests: number;
  readonly manifestsHeld: number;
  readonly blobs: number;
  readonly blobsHeld: number;
  /** Bytes of manifests and blobs that it brings. */
  readonly contentBytes: number;
}

export function summaryOf({ created, source, against, tags, manifests, blobs }: BundleDocument): BundleSummary {
  const brought = <T extends { readonly held?: unknown }>(all: readonly T[]) => all.filter(({ held }) => !held);
  const [newManifests, newBlobs] = [brought(manifests), brought(blobs)];
  const sizes = new Map([...newManifests, ...newBlobs].map(({ digest, size }) => [digest, size]));
  return {
    created,
    source,
    against,
    tags: tags.length,
    manifests: newManifests.length,
    manifestsHeld: manifests.length - newManifests.length,
    blobs: newBlobs.length,
    blobsHeld: blobs.length - newBlobs.length,
    contentBytes: [...sizes.values()].reduce((sum, size) => sum + size, 0),
  };
}

export function documentRow(
  registryId: string,
  document: BundleDocument,
  bytes: Uint8Array,
  made: boolean,
  keptAt: Date,
): BundleDocumentRow {
  const repositories = [...new Set(document.manifests.map(({ repository }) => repository))].sort();
  const summary = JSON.stringify(summaryOf(document));
  return { registryId, digest: digestOf(bytes), made, keptAt, repositories, summary };
}
