import { wrongUsage } from '../command-error.ts';

export interface ImageName {
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** `team/app:v1`, `team/app@sha256:…`, or `team/app`, which means its tag `latest`. */
export function parseImageName(image: string): ImageName {
  const parts = /^([^:@]+)(?::([^:@]+)|@([^@]+))?$/.exec(image);
  const [, repository, tag, digest] = parts ?? [];
  if (repository === undefined) {
    throw wrongUsage(`'${image}' is no image: write REPOSITORY:TAG or REPOSITORY@DIGEST.`);
  }
  if (digest !== undefined) return { repository, digest };
  return { repository, tag: tag ?? 'latest' };
}

/** A repository's path in an address: the slashes stay. */
export const repositoryPath = (repository: string): string => repository.split('/').map(encodeURIComponent).join('/');

/** Where `/acr/v1` has what the image names, and the key of its answer. */
export function metadataPath({ repository, tag, digest }: ImageName): {
  readonly path: string;
  readonly key: 'tag' | 'manifest';
} {
  const base = `/acr/v1/${repositoryPath(repository)}`;
  if (digest !== undefined) return { path: `${base}/_manifests/${digest}`, key: 'manifest' };
  return { path: `${base}/_tags/${encodeURIComponent(tag ?? 'latest')}`, key: 'tag' };
}
