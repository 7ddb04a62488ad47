import { useQuery } from '@tanstack/react-query';
import { reading } from './content.ts';
import { answered } from './refusal.ts';
import { usePlanes } from './use-planes.ts';

export const MEDIA_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
/** A configuration of more bytes is nobody's to read in a browser. */
const MOST_CONFIG_BYTES = 4 * 1024 * 1024;

export interface Descriptor {
  readonly mediaType?: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: { readonly os?: string; readonly architecture?: string; readonly variant?: string };
}

/** Whatever was pushed: every field may be missing. */
export interface Manifest {
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly manifests?: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly subject?: Descriptor;
}

export interface ImageConfig {
  readonly created?: string;
  readonly config?: {
    readonly User?: string;
    readonly Env?: readonly string[];
    readonly Entrypoint?: readonly string[];
    readonly Cmd?: readonly string[];
    readonly Labels?: Readonly<Record<string, string>> | null;
  };
  readonly history?: readonly { readonly created_by?: string; readonly empty_layer?: boolean }[];
}

export function useManifest(registry: string, name: string, digest: string) {
  const planes = usePlanes();
  return useQuery({
    queryKey: ['raw', registry, name, digest],
    enabled: digest !== '',
    staleTime: Number.POSITIVE_INFINITY, // bytes of a digest never change
    queryFn: async () => {
      const raw = await answered(
        planes.registry(registry, reading(name)).GET('/v2/{name}/manifests/{reference}', {
          params: { path: { name, reference: digest } },
          headers: { Accept: MEDIA_TYPES },
          parseAs: 'text',
        }),
      );
      return { raw: String(raw), manifest: parseObject(String(raw)) as Manifest | undefined };
    },
  });
}

export function useImageConfig(registry: string, name: string, config: Descriptor | undefined) {
  const planes = usePlanes();
  const readable = config !== undefined && /config.*json|image\.v1\+json/.test(config.mediaType ?? '');
  return useQuery({
    queryKey: ['config', registry, name, config?.digest],
    enabled: readable && config.size <= MOST_CONFIG_BYTES,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const digest = config?.digest ?? '';
      const params = { path: { name, digest } };
      const api = planes.registry(registry, reading(name));
      const text = await answered(api.GET('/v2/{name}/blobs/{digest}', { params, parseAs: 'text' }));
      return (parseObject(String(text)) ?? {}) as ImageConfig;
    },
  });
}

export function useReferrers(registry: string, name: string, digest: string) {
  const planes = usePlanes();
  return useQuery({
    queryKey: ['referrers', registry, name, digest],
    enabled: digest !== '',
    queryFn: async () => {
      const params = { path: { name, digest } };
      const api = planes.registry(registry, reading(name));
      return (await answered(api.GET('/v2/{name}/referrers/{digest}', { params }))).manifests;
    },
  });
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
