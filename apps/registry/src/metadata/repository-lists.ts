import type { RepositoryName } from '@holdfast/oci/reference';
import type { Awaitable } from '../platform/awaitable.ts';
import type { ListOrder } from './listings.ts';

/** What a list tells of a repository. */
export interface ListedRepository {
  readonly name: RepositoryName;
  readonly manifestCount: number;
  readonly tagCount: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Everything in it, each thing once. */
  readonly storedBytes: number;
  /** The latest pull of anything that is there; undefined when nobody is known to have pulled any of it. */
  readonly pulledAt?: Date | undefined;
}

export type RepositoryOrder = Exclude<ListOrder, 'name'>;

export interface RepositoryRequest {
  readonly order: RepositoryOrder;
  /** Name and key of the repository after which the page begins. */
  readonly last?: string | undefined;
  readonly lastKey?: number | undefined;
  readonly limit: number;
}

/** Repositories that hold a manifest and are not hidden by a lock, by something else than their name. */
export interface RepositoryListReader {
  /** The cost of a page depends on the page alone. */
  ordered(registryId: string, request: RepositoryRequest): Awaitable<ListedRepository[]>;
  /** Of these, in the order of their names; those that are not there are not told of. */
  named(registryId: string, names: readonly RepositoryName[]): Awaitable<ListedRepository[]>;
}

/** By what the order sorts a repository: milliseconds since 1970, or bytes. */
export function repositoryKey({ updatedAt, storedBytes, pulledAt }: ListedRepository, order: RepositoryOrder): number {
  if (order === 'newest' || order === 'oldest') return updatedAt.getTime();
  return order === 'largest' || order === 'smallest' ? storedBytes : (pulledAt?.getTime() ?? 0);
}
