import type { Distribution } from '../distribution/context.ts';
import type { Route, RouteAccess, RouteMatch } from '../http/route.ts';
import { postTags } from './routes/tags.ts';

const PUSH: RouteAccess = { kind: 'repository', actions: ['push'] };

/** The table of contents of `/holdfast/v1`: what bundles need and `/v2` has not. */
export function bundleRoutes(d: Distribution): readonly Route[] {
  return [
    { name: 'bundle-tags', method: 'POST', path: '/holdfast/v1/<name>/_tags', access: PUSH, handle: postTags(d) },
  ];
}

/** `segments` are those behind `v1`. No component of a repository's name begins with an underscore. */
export function matchBundles(routes: readonly Route[], segments: readonly string[]): RouteMatch | undefined {
  if (segments.length < 2 || segments.at(-1) !== '_tags') return undefined;
  return { routes, repositoryText: segments.slice(0, -1).join('/') };
}
