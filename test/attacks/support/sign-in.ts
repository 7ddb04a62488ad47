import type { Answer } from '../../support/http-client.ts';
import type { TestRegistry } from '../../support/start-registry.ts';

export const AZURE_CLI = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';
export const AZURE_POWERSHELL = '1950a258-227b-4e31-a9cf-717495945fc2';
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
  readonly expires_in: number;
}

/** A client of a site's sign-in service and of its directory. */
export function signInClient(registry: TestRegistry) {
  const { endpoints, servicePrincipal, owner, operator } = registry.bootstrap;
  const audience = `${endpoints.management}/audience`;
  const graph = endpoints.management.replace('management.', 'graph.');
  const post = (target: string, form: Record<string, string> | string, headers: Record<string, string> = {}) =>
    registry.ask('POST', target, {
      as: 'none',
      headers: { ...FORM, ...headers },
      body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
    });
  const token = (form: Record<string, string> | string, headers?: Record<string, string>) =>
    post('/adfs/oauth2/token', form, headers);
  const granted = async (form: Record<string, string>): Promise<Tokens> => {
    const answer = await token(form);
    if (answer.status !== 200) throw new Error(`no token: ${answer.text}`);
    return answer.json<Tokens>();
  };
  const scopeOf = (plane: 'management' | 'graph') => `${plane === 'graph' ? graph : audience}/.default`;
  return {
    audience,
    graph,
    post,
    token,
    granted,
    /** A service principal's, by its secret. */
    app: async (plane: 'management' | 'graph', secret = servicePrincipal.password, appId = servicePrincipal.appId) =>
      (
        await granted({
          grant_type: 'client_credentials',
          client_id: appId,
          client_secret: secret,
          scope: scopeOf(plane),
        })
      ).access_token,
    /** A person's, by the password. */
    person: (plane: 'management' | 'graph', who = owner) =>
      granted({
        grant_type: 'password',
        client_id: AZURE_CLI,
        ...who,
        scope: `${scopeOf(plane)} openid profile offline_access`,
      }),
    owner,
    operator,
    /** A request to the directory. */
    directory: (method: string, path: string, as: string, body?: unknown): Promise<Answer> =>
      registry.ask(method, `/v1.0${path}`, {
        as,
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
      }),
    /** A request that only a good token for the resource manager gets an answer to. */
    management: (as: string): Promise<Answer> => registry.ask('GET', '/subscriptions?api-version=2022-12-01', { as }),
  };
}

export type SignInClient = ReturnType<typeof signInClient>;
