import type { Distribution } from '../distribution/context.ts';
import type { Route, RouteAccess, RouteHandler, RouteMatch } from '../http/route.ts';
import { postPlan } from './routes/plan.ts';
import { postTags } from './routes/tags.ts';

const PUSH: RouteAccess = { kind: 'repository', actions: ['push'] };

/** The table of contents of `/holdfast/v1`: what bundles need and `/v2` has not. */
export function bundleRoutes(d: Distribution): Readonly<Record<'tags' | 'plan', readonly Route[]>> {
  const row = (what: 'tags' | 'plan', handle: RouteHandler): readonly Route[] => [
    { name: `bundle-${what}`, method: 'POST', path: `/holdfast/v1/<name>/_${what}`, access: PUSH, handle },
  ];
  return { tags: row('tags', postTags(d)), plan: row('plan', postPlan(d)) };
}

/** `segments` are those behind `v1`. No component of a repository's name begins with an underscore. */
export function matchBundles(
  routes: ReturnType<typeof bundleRoutes>,
  segments: readonly string[],
): RouteMatch | undefined {
  const last = segments.at(-1);
  if (segments.length < 2 || (last !== '_tags' && last !== '_plan')) return undefined;
  return {
    routes: last === '_tags' ? routes.tags : routes.plan,
    repositoryText: segments.slice(0, -1).join('/'),
  };
}
