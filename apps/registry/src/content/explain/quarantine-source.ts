import type { Digest } from '@holdfast/oci/digest';
import type { MetadataReader, RepositoryId } from '../../metadata/metadata-store.ts';
import type { QuarantineState } from '../../metadata/quarantine.ts';
import { closedBy, type QuarantinedRegistry, shownState } from '../quarantine.ts';

/** Whence the quarantine of a manifest is. */
export interface QuarantineSource {
  readonly state: QuarantineState;
  /** Whose state it is: the manifest's own, or that of one below it, which closes it, too. */
  readonly manifest: Digest;
  /** Id of the principal that brought it into that state; undefined for what was there before the policy. */
  readonly setBy?: string | undefined;
  readonly since?: Date | undefined;
}

/** Undefined where no scanner was asked. */
export async function quarantineSource(
  read: MetadataReader,
  registry: QuarantinedRegistry,
  repositoryId: RepositoryId,
  digest: Digest,
): Promise<QuarantineSource | undefined> {
  const manifest = (await closedBy(read, registry, repositoryId, digest)) ?? digest;
  const row = await read.quarantine.find(repositoryId, manifest);
  const state = shownState(registry, row);
  return state && { state, manifest, setBy: row?.changedBy, since: row?.changedAt };
}
