import type { Distribution } from '../distribution/context.ts';
import type { Route, RouteAccess, RouteMatch } from '../http/route.ts';
import { deletedCatalog, deletedManifests, deletedTags, restoreManifest } from './routes/deleted.ts';
import { explainBlob, explainManifest, explainTag, repositoryUsage } from './routes/explain.ts';
import {
  deleteManifest,
  deleteRepository,
  deleteTag,
  patchManifest,
  patchRepository,
  patchTag,
  showManifest,
  showRepository,
  showTag,
} from './routes/items.ts';
import { catalog, manifestList, tagList } from './routes/lists.ts';
import { requestManifestScan, showManifestScan } from './routes/scans.ts';

const READ: RouteAccess = { kind: 'repository', actions: ['metadata_read'] };
const WRITE: RouteAccess = { kind: 'repository', actions: ['metadata_write'] };
/** One for the locks, the other for what a scanner says; the route asks for each that the body needs. */
const WRITE_OR_JUDGE: RouteAccess = { kind: 'repository', actions: ['metadata_write', 'quarantine_write'] };
const DELETE: RouteAccess = { kind: 'repository', actions: ['delete'] };
const DELETED_READ: RouteAccess = { kind: 'repository', actions: ['deleted_read'] };
const DELETED_RESTORE: RouteAccess = { kind: 'repository', actions: ['deleted_restore'] };
const DELETED_CATALOG: RouteAccess = { kind: 'registry', action: 'deleted_catalog' };
const CATALOG: RouteAccess = { kind: 'registry', action: 'catalog' };

const REPOSITORY = '/acr/v1/<name>';
const TAGS = '/acr/v1/<name>/_tags';
const TAG = '/acr/v1/<name>/_tags/<tag>';
const MANIFESTS = '/acr/v1/<name>/_manifests';
const MANIFEST = '/acr/v1/<name>/_manifests/<digest>';

/** Ours; no name of a repository ends with such a segment. */
const USAGE = '/acr/v1/<name>/_usage';
const EXPLAIN_TAG = '/acr/v1/<name>/_tags/<tag>/_explain';
const EXPLAIN_MANIFEST = '/acr/v1/<name>/_manifests/<digest>/_explain';
const EXPLAIN_BLOB = '/acr/v1/<name>/_blobs/<digest>/_explain';
const SCAN = '/acr/v1/<name>/_manifests/<digest>/_scan';
const DELETED = '/acr/v1/_deleted/<name>';

type DeletedShape = 'deletedCatalog' | 'deletedManifests' | 'deletedManifest' | 'deletedTags';
type Shape =
  | DeletedShape
  | 'catalog'
  | 'repository'
  | 'usage'
  | 'tags'
  | 'tag'
  | 'tagExplanation'
  | 'manifests'
  | 'manifest'
  | 'manifestExplanation'
  | 'blobExplanation'
  | 'manifestScan';

/** The table of contents of `/acr/v1`, ACR's metadata API. Its parameter `api-version` is not looked at. */
export function metadataApiRoutes(d: Distribution) {
  const routes = routesByShape(d);
  return {
    all: Object.values(routes).flat(),
    match: (segments: readonly string[]) => matchMetadataApi(routes, segments),
  };
}

function routesByShape(d: Distribution): Record<Shape, readonly Route[]> {
  return {
    ...deletedRoutes(d),
    catalog: [{ name: 'acr-catalog', method: 'GET', path: '/acr/v1/_catalog', access: CATALOG, handle: catalog(d) }],
    repository: [
      { name: 'acr-repository-get', method: 'GET', path: REPOSITORY, access: READ, handle: showRepository(d) },
      { name: 'acr-repository-patch', method: 'PATCH', path: REPOSITORY, access: WRITE, handle: patchRepository(d) },
      {
        name: 'acr-repository-delete',
        method: 'DELETE',
        path: REPOSITORY,
        access: DELETE,
        handle: deleteRepository(d),
      },
    ],
    usage: [{ name: 'repository-usage', method: 'GET', path: USAGE, access: READ, handle: repositoryUsage(d) }],
    tagExplanation: [{ name: 'tag-explain', method: 'GET', path: EXPLAIN_TAG, access: READ, handle: explainTag(d) }],
    manifestExplanation: [
      { name: 'manifest-explain', method: 'GET', path: EXPLAIN_MANIFEST, access: READ, handle: explainManifest(d) },
    ],
    blobExplanation: [
      { name: 'blob-explain', method: 'GET', path: EXPLAIN_BLOB, access: READ, handle: explainBlob(d) },
    ],
    manifestScan: [
      { name: 'manifest-scan-get', method: 'GET', path: SCAN, access: READ, handle: showManifestScan(d) },
      { name: 'manifest-scan', method: 'POST', path: SCAN, access: WRITE, handle: requestManifestScan(d) },
    ],
    tags: [{ name: 'acr-tags', method: 'GET', path: TAGS, access: READ, handle: tagList(d) }],
    tag: [
      { name: 'acr-tag-get', method: 'GET', path: TAG, access: READ, handle: showTag(d) },
      { name: 'acr-tag-patch', method: 'PATCH', path: TAG, access: WRITE, handle: patchTag(d) },
      { name: 'acr-tag-delete', method: 'DELETE', path: TAG, access: DELETE, handle: deleteTag(d) },
    ],
    manifests: [{ name: 'acr-manifests', method: 'GET', path: MANIFESTS, access: READ, handle: manifestList(d) }],
    manifest: [
      { name: 'acr-manifest-get', method: 'GET', path: MANIFEST, access: READ, handle: showManifest(d) },
      { name: 'acr-manifest-patch', method: 'PATCH', path: MANIFEST, access: WRITE_OR_JUDGE, handle: patchManifest(d) },
      { name: 'acr-manifest-delete', method: 'DELETE', path: MANIFEST, access: DELETE, handle: deleteManifest(d) },
    ],
  };
}

/** What was deleted and can be restored; only the newer CLI asks for it. */
function deletedRoutes(d: Distribution): Record<DeletedShape, readonly Route[]> {
  const list = (name: string, path: string, handle: Route['handle']): readonly Route[] => [
    { name, method: 'GET', path, access: DELETED_READ, handle },
  ];
  return {
    deletedCatalog: [
      {
        name: 'acr-deleted-catalog',
        method: 'GET',
        path: '/acr/v1/_deleted/_catalog',
        access: DELETED_CATALOG,
        handle: deletedCatalog(d),
      },
    ],
    deletedManifests: list('acr-deleted-manifests', `${DELETED}/_manifests`, deletedManifests(d)),
    deletedTags: list('acr-deleted-tags', `${DELETED}/_tags`, deletedTags(d)),
    deletedManifest: [
      {
        name: 'acr-restore-manifest',
        method: 'POST',
        path: `${DELETED}/_manifests/<digest>`,
        access: DELETED_RESTORE,
        handle: restoreManifest(d),
      },
    ],
  };
}

/**
 * Recognises a path below `/acr/v1/` from its right end; no component of a repository's name begins with an underscore.
 * `segments` are those behind `v1`. Slashes of a name may be encoded (the SDKs do that), since a decoded segment may hold
 * some. An empty tag is a tag, and no valid one: it must never be taken for the whole repository.
 */
function matchMetadataApi(
  routes: Record<Shape, readonly Route[]>,
  segments: readonly string[],
): RouteMatch | undefined {
  const at = (fromEnd: number) => segments[segments.length - fromEnd];
  const named = (shape: Shape, used: number, reference?: string): RouteMatch => ({
    routes: routes[shape],
    repositoryText: segments.slice(0, segments.length - used).join('/'),
    ...(reference === undefined ? {} : { reference }),
  });
  if (segments.length === 1 && at(1) === '_catalog') return { routes: routes.catalog };
  if (segments[0] === '_deleted') return matchDeleted(routes, segments.slice(1));
  // Whatever else begins so is no name of a repository.
  if (segments.length === 0 || segments[0] === '' || segments[0]?.startsWith('_')) return undefined;
  if (segments.length > 1 && at(1) === '_usage') return named('usage', 1);
  if (segments.length > 3 && at(1) === '_explain' && at(3) === '_tags') return named('tagExplanation', 3, at(2));
  if (segments.length > 3 && at(1) === '_explain' && at(3) === '_manifests')
    return named('manifestExplanation', 3, at(2));
  if (segments.length > 3 && at(1) === '_explain' && at(3) === '_blobs') return named('blobExplanation', 3, at(2));
  if (segments.length > 3 && at(1) === '_scan' && at(3) === '_manifests') return named('manifestScan', 3, at(2));
  if (segments.length > 1 && at(1) === '_tags') return named('tags', 1);
  if (segments.length > 1 && at(1) === '_manifests') return named('manifests', 1);
  if (segments.length > 2 && at(2) === '_tags') return named('tag', 2, at(1));
  if (segments.length > 2 && at(2) === '_manifests') return named('manifest', 2, at(1));
  return named('repository', 0);
}

/** The same below `_deleted`, where there are fewer shapes. */
function matchDeleted(routes: Record<Shape, readonly Route[]>, segments: readonly string[]): RouteMatch | undefined {
  const at = (fromEnd: number) => segments[segments.length - fromEnd];
  const named = (shape: DeletedShape, used: number, reference?: string): RouteMatch => ({
    routes: routes[shape],
    repositoryText: segments.slice(0, segments.length - used).join('/'),
    ...(reference === undefined ? {} : { reference }),
  });
  if (segments.length === 1 && at(1) === '_catalog') return { routes: routes.deletedCatalog };
  if (segments.length > 1 && at(1) === '_tags') return named('deletedTags', 1);
  if (segments.length > 1 && at(1) === '_manifests') return named('deletedManifests', 1);
  if (segments.length > 2 && at(2) === '_manifests') return named('deletedManifest', 2, at(1));
  return undefined;
}
