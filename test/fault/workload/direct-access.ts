import { Readable } from 'node:stream';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import { deleteBlob } from '../../../apps/registry/src/distribution/blobs.ts';
import type { Chunk } from '../../../apps/registry/src/distribution/chunk.ts';
import type { Caller } from '../../../apps/registry/src/distribution/context.ts';
import { listTags } from '../../../apps/registry/src/distribution/listings.ts';
import { deleteReference, getManifest, putManifest } from '../../../apps/registry/src/distribution/manifests.ts';
import {
  appendChunk,
  cancelUpload,
  completeUpload,
  mountBlob,
  startUpload,
  uploadMonolithic,
} from '../../../apps/registry/src/distribution/uploads.ts';
import { registryRow } from '../../../apps/registry/src/metadata/test-rows.ts';
import { DomainError } from '../../../apps/registry/src/platform/domain-error.ts';
import { type Access, type At, type Pieces, Refused } from './access.ts';
import { correlationOf, PRINCIPAL, REGISTRY_ID, REGISTRY_NAME } from './operation.ts';
import { type Composition, expire, sweep } from './stores.ts';

function callerOf({ repository, number }: At): Caller {
  return {
    principal: { kind: 'admin-user', id: PRINCIPAL, registry: REGISTRY_ID },
    registry: registryRow({ id: REGISTRY_ID, name: REGISTRY_NAME, createdAt: new Date(0) }),
    repository: repository as RepositoryName,
    correlationId: correlationOf(number),
  };
}

async function* brokenOff(pieces: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* pieces;
  throw new Refused('broken off', 'The connection of the client broke.');
}

function chunkOf({ pieces, length, from, breaksOff }: Pieces): Chunk {
  const range = from === undefined ? undefined : { start: from, end: from + length - 1 };
  const known = length % 2 === 0 ? length : undefined; // some clients send chunked, without a length
  const body = Readable.from(breaksOff ? brokenOff(pieces) : pieces);
  return { body, range, length: known, signal: new AbortController().signal };
}

async function asked<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof DomainError) throw new Refused(error.code, error.message);
    throw error;
  }
}

/** The operations themselves, without HTTP. */
export function directAccess(composition: Composition): Access {
  const d = composition.distribution;
  return {
    pushBlob: (at, content, body) => asked(uploadMonolithic(d, callerOf(at), content.digest, chunkOf(body))),
    startUpload: async (at) => (await asked(startUpload(d, callerOf(at)))).id,
    append: async (at, upload, body) => (await asked(appendChunk(d, callerOf(at), upload, chunkOf(body)))).offset,
    complete: (at, upload, digest, body) =>
      asked(completeUpload(d, callerOf(at), upload, digest, body && chunkOf(body))),
    cancel: (at, upload) => asked(cancelUpload(d, callerOf(at), upload)),
    mount: (at, digest, from) => asked(mountBlob(d, callerOf(at), digest, from as RepositoryName)),
    pushManifest: async (at, manifest, tags, byTag) => {
      const [tag] = tags as TagName[];
      const reference = byTag && tag ? { tag } : { digest: manifest.digest };
      const { mediaType: contentType, bytes } = manifest;
      await asked(
        putManifest(d, callerOf(at), { reference, contentType, bytes, tags: byTag ? [] : (tags as TagName[]) }),
      );
    },
    deleteManifest: (at, reference) =>
      asked(deleteReference(d, callerOf(at), 'tag' in reference ? { tag: reference.tag as TagName } : reference)),
    deleteBlob: (at, digest) => asked(deleteBlob(d, callerOf(at), digest)),
    resolveTag: async (at, tag) => {
      try {
        return (await getManifest(d, callerOf(at), { tag: tag as TagName })).content.digest;
      } catch (error) {
        if (error instanceof DomainError && error.kind === 'not-found') return undefined;
        throw error;
      }
    },
    listTags: async (at) => {
      try {
        return (await listTags(d, callerOf(at), {})).items;
      } catch (error) {
        if (error instanceof DomainError && error.code === 'name.unknown') return [];
        throw error;
      }
    },
    sweep: () => asked(sweep(composition)),
    expire: () => asked(expire(composition)),
  };
}
