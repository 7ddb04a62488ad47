import type { Readable } from 'node:stream';
import type { Digest } from '@holdfast/oci/digest';
import { PullClient, type PulledManifest } from '@holdfast/oci/registry/pull-client';
import { RegistryError } from '@holdfast/oci/registry/registry-error';
import type { Outbound } from '../outbound/outbound.ts';
import type { Clock } from '../platform/clock.ts';
import type { SourceCredentials } from './image-import.ts';
import type { ImageReference } from './image-reference.ts';
import { refusedBySource, sourceFailed } from './source-errors.ts';

export interface SourceRegistryOptions {
  readonly outbound: Outbound;
  readonly host: string;
  /** Only for hosts that an operator named. */
  readonly plainHttp: boolean;
  readonly credentials?: SourceCredentials | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** One repository of another registry; what its client throws is told as the failure of an import. */
export class SourceRegistry {
  readonly #client: PullClient;
  readonly #repository: string;

  constructor({ outbound, clock, ...options }: SourceRegistryOptions, repository: string) {
    const sleep = (ms: number, signal?: AbortSignal) => clock.sleep(ms, signal);
    this.#client = new PullClient({ ...options, transport: outbound, userAgent: 'holdfast-import', sleep });
    this.#repository = repository;
  }

  /** Its bytes with the digest that they really have. */
  async manifest(reference: ImageReference['reference']): Promise<PulledManifest> {
    const text = 'tag' in reference ? reference.tag : reference.digest;
    return this.#client.manifest(this.#repository, text).catch(rethrow);
  }

  /** The blob as one stream, taken up again where a connection broke; undefined when it is not there. */
  async blob(digest: Digest, size: number): Promise<Readable | undefined> {
    return this.#client.blob(this.#repository, digest, size).catch(rethrow);
  }
}

/** A failure in the middle of a blob is thrown by its stream, as a `RegistryError`: see `importFailure`. */
const rethrow = (error: unknown): never => {
  throw importFailure(error);
};

/** A source's failure as an import tells it; anything else as it is. */
export function importFailure(error: unknown): unknown {
  if (!(error instanceof RegistryError)) return error;
  const { what, why, status, said } = error;
  return status === undefined ? sourceFailed(what, why, error) : refusedBySource(what, status, said);
}
