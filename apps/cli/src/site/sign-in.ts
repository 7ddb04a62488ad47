import { CommandError } from '../command-error.ts';
import { type HttpAnswer, send } from './http.ts';
import type { CachedToken, Endpoints, Subscription, User } from './profile.ts';

/** The application that people sign in to: the id that the Azure CLI has everywhere; it is public and has no secret. */
const AZURE_CLI = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';

export interface SignedIn {
  readonly endpoints: Endpoints;
  readonly user: User;
}

/** What a site says of itself; `server` is its management endpoint, or its machine by any name. */
export async function discoverEndpoints(server: string): Promise<Endpoints> {
  const origin = originOf(server);
  const answer = await send(`${origin}/metadata/endpoints?api-version=2022-09-01`);
  const found = answer.json<{
    resourceManager: string;
    microsoftGraphResourceId: string;
    authentication: { loginEndpoint: string; audiences: [string] };
    suffixes: { acrLoginServer: string };
  }>();
  if (!answer.ok || !found?.authentication) {
    throw new CommandError(`${origin} is no management endpoint of a site: it answered ${answer.status}.`);
  }
  const { resourceManager, microsoftGraphResourceId, authentication, suffixes } = found;
  const common = {
    audience: authentication.audiences[0],
    graphAudience: microsoftGraphResourceId,
    registrySuffix: suffixes.acrLoginServer,
  };
  if (new URL(resourceManager).host !== new URL(origin).host) {
    return { ...common, management: origin, login: `${origin}/adfs`, graph: origin, byPath: origin };
  }
  const bare = (url: string) => url.replace(/\/+$/, '');
  return {
    ...common,
    management: origin,
    login: bare(authentication.loginEndpoint),
    graph: bare(microsoftGraphResourceId),
  };
}

function originOf(server: string): string {
  const url = server.includes('://') ? server : `https://${server}`;
  if (!URL.canParse(url))
    throw new CommandError(`'${server}' is no address of a site, such as https://management.site.example/`, 2);
  const { origin, protocol, hostname } = new URL(url);
  if (protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) {
    throw new CommandError(`${origin} is plain HTTP, which would show your password to the network. Use https.`, 2);
  }
  return origin;
}

interface TokenReply {
  readonly access_token: string;
  readonly expires_in: number | string;
  readonly refresh_token?: string;
}

/** A token for an audience, by whatever the user has: a secret, or a refresh token, which may come back as a new one. */
export async function requestToken(
  { endpoints, user }: SignedIn,
  audience: string,
): Promise<CachedToken & { user: User }> {
  if (user.secret !== undefined) {
    const form = { grant_type: 'client_credentials', client_id: user.name, client_secret: user.secret };
    return kept(user, await ask(endpoints, { ...form, scope: `${audience}/.default` }));
  }
  if (user.refreshToken === undefined)
    throw new CommandError("Please run 'holdfast login' again: nothing is kept to sign in with.");
  const form = { grant_type: 'refresh_token', client_id: AZURE_CLI, refresh_token: user.refreshToken };
  return kept(user, await ask(endpoints, { ...form, scope: personal(audience) }));
}

/** A person's name and password. */
export async function signInByPassword(endpoints: Endpoints, name: string, password: string) {
  const form = { grant_type: 'password', client_id: AZURE_CLI, username: name, password };
  return kept({ name, type: 'user' }, await ask(endpoints, { ...form, scope: personal(endpoints.audience) }));
}

/** A person signs in in a browser anywhere; `tell` gets the text that says where, and with what code. */
export async function signInByDeviceCode(endpoints: Endpoints, tell: (message: string) => void) {
  const scope = personal(endpoints.audience);
  const answer = await post(`${endpoints.login}/oauth2/devicecode`, { client_id: AZURE_CLI, scope });
  const device = answer.json<{ device_code: string; interval: number; message: string }>();
  if (!answer.ok || !device) throw refused(answer);
  tell(device.message);
  const form = {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    client_id: AZURE_CLI,
    device_code: device.device_code,
  };
  for (let seconds = device.interval; ; ) {
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const reply = await post(`${endpoints.login}/oauth2/token`, form);
    const found = reply.json<TokenReply & { error?: string; id_token?: string }>();
    if (reply.ok && found) return kept({ name: nameIn(found.id_token), type: 'user' }, found);
    if (found?.error === 'slow_down') seconds += 5;
    else if (found?.error !== 'authorization_pending') throw refused(reply);
  }
}

export async function listSubscriptions(endpoints: Endpoints, token: string): Promise<Subscription[]> {
  const headers = { Authorization: `Bearer ${token}` };
  const answer = await send(`${endpoints.management}/subscriptions?api-version=2022-12-01`, { headers });
  const found = answer.json<{
    value: { subscriptionId: string; displayName: string; state: string; tenantId: string }[];
  }>();
  if (!answer.ok || !found)
    throw new CommandError(`The site answered ${answer.status} when it was asked for subscriptions.`);
  return found.value.map(({ subscriptionId: id, displayName: name, state, tenantId }) => ({
    id,
    name,
    state,
    tenantId,
  }));
}

const personal = (audience: string) => `${audience}/.default offline_access openid profile`;

const post = (url: string, form: Record<string, string>) =>
  send(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  });

async function ask(endpoints: Endpoints, form: Record<string, string>): Promise<TokenReply> {
  const answer = await post(`${endpoints.login}/oauth2/token`, form);
  const reply = answer.json<TokenReply>();
  if (!answer.ok || !reply) throw refused(answer);
  return reply;
}

function kept(user: User, reply: TokenReply): CachedToken & { user: User } {
  const { access_token: token, expires_in, refresh_token: refreshToken } = reply;
  return {
    token,
    expires: Date.now() + Number(expires_in) * 1000,
    user: { ...user, ...(refreshToken === undefined ? {} : { refreshToken }) },
  };
}

function refused(answer: HttpAnswer): CommandError {
  const { error, error_description } = answer.json<{ error?: string; error_description?: string }>() ?? {};
  return new CommandError(error_description ?? error ?? `The sign-in service answered ${answer.status}.`);
}

/** The claim is only shown: the token came from the site itself. */
function nameIn(idToken = ''): string {
  try {
    const claims = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString()) as Record<
      string,
      string
    >;
    return claims.preferred_username ?? claims.upn ?? 'unknown';
  } catch {
    return 'unknown';
  }
}
