import createClient, { type Client, type Middleware } from 'openapi-fetch';
import type { Audience, Session } from '../session/session.ts';
import { loginServerOf, registryOrigin, type SiteSettings } from '../settings.ts';
import { RegistryTokens } from './registry-tokens.ts';
import type { paths } from './schema.d.ts';

export type Api = Client<paths>;

export interface Planes {
  readonly settings: SiteSettings;
  readonly session: Session;
  readonly management: Api;
  readonly graph: Api;
  /** The data plane of a registry, with a token of this scope. */
  registry(name: string, scope: string): Api;
}

/** Slashes of repositories' names and of scopes stay slashes. */
const serializer = (path: string, values: Record<string, unknown>): string =>
  path.replace(/\{([^}]+)\}/g, (_, name: string) =>
    String(values[name] ?? '')
      .split('/')
      .map(encodeURIComponent)
      .join('/'),
  );

function client(baseUrl: string, ...middleware: Middleware[]): Api {
  const made = createClient<paths>({
    baseUrl: baseUrl || location.origin,
    pathSerializer: serializer,
    credentials: 'omit',
  });
  made.use(...middleware);
  return made;
}

/** The planes of the site, spoken to as the one who is signed in. */
export function openPlanes(settings: SiteSettings, session: Session): Planes {
  const signedIn = (audience: Audience): Middleware => ({
    onRequest: async ({ request }) => {
      request.headers.set('Authorization', `Bearer ${await session.token(audience)}`);
      return request;
    },
    onResponse: ({ response }) => {
      // A missing right is 403 here: 401 is a token that was revoked meanwhile.
      if (response.status !== 401) return;
      session.forget(audience);
      // Says so at once when there is no other one, and not only at the next click.
      session.token(audience).catch(() => undefined);
    },
  });
  const registries = new Map<string, RegistryTokens>();
  return {
    settings,
    session,
    management: client(settings.management, signedIn('management')),
    graph: client(settings.graph, signedIn('graph')),
    registry: (name, scope) => {
      const origin = registryOrigin(settings, name);
      const tokens = registries.get(origin) ?? new RegistryTokens(session, origin, loginServerOf(settings, name));
      registries.set(origin, tokens);
      return client(origin, {
        onRequest: async ({ request }) => {
          request.headers.set('Authorization', `Bearer ${await tokens.get(scope)}`);
          return request;
        },
      });
    },
  };
}
