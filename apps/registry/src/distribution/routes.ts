import type { Route, RouteAccess, RouteMatch } from '../http/route.ts';
import type { Distribution } from './context.ts';
import { headBlob, pullBlob, removeBlob } from './routes/blobs.ts';
import { download } from './routes/downloads.ts';
import { catalog, referrers, tagList } from './routes/lists.ts';
import { pullManifest, pushManifest, removeManifest } from './routes/manifests.ts';
import { cancel, chunk, close, start, status } from './routes/uploads.ts';

const PULL: RouteAccess = { kind: 'repository', actions: ['pull'] };
const PUSH: RouteAccess = { kind: 'repository', actions: ['push'] };
const DELETE: RouteAccess = { kind: 'repository', actions: ['delete'] };
const LIST: RouteAccess = { kind: 'repository', actions: ['pull', 'metadata_read'] };
const CATALOG: RouteAccess = { kind: 'registry', action: 'catalog' };
const SIGNED_IN: RouteAccess = { kind: 'signed-in' };

const MANIFEST = '/v2/<name>/manifests/<reference>';
const BLOB = '/v2/<name>/blobs/<digest>';
const UPLOADS = '/v2/<name>/blobs/uploads/';
const UPLOAD = '/v2/<name>/blobs/uploads/<id>';

type Shape = 'base' | 'catalog' | 'tags' | 'referrers' | 'manifest' | 'blob' | 'uploads' | 'upload';

/** The table of contents of `/v2`: every route that exists, with what it needs. */
export function distributionRoutes(d: Distribution): Record<Shape, readonly Route[]> {
  return {
    base: [
      { name: 'base', method: 'GET', path: '/v2/', access: SIGNED_IN, handle: async (x) => x.sendJson(200, {}, {}) },
      { name: 'base', method: 'HEAD', path: '/v2/', access: SIGNED_IN, handle: async (x) => x.sendJson(200, {}, {}) },
    ],
    catalog: [{ name: 'catalog', method: 'GET', path: '/v2/_catalog', access: CATALOG, handle: catalog(d) }],
    tags: [{ name: 'tags', method: 'GET', path: '/v2/<name>/tags/list', access: LIST, handle: tagList(d) }],
    referrers: [
      { name: 'referrers', method: 'GET', path: '/v2/<name>/referrers/<digest>', access: PULL, handle: referrers(d) },
    ],
    manifest: [
      { name: 'manifest-get', method: 'GET', path: MANIFEST, access: PULL, handle: pullManifest(d) },
      { name: 'manifest-head', method: 'HEAD', path: MANIFEST, access: PULL, handle: pullManifest(d) },
      { name: 'manifest-put', method: 'PUT', path: MANIFEST, access: PUSH, handle: pushManifest(d) },
      { name: 'manifest-delete', method: 'DELETE', path: MANIFEST, access: DELETE, handle: removeManifest(d) },
    ],
    blob: [
      { name: 'blob-get', method: 'GET', path: BLOB, access: PULL, handle: pullBlob(d) },
      { name: 'blob-head', method: 'HEAD', path: BLOB, access: PULL, handle: headBlob(d) },
      { name: 'blob-delete', method: 'DELETE', path: BLOB, access: DELETE, handle: removeBlob(d) },
    ],
    uploads: [{ name: 'upload-start', method: 'POST', path: UPLOADS, access: PUSH, mounts: true, handle: start(d) }],
    upload: [
      { name: 'upload-status', method: 'GET', path: UPLOAD, access: PUSH, handle: status(d) },
      { name: 'upload-chunk', method: 'PATCH', path: UPLOAD, access: PUSH, handle: chunk(d) },
      { name: 'upload-close', method: 'PUT', path: UPLOAD, access: PUSH, handle: close(d) },
      { name: 'upload-cancel', method: 'DELETE', path: UPLOAD, access: PUSH, handle: cancel(d) },
    ],
  };
}

const DOWNLOAD = '/<registry-id>/<name>/blobs/<digest>';
const SIGNED: RouteAccess = {
  kind: 'public',
  why: 'on data.<domain>; the signature in the address is checked instead',
};

/** What `data.<domain>` answers to while downloads are redirected there, whatever the path: the whole address is what was signed. */
export function downloadRoutes(d: Distribution): readonly Route[] {
  return [
    { name: 'download-get', method: 'GET', path: DOWNLOAD, access: SIGNED, handle: download(d) },
    { name: 'download-head', method: 'HEAD', path: DOWNLOAD, access: SIGNED, handle: download(d) },
  ];
}

/**
 * Recognises a path below `/v2/` from its right end, since `manifests`, `blobs`, `uploads` and `tags` may stand inside a
 * repository's name (`a/b/manifests/c`). `segments` are those behind `v2`.
 */
export function matchDistribution(
  routes: Record<Shape, readonly Route[]>,
  segments: readonly string[],
): RouteMatch | undefined {
  const at = (fromEnd: number) => segments[segments.length - fromEnd];
  const named = (shape: Shape, used: number, reference?: string): RouteMatch => ({
    routes: routes[shape],
    repositoryText: segments.slice(0, segments.length - used).join('/'),
    reference,
  });
  if (segments.length === 0 || (segments.length === 1 && at(1) === '')) return { routes: routes.base };
  if (segments.length === 1 && at(1) === '_catalog') return { routes: routes.catalog };
  if (segments.length < 3) return undefined;
  if (at(2) === 'tags' && at(1) === 'list') return named('tags', 2);
  if (at(2) === 'referrers') return named('referrers', 2, at(1));
  if (at(2) === 'manifests') return named('manifest', 2, at(1));
  if (at(2) === 'blobs' && at(1) === 'uploads') return named('uploads', 2);
  if (at(2) === 'blobs') return named('blob', 2, at(1));
  if (at(3) === 'blobs' && at(2) === 'uploads') return at(1) === '' ? named('uploads', 3) : named('upload', 3, at(1));
  return undefined;
}
