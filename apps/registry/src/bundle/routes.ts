import type { Distribution } from '../distribution/context.ts';
import { createPathTable } from '../http/path-table.ts';
import type { Route, RouteAccess, RouteHandler, RouteMatch } from '../http/route.ts';
import type { Bundles } from './context.ts';
import * as bundles from './routes/bundles.ts';
import * as files from './routes/files.ts';
import * as journal from './routes/journal.ts';
import { postPlan } from './routes/plan.ts';
import { postTags } from './routes/tags.ts';

const PUSH: RouteAccess = { kind: 'repository', actions: ['push'] };
const READ: RouteAccess = { kind: 'registry', action: 'bundle_read' };
const WRITE: RouteAccess = { kind: 'registry', action: 'bundle_write' };
const TRUST: RouteAccess = { kind: 'registry', action: 'bundle_trust' };

const FILE = '/_files/<id>';
const BUNDLE = '/_bundles/<digest>';
const VOLUME = '/_bundles/<digest>/_volumes/<number>';

/** What bundles need of a repository, and `/v2` has not: the command line calls them. */
function repositoryRoutes(d: Distribution): Readonly<Record<'tags' | 'plan', readonly Route[]>> {
  const row = (what: 'tags' | 'plan', handle: RouteHandler): readonly Route[] => [
    { name: `bundle-${what}`, method: 'POST', path: `/holdfast/v1/<name>/_${what}`, access: PUSH, handle },
  ];
  return { tags: row('tags', postTags(d)), plan: row('plan', postPlan(d)) };
}

/** The transfer station of a registry. */
function stationRoutes(d: Bundles): readonly Route[] {
  const row = (name: string, method: string, path: string, access: RouteAccess, handle: RouteHandler): Route => ({
    name,
    method,
    path: `/holdfast/v1${path}`,
    access,
    handle,
  });
  return [
    row('bundle-files', 'GET', '/_files', WRITE, files.list(d)),
    row('bundle-file-start', 'POST', '/_files', WRITE, files.start(d)),
    row('bundle-file', 'GET', FILE, WRITE, files.show(d)),
    row('bundle-file', 'HEAD', FILE, WRITE, files.show(d)),
    row('bundle-file-chunk', 'PATCH', FILE, WRITE, files.chunk(d)),
    row('bundle-file-complete', 'POST', `${FILE}/_complete`, WRITE, files.complete(d)),
    row('bundle-file-import', 'POST', `${FILE}/_import`, WRITE, files.importArchive(d)),
    row('bundle-file-delete', 'DELETE', FILE, WRITE, files.remove(d)),
    row('bundles', 'GET', '/_bundles', READ, bundles.list(d)),
    row('bundle-create', 'POST', '/_bundles', WRITE, bundles.create(d)),
    row('bundle-estimate', 'POST', '/_bundles/_estimate', WRITE, bundles.estimate(d)),
    row('bundle', 'GET', BUNDLE, READ, bundles.show(d)),
    row('bundle-delete', 'DELETE', BUNDLE, WRITE, bundles.remove(d)),
    row('bundle-verify', 'POST', `${BUNDLE}/_verify`, WRITE, bundles.work(d, 'verify')),
    row('bundle-plan-staged', 'POST', `${BUNDLE}/_plan`, WRITE, bundles.plan(d)),
    row('bundle-apply', 'POST', `${BUNDLE}/_apply`, WRITE, bundles.work(d, 'apply')),
    row('bundle-volume', 'GET', VOLUME, READ, bundles.download(d)),
    row('bundle-volume', 'HEAD', VOLUME, READ, bundles.download(d)),
    row('bundle-volume-delete', 'DELETE', VOLUME, WRITE, bundles.remove(d)),
    row('bundle-operations', 'GET', '/_operations', READ, journal.operations(d)),
    row('bundle-operation', 'GET', '/_operations/<id>', READ, journal.operation(d)),
    row('bundle-operation-cancel', 'DELETE', '/_operations/<id>', WRITE, journal.cancel(d)),
    row('bundle-receipt', 'GET', '/_receipt', READ, journal.receipt(d)),
    row('bundle-key', 'GET', '/_key', READ, journal.key(d)),
    row('bundle-signers', 'GET', '/_signers', READ, journal.signers(d)),
    row('bundle-signer-add', 'POST', '/_signers', TRUST, journal.trust(d)),
    row('bundle-signer-delete', 'DELETE', '/_signers/<digest>', TRUST, journal.distrust(d)),
    row('bundle-custody', 'GET', '/_custody', WRITE, journal.custody(d)),
  ];
}

/** The table of contents of `/holdfast/v1`. */
export function bundleRoutes(d: Bundles) {
  const ofRepository = repositoryRoutes(d);
  const station = stationRoutes(d);
  const table = createPathTable(station.map((route) => ({ ...route, path: route.path.replace(/<(\w+)>/g, '{$1}') })));
  return {
    all: [...ofRepository.tags, ...ofRepository.plan, ...station],
    /** `segments` are those behind `v1`. No component of a repository's name begins with an underscore. */
    match: (segments: readonly string[]): RouteMatch | undefined => {
      if (segments[0]?.startsWith('_')) return table.match(['holdfast', 'v1', ...segments]);
      const last = segments.at(-1);
      if (segments.length < 2 || (last !== '_tags' && last !== '_plan')) return undefined;
      return {
        routes: last === '_tags' ? ofRepository.tags : ofRepository.plan,
        repositoryText: segments.slice(0, -1).join('/'),
      };
    },
  };
}
