import type { Readable } from 'node:stream';
import type { ContentSource } from '@holdfast/oci/content-source';
import type { Digest } from '@holdfast/oci/digest';
import { parseManifest, type ReferenceOut } from '@holdfast/oci/manifest';
import type { PullTransport, RegistryAnswer } from '@holdfast/oci/registry/transport';

const TIMEOUT_MS = 30_000;
const REDIRECTS = 5;

export interface ForeignLayerOptions {
  readonly transport: PullTransport;
  /** Hosts, with a port that is not the protocol's own, whose URLs may be fetched; redirects from there are followed. */
  readonly hosts: ReadonlySet<string>;
}

/**
 * The source with the non-distributable layers that it lacks, from the URLs that their manifests name: those at the given
 * hosts, since a manifest may name anything. Its reader verifies the bytes by their digest, as those of any blob. Throws a
 * clause for a layer that none of its allowed URLs gives.
 * https://github.com/opencontainers/image-spec/blob/main/layer.md#non-distributable-layers
 */
export function withForeignLayers(source: ContentSource, options: ForeignLayerOptions): ContentSource {
  const layers = new Map<Digest, ReferenceOut>();
  const had = new Set<Digest>();
  const open = (digest: Digest) => {
    const layer = layers.get(digest);
    return layer && openLayer(layer, options);
  };
  return {
    repositories: () => source.repositories(),
    tags: (repository) => source.tags(repository),
    referrers: (repository, subject) => source.referrers(repository, subject),
    manifest: async (repository, reference) => {
      const found = await source.manifest(repository, reference);
      const parsed = parseManifest(found.bytes, found.mediaType);
      for (const one of parsed.ok ? parsed.manifest.references : []) {
        if (one.kind === 'foreign-layer') layers.set(one.digest, one);
      }
      return found;
    },
    findBlob: async (repository, digest) => {
      const size = await source.findBlob(repository, digest);
      if (size !== undefined) return size;
      if (!had.has(digest)) {
        const answer = await open(digest);
        if (!answer) return undefined;
        answer.body.destroy(); // that it can be had is known now
        had.add(digest);
      }
      return layers.get(digest)?.size;
    },
    blob: async (repository, digest, size): Promise<Readable | undefined> =>
      (await source.blob(repository, digest, size)) ?? (await open(digest))?.body,
  };
}

/** The first of its URLs that gives as many bytes as its manifest says; undefined when no host of theirs is allowed. */
async function openLayer(
  { digest, size, urls = [] }: ReferenceOut,
  { transport, hosts }: ForeignLayerOptions,
): Promise<RegistryAnswer | undefined> {
  const allowed = urls.filter((url) => isAllowed(url, hosts));
  const refusals: string[] = [];
  for (const url of allowed) {
    const request = { method: 'GET', url: new URL(url), timeoutMs: TIMEOUT_MS, redirects: REDIRECTS } as const;
    try {
      const answer = await transport.send(request);
      const length = answer.headers['content-length'];
      if (answer.status === 200 && (length === undefined || length === String(size))) return answer;
      answer.body.destroy();
      const bytes = `${length} bytes, not ${size}`;
      refusals.push(`${url} answers ${answer.status === 200 ? bytes : `with status ${answer.status}`}`);
    } catch (error) {
      refusals.push(`${url}: ${(error as Error).message}`);
    }
  }
  if (refusals.length === 0) return undefined;
  throw new Error(`the non-distributable layer ${digest} cannot be fetched: ${refusals.join('; ')}`);
}

function isAllowed(text: string, hosts: ReadonlySet<string>): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return (url?.protocol === 'https:' || url?.protocol === 'http:') && hosts.has(url.host);
}
