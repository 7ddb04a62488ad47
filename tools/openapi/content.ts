import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { anything, type Body, flag, list, map, number, object, type Schema, text } from './schemas.ts';

// Of registries' own plane: the Distribution API, ACR's metadata API, and what is beside them.

const { ociImage, ociIndex, dockerImage, dockerList } = MEDIA_TYPE;
/** Those of today; others that were pushed come back as they were, too. */
const MANIFESTS = [ociImage, ociIndex, dockerImage, dockerList, '*/*'] as const;
const FORM = 'application/x-www-form-urlencoded';

/** Every answer of the metadata API tells which registry and repository it is of. */
const here = (properties: Readonly<Record<string, Schema>>): Schema => object({ registry: text, ...properties });
const inRepository = (properties: Readonly<Record<string, Schema>>): Schema => here({ imageName: text, ...properties });

const lockFlags = { deleteEnabled: flag, writeEnabled: flag, readEnabled: flag, listEnabled: flag };
const locks = object(lockFlags);
/** Of lists by size or by last pull. */
const rank = { 'imageSize?': number, 'lastPullTime?': text };
const tag = object({
  name: text,
  digest: text,
  createdTime: text,
  lastUpdateTime: text,
  signed: flag,
  changeableAttributes: locks,
  'manifest?': object({
    mediaType: text,
    imageSize: number,
    'architecture?': text,
    'os?': text,
    'quarantineState?': text,
  }),
  ...rank,
});
const quarantine = { 'quarantineState?': text, 'quarantineDetails?': text };
const platform = { 'architecture?': text, 'os?': text };
const acrManifest = object({
  digest: text,
  imageSize: number,
  createdTime: text,
  lastUpdateTime: text,
  ...platform,
  mediaType: text,
  'configMediaType?': text,
  'tags?': list(text),
  'references?': list(object({ digest: text, ...platform })),
  changeableAttributes: object({ ...lockFlags, ...quarantine }),
  'lastPullTime?': text,
});
const freed = object({ count: number, bytes: number });
const manifestExplanation = object({
  digest: text,
  pushedBy: text,
  'lastPullTime?': text,
  referencedBy: object({ tags: list(text), indexes: list(text), referrers: list(text) }),
  'subject?': text,
  'keptBy?': text,
  'lock?': object({ flag: text, kind: text, name: text, setBy: text }),
  'quarantine?': object({ state: text, manifest: text, 'setBy?': text, 'since?': text }),
  deletingFrees: freed,
  layers: list(
    object({
      digest: text,
      kind: text,
      size: number,
      stored: flag,
      manifests: list(text),
      shared: flag,
      repositories: list(text),
    }),
  ),
});
const blobExplanation = object({
  digest: text,
  size: number,
  'damage?': text,
  state: text,
  since: text,
  'goesAt?': text,
  manifests: list(object({ digest: text, tags: list(text) })),
  shared: flag,
  repositories: list(text),
});
const tagExplanation = object({
  name: text,
  'keptBy?': text,
  deletingFrees: freed,
  lastTag: flag,
  manifest: manifestExplanation,
});
const repositoryUsage = object({
  manifestCount: number,
  tagCount: number,
  storedBytes: number,
  uniqueBytes: number,
  sharedBytes: number,
  logicalBytes: number,
  'lastPullTime?': text,
  'keptBy?': text,
  deletingFrees: freed,
});
const deletedManifest = object({
  digest: text,
  imageSize: number,
  createdTime: text,
  deletedAt: text,
  ...platform,
  mediaType: text,
  'configMediaType?': text,
  'tags?': list(text),
});
const deletedTag = object({ tag: text, digest: text, deletedAt: text });
const scan = inRepository({
  scan: object({
    digest: text,
    state: text,
    'requestedTime?': text,
    'finishedTime?': text,
    'failures?': number,
    'reason?': text,
    'severity?': text,
    'scanner?': text,
    'report?': anything,
  }),
});
const repository = here({
  imageName: text,
  createdTime: text,
  lastUpdateTime: text,
  manifestCount: number,
  tagCount: number,
  changeableAttributes: locks,
});
const listedRepository = object({
  name: text,
  createdTime: text,
  lastUpdateTime: text,
  manifestCount: number,
  tagCount: number,
  storedBytes: number,
  'lastPullTime?': text,
});
const descriptor = object({
  mediaType: text,
  digest: text,
  size: number,
  'artifactType?': text,
  'annotations?': map(text),
});
const pageQuery = {
  n: number,
  last: text,
  orderby: text,
  lastTime: text,
  lastKey: text,
  lastDigest: text,
  digest: text,
};
/** https://distribution.github.io/distribution/spec/auth/token/ */
const accessToken = object({
  access_token: text,
  'token?': text,
  'expires_in?': number,
  'issued_at?': text,
  'scope?': text,
  'refresh_token?': text,
});
const bytes: Body = { response: anything, responseType: 'application/octet-stream' };
const namedTag = { repository: text, tag: text };

/** By the name of the route. */
export const CONTENT: Readonly<Record<string, Body>> = {
  base: { response: object({}) },
  'token-get': {
    query: { service: text, scope: text, account: text },
    response: accessToken,
  },
  'token-post': {
    requestType: FORM,
    request: object({ grant_type: text, service: text, scope: text, refresh_token: text }),
    response: accessToken,
  },
  'token-exchange': {
    requestType: FORM,
    request: object({ grant_type: text, service: text, access_token: text }),
    response: object({ refresh_token: text }),
  },
  catalog: { query: { n: number, last: text }, response: object({ repositories: list(text) }) },
  tags: { query: { n: number, last: text }, response: object({ name: text, tags: list(text) }) },
  'manifest-put': { request: anything, requestType: ociImage, empty: [201] },
  'manifest-get': { response: anything, responseType: MANIFESTS, empty: [304] },
  'manifest-head': { empty: [200, 304] },
  'manifest-delete': { empty: [202] },
  referrers: {
    query: { artifactType: text, n: number, last: text },
    response: object({ schemaVersion: number, mediaType: text, manifests: list(descriptor) }),
    responseType: ociIndex,
  },
  'blob-get': { ...bytes, statuses: [200, 206], empty: [304, 307] },
  'blob-head': { empty: [200, 304] },
  'blob-delete': { empty: [202] },
  'upload-start': { query: { digest: text, mount: text, from: text, 'digest-algorithm': text }, empty: [201, 202] },
  'upload-chunk': { request: anything, requestType: 'application/octet-stream', empty: [202] },
  'upload-close': { query: { digest: text }, empty: [201] },
  'upload-status': { empty: [204] },
  'upload-cancel': { empty: [204] },
  'download-get': { ...bytes, statuses: [200, 206], empty: [304] },
  'download-head': { empty: [200, 304] },
  'acr-catalog': {
    query: { ...pageQuery, details: text },
    response: object({ repositories: list(text), 'details?': list(listedRepository) }),
  },
  'acr-repository-get': { response: repository },
  'acr-repository-patch': { request: anything, response: repository },
  'acr-repository-delete': {
    response: object({ manifestsDeleted: list(text), tagsDeleted: list(text) }),
    statuses: [202],
  },
  'repository-usage': { response: inRepository({ usage: repositoryUsage }) },
  'manifest-explain': { response: inRepository({ manifest: manifestExplanation }) },
  'blob-explain': { response: inRepository({ blob: blobExplanation }) },
  'tag-explain': { response: inRepository({ tag: tagExplanation }) },
  'acr-deleted-catalog': { query: pageQuery, response: here({ repositories: list(text) }) },
  'acr-deleted-manifests': { query: pageQuery, response: inRepository({ manifests: list(deletedManifest) }) },
  'acr-deleted-tags': { query: pageQuery, response: inRepository({ tags: list(deletedTag) }) },
  'acr-restore-manifest': {
    query: { force: text },
    request: anything,
    response: inRepository({ digest: text, 'tag?': text }),
  },
  'acr-tags': { query: { ...pageQuery, include: text }, response: inRepository({ tags: list(tag) }) },
  'acr-tag-get': { response: inRepository({ tag }) },
  'acr-tag-patch': { request: anything, response: inRepository({ tag }) },
  'acr-tag-delete': { empty: [202] },
  'acr-manifests': { query: pageQuery, response: inRepository({ manifests: list(acrManifest) }) },
  'acr-manifest-get': { response: inRepository({ manifest: acrManifest }) },
  'acr-manifest-patch': { request: anything, response: inRepository({ manifest: acrManifest }) },
  'acr-manifest-delete': { empty: [202] },
  'manifest-scan': { response: scan, statuses: [202] },
  'manifest-scan-get': { response: scan },
  'bundle-plan': {
    request: object({ bytes: number, tags: list(object({ ...namedTag, digest: text })) }),
    response: object({
      room: object({ left: number, fits: flag, siteFits: flag }),
      quarantine: flag,
      tags: list(object({ ...namedTag, digest: text, state: text, 'previous?': text, 'why?': text })),
    }),
  },
  'bundle-tags': {
    request: anything,
    response: object({ moved: number, tags: number, superseded: list(object(namedTag)) }),
  },
};
