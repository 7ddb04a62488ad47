import { MEDIA_TYPE } from '@holdfast/oci/media-types';

/** What is accepted of a registry: everything that may stand under a reference. */
export const MANIFEST_TYPES = [
  MEDIA_TYPE.ociImage,
  MEDIA_TYPE.ociIndex,
  MEDIA_TYPE.ociArtifact,
  MEDIA_TYPE.dockerImage,
  MEDIA_TYPE.dockerList,
].join(', ');
