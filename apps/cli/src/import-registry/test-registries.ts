import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ContentSource } from '@holdfast/oci/content-source';
import { type Digest, digestOf, parseDigest } from '@holdfast/oci/digest';
import { parseManifest } from '@holdfast/oci/manifest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import type { PushClient } from '@holdfast/oci/registry/push-client';

interface Stored {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** A registry in memory, as strict as a real one; `writesLeft` is when it goes away, in the middle of whatever is done. */
export class MemoryRegistry {
  readonly manifests = new Map<string, Map<Digest, Stored>>();
  readonly blobs = new Map<string, Map<Digest, Buffer>>();
  readonly tagged = new Map<string, Map<string, Digest>>();
  writesLeft = Number.POSITIVE_INFINITY;
  /** Of blobs that were sent, not mounted. */
  bytesTaken = 0;

  put(repository: string, members: object, tag?: string) {
    const isIndex = 'manifests' in members;
    const mediaType = isIndex ? MEDIA_TYPE.ociIndex : MEDIA_TYPE.ociImage;
    const config = isIndex ? {} : { config: this.putBlob(repository, '{}', MEDIA_TYPE.ociConfig) };
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...config, ...members }));
    const digest = digestOf(bytes);
    mapOf(this.manifests, repository).set(digest, { digest, mediaType, bytes });
    if (tag !== undefined) mapOf(this.tagged, repository).set(tag, digest);
    return { mediaType, digest, size: bytes.length };
  }

  putBlob(repository: string, text: string, mediaType: string = MEDIA_TYPE.ociLayerGzip) {
    const bytes = Buffer.from(text);
    mapOf(this.blobs, repository).set(digestOf(bytes), bytes);
    return { mediaType, digest: digestOf(bytes), size: bytes.length };
  }

  asSource(): ContentSource {
    const find = async (repository: string, reference: string) => {
      const digest = parseDigest(reference) ?? this.tagged.get(repository)?.get(reference);
      return digest && this.manifests.get(repository)?.get(digest);
    };
    const { tagged, manifests, blobs } = this;
    return {
      repositories: async function* () {
        yield* tagged.keys();
      },
      tags: async function* (repository) {
        yield* mapOf(tagged, repository).keys();
      },
      manifest: async (repository, reference) => {
        const found = await find(repository, reference);
        if (!found) throw new Error(`no ${repository} ${reference}`);
        return found;
      },
      referrers: async (repository, subject) =>
        [...mapOf(manifests, repository).values()]
          .filter(
            ({ bytes }) =>
              (JSON.parse(bytes.toString()) as { subject?: { digest: string } }).subject?.digest === subject,
          )
          .map(({ digest, mediaType, bytes }) => ({ digest, mediaType, size: bytes.length })),
      findBlob: async (repository, digest) => blobs.get(repository)?.get(digest)?.length,
      blob: async (repository, digest) => {
        const bytes = blobs.get(repository)?.get(digest);
        return bytes && Readable.from([bytes]);
      },
    };
  }

  /** As much of a client as an import uses. */
  asTarget(): PushClient {
    const { manifests, tagged, blobs } = this;
    const client = {
      base: new URL('http://target.example/'),
      findManifest: async (repository: string, reference: string) => {
        const digest = parseDigest(reference) ?? tagged.get(repository)?.get(reference);
        return digest && manifests.get(repository)?.has(digest) ? digest : undefined;
      },
      findBlob: async (repository: string, digest: Digest) => blobs.get(repository)?.get(digest)?.length,
      mountBlob: async (repository: string, digest: Digest, from: string) => {
        this.#write();
        const bytes = blobs.get(from)?.get(digest);
        if (bytes) mapOf(blobs, repository).set(digest, bytes);
        return bytes !== undefined;
      },
      pushBlob: async (
        repository: string,
        { digest, open }: { digest: Digest; open: (offset: number) => Promise<Readable> },
      ) => {
        const bytes = await buffer(await open(0));
        this.#write();
        if (digestOf(bytes) !== digest) throw new Error('DIGEST_INVALID');
        this.bytesTaken += bytes.length;
        mapOf(blobs, repository).set(digest, bytes);
      },
      putManifest: async (repository: string, reference: string, mediaType: string, bytes: Buffer) => {
        this.#write();
        const parsed = parseManifest(bytes, mediaType);
        if (!parsed.ok) throw new Error(parsed.reason);
        for (const { kind, digest } of parsed.manifest.references) {
          const has = kind === 'manifest' ? manifests.get(repository)?.has(digest) : blobs.get(repository)?.has(digest);
          if (!has) throw new Error(`MANIFEST_BLOB_UNKNOWN ${digest}`);
        }
        const digest = digestOf(bytes);
        mapOf(manifests, repository).set(digest, { digest, mediaType, bytes });
        if (!parseDigest(reference)) mapOf(tagged, repository).set(reference, digest);
      },
    };
    return client as unknown as PushClient;
  }

  #write(): void {
    if (this.writesLeft-- <= 0) throw new Error('the target went away');
  }
}

function mapOf<K, V>(all: Map<string, Map<K, V>>, repository: string): Map<K, V> {
  const found = all.get(repository) ?? new Map<K, V>();
  all.set(repository, found);
  return found;
}
