import type { Authorizer } from '../access/authorizer.ts';
import { type AccessGrant, type Action, type Principal, QUARANTINE_WRITE } from '../access/principal.ts';
import { registryScope } from '../access/scope-path.ts';
import { anonymousAt } from '../identity/anonymous-pull.ts';
import type { Identity } from '../identity/identity.ts';
import { isRefused, type Refused } from '../identity/refused.ts';
import type { RegistryRow } from '../metadata/metadata-store.ts';
import { DomainError } from '../platform/domain-error.ts';
import type { AccessTokens } from './access-token.ts';
import { type SignIn, signInBasic } from './basic-sign-in.ts';
import type { Caller, RefusalLog } from './refusal-log.ts';
import { signInText } from './refusal-texts.ts';
import { invalidTokenRequest, type Parameters, readParameters, readService } from './request-parameters.ts';
import { formatScope, parseScope } from './scope.ts';

/** Fields of a form that show somebody's secret. */
const CREDENTIALS = ['username', 'password', 'refresh_token', 'access_token'] as const;

/** A request to `/oauth2/token`, read but not judged. */
export interface TokenRequest {
  readonly method: 'GET' | 'POST';
  /** The registry that the host routes to: the token is bound to this one, whatever `service` says. */
  readonly registry: RegistryRow;
  /** The host as the client calls it; the token's `aud` when the client names no `service`. */
  readonly host: string;
  /** The query of a GET, the form of a POST (the caller bounds its size, 64 KiB is plenty). */
  readonly parameters: URLSearchParams;
  /** `Authorization: Basic`, decoded; `unreadable` for any other such header. Only a GET signs in with it. */
  readonly basic?: { readonly username: string; readonly password: string } | 'unreadable' | undefined;
  /** For the audit log. */
  readonly caller: Caller;
}

/** ACR answers `access_token` only; the other keys are the Distribution specification's, and clients ignore what they do not know. */
export interface TokenResponse {
  readonly access_token: string;
  /** The same: docker before 1.11 reads this one. */
  readonly token: string;
  readonly expires_in: number;
  readonly issued_at: string;
  /** What was granted of what was asked, in the grammar of the request; absent when nothing was. */
  readonly scope?: string;
  readonly refresh_token?: string;
}

export interface TokenEndpoint {
  exchangeToken(request: TokenRequest): Promise<TokenResponse>;
}

export interface TokenEndpointParts {
  readonly identity: Identity;
  readonly tokens: AccessTokens;
  readonly authorizer: Authorizer;
  readonly refusals: RefusalLog;
}

interface AskedToken {
  readonly registry: RegistryRow;
  readonly service: string;
  readonly access: readonly AccessGrant[];
}

/** Who asks; undefined for nobody in particular. */
interface Asker {
  readonly signIn: SignIn | undefined;
  /** The client wants to come back without the password. */
  readonly offline: boolean;
}

/**
 * `/oauth2/token`: a password or a refresh token against an access token for the scopes asked and allowed.
 *
 * GET with Basic: https://distribution.github.io/distribution/spec/auth/token/ ; POST:
 * https://distribution.github.io/distribution/spec/auth/oauth/ and "Azure AD OAuth 2.0 and Azure Container Registry".
 * What is not allowed is left out without a word, as there; the later request gets the 401 that names it. So
 * `docker login`, which asks for no scope, and az check-health's `registry:None:*` get a token that opens nothing.
 */
export function createTokenEndpoint(parts: TokenEndpointParts): TokenEndpoint {
  return {
    async exchangeToken(request) {
      const parameters = readParameters(request.parameters);
      const asker =
        request.method === 'GET' ? await signInByGet(parts, request) : await signInByPost(parts, request, parameters);
      const asked: AskedToken = {
        registry: request.registry,
        service: readService(parameters.one('service') ?? request.host),
        access: readScope(parameters.all('scope')),
      };
      return asker.signIn
        ? grant(parts, asker.signIn, asked, asker.offline)
        : grantAnonymous(parts, asked, request.method);
    },
  };
}

/**
 * A GET with `offline_token=true` gets no refresh token, as on Azure: `docker login` always asks so, stores what it gets
 * INSTEAD of the password, and every login with the admin user would end with that token after 3 hours.
 */
async function signInByGet(parts: TokenEndpointParts, request: TokenRequest): Promise<Asker> {
  const { basic } = request;
  if (basic === 'unreadable') throw notAccepted({ refused: 'malformed' });
  return { signIn: basic && (await signInOrRefuse(parts, request, basic)), offline: false };
}

async function signInByPost(parts: TokenEndpointParts, request: TokenRequest, parameters: Parameters): Promise<Asker> {
  const offline = parameters.one('access_type') === 'offline';
  const shown = request.basic !== undefined || CREDENTIALS.some((name) => parameters.one(name));
  if (!shown && request.registry.anonymousPullEnabled) return { signIn: undefined, offline: false };
  const grantType = parameters.required('grant_type');
  if (grantType === 'password') {
    const credentials = { username: parameters.required('username'), password: parameters.required('password') };
    return { signIn: await signInOrRefuse(parts, request, credentials), offline };
  }
  if (grantType === 'refresh_token') {
    const { registry } = request;
    const token = parameters.required('refresh_token');
    const verified = await parts.tokens.verifyRefreshToken(token, { registry: registry.name });
    if (verified) return { signIn: { ...verified, with: 'refresh_token' }, offline };
    const refused = await parts.tokens.explainRefusal(token, { registryId: registry.id, kinds: ['refresh_token'] });
    throw notAccepted(refused);
  }
  throw invalidTokenRequest(`grant_type must be "password" or "refresh_token".`);
}

async function signInOrRefuse(
  parts: TokenEndpointParts,
  { registry, caller }: TokenRequest,
  credentials: { readonly username: string; readonly password: string },
): Promise<SignIn> {
  const signIn = await signInBasic(parts, { registry, source: caller.client, ...credentials });
  if (!isRefused(signIn)) return signIn;
  await parts.refusals.signIn(registry, signIn, caller);
  throw notAccepted(signIn);
}

/** Where one may pull without signing in, a client may fetch a token without: for that, and nothing else. */
async function grantAnonymous(
  parts: TokenEndpointParts,
  asked: AskedToken,
  method: TokenRequest['method'],
): Promise<TokenResponse> {
  const { registry } = asked;
  if (registry.anonymousPullEnabled) {
    const principal = anonymousAt(registry.id);
    const access = await allowedOf(parts.authorizer, principal, registry, asked.access);
    // A token that opens nothing would tell a client that it need not sign in.
    if (access.length > 0) return grant(parts, { principal, with: 'password' }, { ...asked, access }, false);
  }
  const show = method === 'GET' ? 'a user name and password, for example by docker login' : 'credentials';
  const open = registry.anonymousPullEnabled ? ' but for pulls' : '';
  throw new DomainError(
    'unauthenticated',
    'auth.required',
    `authentication required: registry "${registry.name}" issues no token without sign-in${open}. Send ${show}.`,
  );
}

async function grant(
  parts: TokenEndpointParts,
  signIn: SignIn,
  asked: AskedToken,
  offline: boolean,
): Promise<TokenResponse> {
  const { principal } = signIn;
  const { service } = asked;
  const access = await allowedOf(parts.authorizer, principal, asked.registry, asked.access);
  // A token got with an access token ends with it: else its bearer could renew it for ever.
  const notAfter = signIn.with === 'access_token' ? signIn.expiresAt : undefined;
  const issued = await parts.tokens.issueAccessToken({ principal, service, access, notAfter });
  // Only a password gets a refresh token: one got with a token would outlive it, and drop an access token's ceiling.
  const refresh =
    offline && signIn.with === 'password' ? await parts.tokens.issueRefreshToken({ principal, service }) : undefined;
  return {
    access_token: issued.token,
    token: issued.token,
    expires_in: (issued.expiresAt.getTime() - issued.issuedAt.getTime()) / 1000,
    issued_at: issued.issuedAt.toISOString(),
    ...(access.length > 0 ? { scope: formatScope(access) } : {}),
    ...(refresh ? { refresh_token: refresh.token } : {}),
  };
}

/** Asked ∩ allowed, action by action; the Authorizer is the one place that knows. */
async function allowedOf(
  authorizer: Authorizer,
  principal: Principal,
  registry: RegistryRow,
  asked: readonly AccessGrant[],
): Promise<AccessGrant[]> {
  const granted: AccessGrant[] = [];
  for (const { type, name, actions } of asked) {
    const resource = type === 'repository' ? registryScope(registry, name) : registryScope(registry);
    const allowed: Action[] = [];
    for (const action of withQuarantine(actions)) {
      if ((await authorizer.check({ principal, action, resource })).allow) allowed.push(action);
    }
    if (allowed.length > 0) granted.push({ type, name, actions: allowed });
  }
  return granted;
}

/** Scanners that are written for Azure know no word for the quarantine: they ask to push, or to write metadata. */
function withQuarantine(actions: readonly Action[]): readonly Action[] {
  const writes = actions.includes('push') || actions.includes('metadata_write');
  return writes && !actions.includes(QUARANTINE_WRITE) ? [...actions, QUARANTINE_WRITE] : actions;
}

function readScope(texts: readonly string[]): readonly AccessGrant[] {
  const scope = parseScope(texts);
  if (!scope) throw invalidTokenRequest('It asks for too many scopes at a time.');
  return scope;
}

function notAccepted(refused: Refused): DomainError {
  return new DomainError('unauthenticated', 'auth.required', signInText(refused));
}
