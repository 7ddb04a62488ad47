import { randomUUID } from 'node:crypto';
import type { Answer } from './http-client.ts';
import { type StartOptions, startRegistry, type TestRegistry } from './start-registry.ts';

/** Who asks: an access token for the resource manager, or none. */
export type Bearer = string | undefined;

export interface AzureSite extends TestRegistry {
  /** `/subscriptions/<id>` */
  readonly subscription: string;
  /** `/subscriptions/<id>/resourceGroups/default` */
  readonly group: string;
  /** Token of the Owner that the first start made. */
  readonly owner: string;
  /** Calls the resource manager; adds an api-version unless the path has one. The owner asks unless somebody else does. */
  arm(method: string, path: string, options?: { body?: unknown; as?: Bearer; version?: string }): Promise<Answer>;
  /** A token of the person who runs the site. */
  operator(): Promise<string>;
  /** `/subscriptions/<id>/providers/Microsoft.ContainerRegistry.Admin/locations/<region>`, the operator's. */
  administration(): Promise<string>;
  /** Calls the directory as the owner. */
  graph(method: string, path: string, body?: unknown): Promise<Answer>;
  /** A new service principal, with the role at each scope. */
  robot(role?: string, ...scopes: string[]): Promise<Robot>;
  assign(role: string, objectId: string, scope: string): Promise<string>;
  /** A token by client credentials. */
  signIn(clientId: string, secret: string, audience?: string): Promise<string>;
}

export interface Robot {
  readonly appId: string;
  /** Object id of the service principal. */
  readonly objectId: string;
  readonly secret: string;
  /** For the resource manager. */
  readonly token: string;
}

export const REGISTRIES = 'providers/Microsoft.ContainerRegistry/registries';
/** The code of an error of the resource manager. */
export const codeOf = (answer: Answer): string => answer.json<{ error: { code: string } }>().error.code;
/** What a list of the resource manager holds. */
export const valuesOf = <T>(answer: Answer): T[] => answer.json<{ value: T[] }>().value;

/** The id that the Azure CLI has everywhere. */
const AZURE_CLI = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const JSON_TYPE = { 'Content-Type': 'application/json' };

/** A whole site in this process with its Azure plane at hand; everything by path, so that no name need resolve. */
export async function startAzureSite(options: StartOptions = {}): Promise<AzureSite> {
  const registry = await startRegistry(options);
  const { subscriptionId, servicePrincipal } = registry.bootstrap;
  const endpoints = (await registry.ask('GET', '/metadata/endpoints?api-version=2022-09-01', { as: 'none' })).json<{
    microsoftGraphResourceId: string;
    authentication: { audiences: string[] };
  }>();
  const [audience = ''] = endpoints.authentication.audiences;
  const signIn: AzureSite['signIn'] = async (clientId, secret, to = audience) => {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: secret,
      scope: `${to}/.default`,
    });
    const answer = await registry.ask('POST', '/adfs/oauth2/token', {
      as: 'none',
      headers: FORM,
      body: form.toString(),
    });
    if (answer.status !== 200) throw new Error(`sign-in: ${answer.status} ${answer.text}`);
    return answer.json<{ access_token: string }>().access_token;
  };
  const owner = await signIn(servicePrincipal.appId, servicePrincipal.password);
  const ownerInGraph = await signIn(
    servicePrincipal.appId,
    servicePrincipal.password,
    endpoints.microsoftGraphResourceId,
  );
  const send = (method: string, target: string, as: Bearer, body: unknown) =>
    registry.ask(method, target, {
      as: as ?? 'none',
      ...(body === undefined ? {} : { headers: JSON_TYPE, body: JSON.stringify(body) }),
    });
  const arm: AzureSite['arm'] = (method, path, { body, as = owner, version = '2019-05-01' } = {}) =>
    send(method, `${path}${path.includes('?') ? '&' : '?'}api-version=${version}`, as, body);
  const graph: AzureSite['graph'] = (method, path, body) => send(method, `/v1.0${path}`, ownerInGraph, body);
  const subscription = `/subscriptions/${subscriptionId}`;
  const assign: AzureSite['assign'] = async (role, objectId, scope) => {
    const filter = encodeURIComponent(`roleName eq '${role}'`);
    const found = await arm('GET', `${scope}/providers/Microsoft.Authorization/roleDefinitions?$filter=${filter}`);
    const [definition] = found.json<{ value: { id: string }[] }>().value;
    const path = `${scope}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`;
    const properties = { roleDefinitionId: definition?.id, principalId: objectId };
    const answer = await arm('PUT', path, { body: { properties } });
    if (answer.status !== 201) throw new Error(`assignment: ${answer.status} ${answer.text}`);
    return path;
  };
  const operator: AzureSite['operator'] = async () => {
    const { username, password } = registry.bootstrap.operator;
    const form = { grant_type: 'password', client_id: AZURE_CLI, username, password, scope: `${audience}/.default` };
    const body = new URLSearchParams(form).toString();
    const answer = await registry.ask('POST', '/adfs/oauth2/token', { as: 'none', headers: FORM, body });
    if (answer.status !== 200) throw new Error(`sign-in: ${answer.status} ${answer.text}`);
    return answer.json<{ access_token: string }>().access_token;
  };
  const administration: AzureSite['administration'] = async () => {
    const [own] = valuesOf<{ id: string }>(await arm('GET', '/subscriptions', { as: await operator() }));
    return `${own?.id}/providers/Microsoft.ContainerRegistry.Admin/locations/${registry.bootstrap.region}`;
  };
  const more: Omit<AzureSite, keyof TestRegistry> = {
    subscription,
    group: `${subscription}/resourceGroups/default`,
    owner,
    operator,
    administration,
    arm,
    graph,
    signIn,
    assign,
    robot: async (role, ...scopes) => {
      const name = `robot-${randomUUID()}`;
      const application = (await graph('POST', '/applications', { displayName: name })).json<{
        id: string;
        appId: string;
      }>();
      const added = await graph('POST', `/applications/${application.id}/addPassword`, { passwordCredential: {} });
      const { secretText } = added.json<{ secretText: string }>();
      const { appId } = application;
      const principal = (await graph('POST', '/servicePrincipals', { appId })).json<{ id: string }>();
      if (role) for (const scope of scopes) await assign(role, principal.id, scope);
      return { appId, objectId: principal.id, secret: secretText, token: await signIn(appId, secretText) };
    },
  };
  // Not a spread, which would take the values of now: port and routes change with a restart.
  return Object.defineProperties(more, Object.getOwnPropertyDescriptors(registry)) as AzureSite;
}
