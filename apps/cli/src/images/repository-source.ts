import type { Readable } from 'node:stream';
import type { ContentSource } from '@holdfast/oci/content-source';
import { RegistryError } from '@holdfast/oci/registry/registry-error';
import { CommandError } from '../command-error.ts';
import type { Descriptor, Digest, ImageSource, PulledManifest } from './store.ts';

/** One repository of a registry, of a layout or of an archive. */
export class RepositorySource implements ImageSource {
  readonly name: string;
  readonly content: ContentSource;
  readonly repository: string;

  constructor(content: ContentSource, repository: string, name: string) {
    this.content = content;
    this.repository = repository;
    this.name = name;
  }

  manifest(reference: string): Promise<PulledManifest> {
    return plain(this.content.manifest(this.repository, reference));
  }

  blob(digest: Digest, size: number): Promise<Readable | undefined> {
    return plain(this.content.blob(this.repository, digest, size));
  }

  referrers(subject: Digest): Promise<readonly Descriptor[]> {
    return plain(this.content.referrers(this.repository, subject));
  }
}

/** The registry's refusal, or what a source lacks, as an error of the command line. */
export async function plain<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof RegistryError)
      throw new CommandError(`${error.message}.`, error.status === 404 ? 3 : 1, { cause: error });
    throw error;
  }
}
