import { createReadStream, type Dirent } from 'node:fs';
import { access, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContentSource } from '../content-source.ts';
import type { Descriptor } from '../descriptor.ts';
import { type Digest, digestAlgorithm, digestHex, digestOf, parseDigest } from '../digest.ts';
import { parseManifest } from '../manifest.ts';
import { parseRepositoryName, parseTagName } from '../reference.ts';
import { declaredType } from './declared-type.ts';
import { READ_BYTES } from './file-tree.ts';

const MANIFEST_BYTES = 4 * 1024 * 1024;
const V2 = 'docker/registry/v2';

/** `docker/registry/v2` in the folder that was named, or that folder itself; undefined for what is no registry's storage. */
export async function findRegistryFolder(location: string): Promise<string | undefined> {
  for (const folder of [join(location, V2), location]) {
    if ((await isThere(join(folder, 'repositories'))) && (await isThere(join(folder, 'blobs')))) return folder;
  }
  return undefined;
}

/**
 * The storage of CNCF distribution (`registry:2`, `registry:3`) as it lies on a disk, read as that registry would serve it:
 * what was deleted there is not there. The registry should be stopped, or read-only.
 * https://github.com/distribution/distribution/blob/main/registry/storage/paths.go
 */
export async function openRegistryFolder(folder: string): Promise<ContentSource> {
  const { placeOf, blobPath, linkedAt } = pathsOf(folder);
  const readManifest = async (repository: string, digest: Digest) => {
    const bytes = await readFile(blobPath(digest)).catch(() => undefined);
    if (!bytes || bytes.length > MANIFEST_BYTES) throw new Error(`${folder} has no bytes of ${repository}@${digest}`);
    if (digestOf(bytes, digestAlgorithm(digest)) !== digest) {
      throw new Error(`${blobPath(digest)} is damaged: it has another digest than its name`);
    }
    return { digest, bytes, mediaType: declaredType(bytes) };
  };
  const revisionPath = (repository: string, digest: Digest) =>
    placeOf(repository, '_manifests/revisions', digestAlgorithm(digest), digestHex(digest), 'link');
  const referrersIn = ofLast(async (repository) => {
    const found = new Map<Digest, Descriptor[]>();
    for await (const digest of revisionsOf(placeOf(repository, '_manifests/revisions'))) {
      // One that is damaged might be a signature of any image: whoever asks for referrers is told, and gets no list without it.
      const { bytes, mediaType } = await readManifest(repository, digest);
      const parsed = parseManifest(bytes, mediaType);
      const subject = parsed.ok ? parsed.manifest.subject?.digest : undefined;
      if (subject) found.set(subject, [...(found.get(subject) ?? []), { mediaType, digest, size: bytes.length }]);
    }
    return found;
  });
  return {
    repositories: () => repositoriesBelow(join(folder, 'repositories'), ''),
    tags: async function* (repository) {
      for (const { name } of await foldersOf(placeOf(repository, '_manifests/tags')))
        if (parseTagName(name)) yield name;
    },
    manifest: async (repository, reference) => {
      const tag = parseTagName(reference);
      const asked = parseDigest(reference);
      const digest = asked ?? (tag && (await linkedAt(placeOf(repository, '_manifests/tags', tag, 'current/link'))));
      if (!digest) throw new Error(`${folder} has no image ${repository}:${reference}`);
      if (!(await isThere(revisionPath(repository, digest)))) {
        throw new Error(`${repository}${asked ? '@' : ':'}${reference} was deleted there: ${digest} is no revision`);
      }
      return readManifest(repository, digest);
    },
    referrers: async (repository, subject) => (await referrersIn(repository)).get(subject) ?? [],
    findBlob: async (_repository, digest) => (await stat(blobPath(digest)).catch(() => undefined))?.size,
    blob: async (_repository, digest, size) => {
      const found = await stat(blobPath(digest)).catch(() => undefined);
      if (!found) return undefined;
      if (found.size !== size) throw new Error(`${blobPath(digest)} has ${found.size} bytes, not ${size}`);
      return createReadStream(blobPath(digest), { highWaterMark: READ_BYTES });
    },
  };
}

function pathsOf(folder: string) {
  return {
    placeOf: (repository: string, ...names: string[]) => {
      // What comes from outside must not lead outside.
      if (!parseRepositoryName(repository)) throw new Error(`${repository} is no name of a repository`);
      return join(folder, 'repositories', repository, ...names);
    },
    blobPath: (digest: Digest) => {
      const hex = digestHex(digest);
      return join(folder, 'blobs', digestAlgorithm(digest), hex.slice(0, 2), hex, 'data');
    },
    linkedAt: async (path: string) => parseDigest((await readFile(path, 'utf8').catch(() => '')).trim()),
  };
}

/** Repositories are many, and read one after the other: of the last few what was found is kept. */
function ofLast<T>(find: (repository: string) => Promise<T>): (repository: string) => Promise<T> {
  const kept = new Map<string, Promise<T>>();
  return (repository) => {
    const known = kept.get(repository) ?? find(repository);
    kept.delete(repository);
    kept.set(repository, known);
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return known;
  };
}
const KEPT = 16;

async function* repositoriesBelow(folder: string, prefix: string): AsyncGenerator<string> {
  for (const { name } of await foldersOf(folder)) {
    if (name.startsWith('_')) continue;
    const repository = `${prefix}${name}`;
    if (await isThere(join(folder, name, '_manifests'))) yield repository;
    yield* repositoriesBelow(join(folder, name), `${repository}/`);
  }
}

async function* revisionsOf(folder: string): AsyncGenerator<Digest> {
  for (const { name: algorithm } of await foldersOf(folder)) {
    for (const { name: hex } of await foldersOf(join(folder, algorithm))) {
      const digest = parseDigest(`${algorithm}:${hex}`);
      if (digest && (await isThere(join(folder, algorithm, hex, 'link')))) yield digest;
    }
  }
}

/** In the order of their names; none of a folder that is not there. */
async function foldersOf(path: string): Promise<Dirent[]> {
  const all = await readdir(path, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return all.filter((one) => one.isDirectory()).sort((a, b) => (a.name < b.name ? -1 : 1));
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
