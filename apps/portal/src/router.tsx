import type { QueryClient } from '@tanstack/react-query';
import { createRootRoute, createRoute, createRouter, Navigate } from '@tanstack/react-router';
import { AccessPage } from './access/access-page.tsx';
import type { Planes } from './api/planes.ts';
import { CheckPage } from './connection/check-page.tsx';
import { OperatorPage } from './operator/operator-page.tsx';
import { PoliciesPage } from './policies/policies-page.tsx';
import { ReferencePage } from './reference/reference-page.tsx';
import { CreateRegistryPage } from './registries/create-page.tsx';
import { OverviewPage } from './registries/overview-page.tsx';
import { PropertiesPage } from './registries/properties-page.tsx';
import { QuickstartPage } from './registries/quickstart-page.tsx';
import { RegistriesPage } from './registries/registries-page.tsx';
import { askAhead } from './repositories/ask-ahead.ts';
import { DeletedPage } from './repositories/deleted.tsx';
import type { ListAddress } from './repositories/order-select.tsx';
import { RepositoriesPage } from './repositories/repositories-page.tsx';
import { RepositoryPage } from './repositories/repository-page.tsx';
import { ActivityPage } from './settings/activity-page.tsx';
import { KeysPage } from './settings/keys-page.tsx';
import { portalBase, type SiteSettings } from './settings.ts';
import { Shell } from './shell/shell.tsx';
import { SignedOutPage } from './shell/signed-out-page.tsx';
import { UnknownPage } from './shell/unknown-page.tsx';
import { ScopeMapsPage } from './tokens/scope-maps-page.tsx';
import { TokensPage } from './tokens/tokens-page.tsx';
import { CreateBundlePage } from './transfer/create-page.tsx';
import { CustodyPage } from './transfer/custody-page.tsx';
import { LabelsPage } from './transfer/labels-page.tsx';
import { SetPage } from './transfer/set-page.tsx';
import { SignersPage } from './transfer/signers-page.tsx';
import { TransferPage } from './transfer/transfer-page.tsx';
import { WebhooksPage } from './webhooks/webhooks-page.tsx';

/** Pages that need nobody to be signed in. */
export const OPEN_PAGES: ReadonlySet<string> = new Set(['api', 'check', 'signed-out']);

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}

/** Every search parameter is text, as it stands in the address. */
const asText = (search: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(search).map(([name, value]) => [name, String(value)]));

/** What comes within that time is drawn with its page; a page that is drawn without it is laid out and painted twice. */
const AT_ONCE_MS = 150;

/** @param ahead undefined where nobody is signed in */
export function makeRouter(settings: SiteSettings, ahead: { planes: Planes; queries: QueryClient } | undefined) {
  const root = createRootRoute({
    component: Shell,
    notFoundComponent: UnknownPage,
    validateSearch: asText,
  });
  const page = (path: string, component: () => React.ReactNode) =>
    createRoute({ getParentRoute: () => root, path, component });
  const repository = createRoute({
    getParentRoute: () => root,
    path: '/r/$registry/repo/$',
    component: RepositoryPage,
    loaderDeps: ({ search }) => search as ListAddress,
    loader: ({ params: { registry, _splat: path = '' }, deps: address, cause }) => {
      const asked = ahead && askAhead(ahead.planes, ahead.queries, { registry, path, address });
      // What is typed is in the address: it must not wait.
      return cause === 'enter'
        ? Promise.race([asked, new Promise<void>((go) => setTimeout(go, AT_ONCE_MS))])
        : undefined;
    },
  });
  const routeTree = root.addChildren([
    page('/', () => <Navigate to={'/registries' as '/'} replace />),
    page('/registries', RegistriesPage),
    page('/registries/new', CreateRegistryPage),
    page('/r/$registry', OverviewPage),
    page('/r/$registry/quickstart', QuickstartPage),
    page('/r/$registry/repositories', RepositoriesPage),
    repository,
    page('/r/$registry/deleted', DeletedPage),
    page('/r/$registry/access', AccessPage),
    page('/r/$registry/activity', ActivityPage),
    page('/r/$registry/webhooks', WebhooksPage),
    page('/r/$registry/webhooks/$hook', WebhooksPage),
    page('/r/$registry/keys', KeysPage),
    page('/r/$registry/policies', PoliciesPage),
    page('/r/$registry/properties', PropertiesPage),
    page('/r/$registry/tokens', TokensPage),
    page('/r/$registry/tokens/$token', TokensPage),
    page('/r/$registry/scope-maps', ScopeMapsPage),
    page('/r/$registry/transfer', TransferPage),
    page('/r/$registry/transfer/new', CreateBundlePage),
    page('/r/$registry/transfer/custody', CustodyPage),
    page('/r/$registry/transfer/signers', SignersPage),
    page('/r/$registry/transfer/sets/$set', SetPage),
    page('/r/$registry/transfer/sets/$set/labels', LabelsPage),
    page('/operator', OperatorPage),
    page('/check', () => <CheckPage settings={settings} />),
    page('/api', ReferencePage),
    page('/signed-out', () => <SignedOutPage settings={settings} />),
  ]);
  return createRouter({
    routeTree,
    basepath: portalBase.pathname,
    scrollRestoration: true,
    // Texts as they are: `?q=1` is a search for "1", not for a number.
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => {
      const text = new URLSearchParams(search as Record<string, string>).toString();
      return text === '' ? '' : `?${text}`;
    },
  });
}
