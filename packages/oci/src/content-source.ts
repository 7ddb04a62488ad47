import type { Readable } from 'node:stream';
import type { Descriptor } from './descriptor.ts';
import type { Digest } from './digest.ts';

/** Something that images can be read from: a registry (`PullClient`), an OCI layout, a `docker save` archive. */
export interface ContentSource {
  repositories(): AsyncIterable<string>;
  tags(repository: string): AsyncIterable<string>;
  /** By tag or digest; throws when it is not there. */
  manifest(
    repository: string,
    reference: string,
  ): Promise<{ readonly digest: Digest; readonly mediaType: string; readonly bytes: Buffer }>;
  referrers(repository: string, subject: Digest): Promise<readonly Descriptor[]>;
  /** The size of a blob; undefined when there is none. */
  findBlob(repository: string, digest: Digest): Promise<number | undefined>;
  /** Its bytes, for the reader to verify; undefined when it is not there. */
  blob(repository: string, digest: Digest, size: number): Promise<Readable | undefined>;
}
