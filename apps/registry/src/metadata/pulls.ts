import type { Digest } from '@holdfast/oci/digest';
import type { Awaitable } from '../platform/awaitable.ts';
import type { RepositoryId } from './content-rows.ts';

export interface Pull {
  readonly repositoryId: RepositoryId;
  readonly digest: Digest;
  readonly at: Date;
}

export interface PullReader {
  /** When the manifest was pulled last, as far as it was written down; undefined when nobody is known to have pulled it. */
  last(repositoryId: RepositoryId, digest: Digest): Awaitable<Date | undefined>;
  /** The same of whatever was pulled last of a repository and is there still. */
  lastOf(repositoryId: RepositoryId): Awaitable<Date | undefined>;
}

export interface PullWriter extends PullReader {
  /** Of several nodes' pulls the latest stays. Of a manifest that is gone nothing is kept. */
  record(pulls: readonly Pull[]): Awaitable<void>;
}
