import type { Readable } from 'node:stream';
import type { Digest } from '@holdfast/oci/digest';
import type { PulledManifest } from '@holdfast/oci/registry/pull-client';
import { ANONYMOUS } from '../access/principal.ts';
import type { Caller, Distribution } from '../distribution/context.ts';
import { getManifest } from '../distribution/manifests.ts';
import type { RepositoryId } from '../metadata/metadata-store.ts';
import { DomainError } from '../platform/domain-error.ts';
import type { ImageReference } from './image-reference.ts';
import { sourceFailed } from './source-errors.ts';

/** Where an image comes from. */
export interface ImageSource {
  manifest(reference: ImageReference['reference']): Promise<PulledManifest>;
  /** The repository here that has its blobs; undefined when they must be brought. */
  readonly home: RepositoryId | undefined;
  /** Its bytes; undefined when it is not there. Of a source elsewhere. */
  blob(digest: Digest, size: number): Promise<Readable | undefined>;
}

/**
 * A repository of this site: its blobs are linked, and no byte is copied. An import takes only what anybody who may pull there
 * could pull: whoever may read what is in quarantine may not carry it by this into a registry that has none.
 */
export async function openLocalSource(d: Distribution, caller: Caller): Promise<ImageSource> {
  const { registry, repository } = caller;
  const row = await d.metadata.read.repositories.find(registry.id, repository);
  const name = `${registry.name}/${repository}`;
  if (!row) throw sourceFailed(name, 'the registry has no repository of that name');
  return {
    home: row.id,
    manifest: async (reference) => {
      try {
        const { content } = await getManifest(d, { ...caller, principal: ANONYMOUS }, reference);
        const { digest, mediaType, bytes } = content;
        return { digest, mediaType, bytes };
      } catch (error) {
        if (!(error instanceof DomainError) || error.kind !== 'not-found') throw error;
        throw sourceFailed(name, error.message.replace(/\.$/, ''), error);
      }
    },
    blob: async () => undefined,
  };
}
