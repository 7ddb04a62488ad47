import type { Challenge } from './challenge.ts';
import { type Finding, finding } from './faults.ts';
import { ask, type Endpoint, type WireAnswer, wordsOf } from './wire.ts';

/** Who asks: a name and a password, a refresh token of the registry, or a sign-in to the site that is exchanged for one. */
export type Identity =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | { readonly kind: 'refresh'; readonly token: string }
  | { readonly kind: 'site'; readonly accessToken: string; readonly tenant: string };

/** What `az acr check-health --repository` asks for. */
const WANTED = ['pull', 'push', 'delete', 'metadata_read', 'metadata_write'] as const;
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

export interface TokenResult {
  readonly findings: readonly Finding[];
  /** Good for the repository, or for nothing in particular. */
  readonly token?: string;
  readonly actions?: readonly string[];
}

/** Gets a token as clients do, shows it to /v2/, and reads from it what it allows in the repository. */
export async function checkTokens(
  endpoint: Endpoint,
  challenge: Challenge,
  identity: Identity,
  repository: string | undefined,
): Promise<TokenResult> {
  const { host } = endpoint;
  const refresh = await refreshToken(endpoint, challenge, identity);
  if ('findings' in refresh) return refresh;
  const scope = repository === undefined ? 'registry:None:*' : `repository:${repository}:${WANTED.join(',')}`;
  const answer = await postForm(endpoint, challenge.path, { service: challenge.service, scope, ...refresh.grant });
  const token = answer.status === 200 ? text(answer, 'access_token') : undefined;
  if (token === undefined) return { findings: [refused(host, answer, 'token.refused')] };
  const shown = await ask(endpoint, { method: 'GET', path: '/v2/', headers: { Authorization: `Bearer ${token}` } });
  if (shown.status === 401) {
    return { findings: [finding('proxy.authorization-lost', host, `GET /v2/ with a new token: ${wordsOf(shown)}`)] };
  }
  if (shown.status !== 200)
    return { findings: [finding('challenge.missing', host, `GET /v2/ with a token: ${wordsOf(shown)}`)] };
  if (repository === undefined) return { findings: [], token };
  const actions = actionsOf(token, repository);
  const lacking = WANTED.filter((one) => !actions.includes(one) && !actions.includes('*'));
  const seen = `${repository}: you have ${actions.join(', ') || 'nothing'}; you lack ${lacking.join(', ')}`;
  return { findings: lacking.length > 0 ? [finding('rights.lacking', host, seen)] : [], token, actions };
}

async function refreshToken(
  endpoint: Endpoint,
  { service }: Challenge,
  identity: Identity,
): Promise<{ grant: Record<string, string> } | { findings: Finding[] }> {
  if (identity.kind === 'password') {
    return { grant: { grant_type: 'password', username: identity.username, password: identity.password } };
  }
  if (identity.kind === 'refresh') return { grant: { grant_type: 'refresh_token', refresh_token: identity.token } };
  const answer = await postForm(endpoint, '/oauth2/exchange', {
    grant_type: 'access_token',
    service,
    tenant: identity.tenant,
    access_token: identity.accessToken,
  });
  const token = answer.status === 200 ? text(answer, 'refresh_token') : undefined;
  return token === undefined
    ? { findings: [refused(endpoint.host, answer, 'token.refresh-refused')] }
    : { grant: { grant_type: 'refresh_token', refresh_token: token } };
}

/** Whether the registry still takes a name and a password. Undefined when it says neither yes nor no. */
export async function takesPassword(
  endpoint: Endpoint,
  challenge: Challenge,
  identity: Identity & { kind: 'password' | 'refresh' },
): Promise<boolean | undefined> {
  const refresh = await refreshToken(endpoint, challenge, identity);
  if ('findings' in refresh) return false;
  const form = { service: challenge.service, scope: 'registry:None:*', ...refresh.grant };
  const { status } = await postForm(endpoint, challenge.path, form);
  return status === 200 ? true : status === 401 || status === 400 ? false : undefined;
}

const postForm = (endpoint: Endpoint, path: string, fields: Record<string, string>): Promise<WireAnswer> =>
  ask(endpoint, { method: 'POST', path, headers: FORM, body: Buffer.from(new URLSearchParams(fields).toString()) });

function refused(host: string, answer: WireAnswer, otherwise: 'token.refused' | 'token.refresh-refused'): Finding {
  if (answer.status === 429) {
    const after = answer.headers['retry-after'];
    return finding('token.too-many-requests', host, `${wordsOf(answer)}${after ? `, after ${after} s` : ''}`);
  }
  if (answer.status >= 502 && answer.status <= 504) return finding('proxy.gateway', host, wordsOf(answer));
  return finding(otherwise, host, wordsOf(answer));
}

function text({ body }: WireAnswer, key: string): string | undefined {
  try {
    const value = (JSON.parse(body.toString()) as Record<string, unknown>)[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The rights that a registry's token names (its `access` claim); it is signed for the registry, not for us. */
function actionsOf(token: string, repository: string): readonly string[] {
  const claims = claimsOf(token) as { access?: { type: string; name: string; actions: string[] }[] } | undefined;
  return claims?.access?.find(({ type, name }) => type === 'repository' && name === repository)?.actions ?? [];
}

/** The claims of a JWT, unverified; undefined when it is none. */
export function claimsOf(token: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
