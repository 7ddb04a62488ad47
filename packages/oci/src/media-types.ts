/**
 * The media types that this registry knows by name.
 * https://github.com/opencontainers/image-spec/blob/main/media-types.md and
 * https://distribution.github.io/distribution/spec/manifest-v2-2/#media-types
 */
export const MEDIA_TYPE = {
  ociImage: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  /** Of image-spec 1.1.0-rc2 only; ORAS 0.x and notation 1.0 release candidates pushed it. */
  ociArtifact: 'application/vnd.oci.artifact.manifest.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  ociEmpty: 'application/vnd.oci.empty.v1+json',
  ociLayer: 'application/vnd.oci.image.layer.v1.tar',
  ociLayerGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  ociLayerZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  ociForeignLayer: 'application/vnd.oci.image.layer.nondistributable.v1.tar',
  ociForeignLayerGzip: 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
  ociForeignLayerZstd: 'application/vnd.oci.image.layer.nondistributable.v1.tar+zstd',
  dockerImage: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerSchema1: 'application/vnd.docker.distribution.manifest.v1+json',
  dockerSchema1Signed: 'application/vnd.docker.distribution.manifest.v1+prettyjws',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerLayerGzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  dockerForeignLayer: 'application/vnd.docker.image.rootfs.foreign.diff.tar',
  dockerForeignLayerGzip: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
  buildkitCacheConfig: 'application/vnd.buildkit.cacheconfig.v0',
} as const;

/**
 * Type and subtype without parameters, in lower case: "the registry SHOULD ignore parameters on the Content-Type header".
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests
 */
export function normaliseMediaType(contentType: string): string {
  const semicolon = contentType.indexOf(';');
  return (semicolon === -1 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
}

const RESTRICTED_NAME = '[a-z0-9][a-z0-9!#$&^_.+-]{0,126}';
const MEDIA_TYPE_GRAMMAR = new RegExp(`^${RESTRICTED_NAME}/${RESTRICTED_NAME}$`);

/** Whether a normalised media type follows RFC 6838 section 4.2 (both names at most 127 characters). */
export function isMediaTypeShaped(mediaType: string): boolean {
  return mediaType.length <= 255 && MEDIA_TYPE_GRAMMAR.test(mediaType);
}

/** An image manifest: one config and layers. */
export function isImageType(mediaType: string): boolean {
  return mediaType === MEDIA_TYPE.ociImage || mediaType === MEDIA_TYPE.dockerImage;
}

/** A list of manifests. */
export function isIndexType(mediaType: string): boolean {
  return mediaType === MEDIA_TYPE.ociIndex || mediaType === MEDIA_TYPE.dockerList;
}

export function isSchema1Type(mediaType: string): boolean {
  return mediaType === MEDIA_TYPE.dockerSchema1 || mediaType === MEDIA_TYPE.dockerSchema1Signed;
}

/**
 * A layer that may be missing from the registry; its `urls` are never fetched. By prefix, as containerd's
 * `images.IsNonDistributable` does.
 * https://github.com/opencontainers/image-spec/blob/main/layer.md#non-distributable-layers
 */
export function isNonDistributable(mediaType: string): boolean {
  return (
    mediaType.startsWith('application/vnd.oci.image.layer.nondistributable.') ||
    mediaType.startsWith('application/vnd.docker.image.rootfs.foreign.')
  );
}

const BLOB_TYPES: ReadonlySet<string> = new Set([
  MEDIA_TYPE.ociConfig,
  MEDIA_TYPE.ociEmpty,
  MEDIA_TYPE.dockerConfig,
  MEDIA_TYPE.buildkitCacheConfig,
]);

/**
 * A type whose content is a blob and never a manifest. BuildKit's registry cache (`image-manifest=false`) pushes an
 * index whose `manifests` are layers and a cache config.
 */
export function isBlobType(mediaType: string): boolean {
  return (
    BLOB_TYPES.has(mediaType) ||
    mediaType.startsWith('application/vnd.oci.image.layer.') ||
    mediaType.startsWith('application/vnd.docker.image.rootfs.')
  );
}
