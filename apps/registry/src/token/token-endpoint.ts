import type { Authorizer } from '../access/authorizer.ts';
import type { AccessGrant, Action, Principal } from '../access/principal.ts';
import type { Identity } from '../identity/identity.ts';
import { DomainError } from '../platform/domain-error.ts';
import type { AccessTokens } from './access-token.ts';
import { type SignIn, signInBasic, TOKEN_USER } from './basic-sign-in.ts';
import { formatScope, parseScope } from './scope.ts';

/** A request to `/oauth2/token`, read but not judged. */
export interface TokenRequest {
  readonly method: 'GET' | 'POST';
  /** Name of the registry that the host routes to: the token is bound to this one, whatever `service` says. */
  readonly registry: string;
  /** The host as the client calls it; the token's `aud` when the client names no `service`. */
  readonly host: string;
  /** The query of a GET, the form of a POST (the caller bounds its size, 64 KiB is plenty). */
  readonly parameters: URLSearchParams;
  /** `Authorization: Basic`, decoded. Only a GET signs in with it. */
  readonly basic?: { readonly username: string; readonly password: string } | undefined;
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
}

const MAX_PARAMETERS = 200;
const MAX_VALUE_CHARACTERS = 16 * 1024;
const MAX_SERVICE_CHARACTERS = 300;
/** Printable ASCII but quote and backslash. */
const SERVICE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

interface AskedToken {
  readonly service: string;
  readonly access: readonly AccessGrant[];
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
      const { signIn, offline } =
        request.method === 'GET' ? await signInByGet(parts, request) : await signInByPost(parts, request, parameters);
      const asked: AskedToken = {
        service: readService(parameters.one('service') ?? request.host),
        access: readScope(parameters.all('scope')),
        offline,
      };
      return grant(parts, signIn, asked);
    },
  };
}

/**
 * A GET with `offline_token=true` gets no refresh token, as on Azure: `docker login` always asks so, stores what it gets
 * INSTEAD of the password, and every login with the admin user would end with that token after 3 hours.
 */
async function signInByGet(parts: TokenEndpointParts, request: TokenRequest) {
  const { registry, basic } = request;
  if (!basic) {
    throw new DomainError(
      'unauthenticated',
      'auth.required',
      `Registry "${registry}" issues no token without sign-in. Send a user name and password, for example by docker login.`,
    );
  }
  const signIn = await signInBasic(parts, { registry, ...basic });
  if (!signIn) throw wrongCredentials(registry, basic.username);
  return { signIn, offline: false };
}

async function signInByPost(parts: TokenEndpointParts, request: TokenRequest, parameters: Parameters) {
  const { registry } = request;
  const offline = parameters.one('access_type') === 'offline';
  const grantType = parameters.required('grant_type');
  if (grantType === 'password') {
    const username = parameters.required('username');
    const signIn = await signInBasic(parts, { registry, username, password: parameters.required('password') });
    if (!signIn) throw wrongCredentials(registry, username);
    return { signIn, offline };
  }
  if (grantType === 'refresh_token') {
    const verified = await parts.tokens.verifyRefreshToken(parameters.required('refresh_token'), { registry });
    if (!verified) throw wrongCredentials(registry, TOKEN_USER);
    return { signIn: { ...verified, with: 'refresh_token' } satisfies SignIn, offline };
  }
  throw invalid(`grant_type must be "password" or "refresh_token".`);
}

async function grant(parts: TokenEndpointParts, signIn: SignIn, asked: AskedToken): Promise<TokenResponse> {
  const { principal } = signIn;
  const { service } = asked;
  const access = await allowedOf(parts.authorizer, principal, asked.access);
  // A token got with an access token ends with it: else its bearer could renew it for ever.
  const notAfter = signIn.with === 'access_token' ? signIn.expiresAt : undefined;
  const issued = await parts.tokens.issueAccessToken({ principal, service, access, notAfter });
  // Only a password gets a refresh token: one got with a token would outlive it, and drop an access token's ceiling.
  const refresh =
    asked.offline && signIn.with === 'password'
      ? await parts.tokens.issueRefreshToken({ principal, service })
      : undefined;
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
  asked: readonly AccessGrant[],
): Promise<AccessGrant[]> {
  if (principal.kind === 'anonymous') return [];
  const { registry } = principal;
  const granted: AccessGrant[] = [];
  for (const { type, name, actions } of asked) {
    const resource = type === 'repository' ? { registry, repository: name } : { registry };
    const allowed: Action[] = [];
    for (const action of actions) {
      if ((await authorizer.check({ principal, action, resource })).allow) allowed.push(action);
    }
    if (allowed.length > 0) granted.push({ type, name, actions: allowed });
  }
  return granted;
}

interface Parameters {
  one(name: string): string | undefined;
  required(name: string): string;
  all(name: string): string[];
}

/** Parameters of no meaning here (account, client_id, api-version, tenant) pass; a doubled one is refused (RFC 6749, 3.2). */
function readParameters(parameters: URLSearchParams): Parameters {
  if (parameters.size > MAX_PARAMETERS) throw invalid(`It has more than ${MAX_PARAMETERS} parameters.`);
  const one = (name: string): string | undefined => {
    const values = parameters.getAll(name);
    if (values.length > 1) throw invalid(`The parameter ${name} occurs more than once.`);
    const value = values[0];
    if (value !== undefined && value.length > MAX_VALUE_CHARACTERS) throw invalid(`The parameter ${name} is too long.`);
    return value;
  };
  return {
    one,
    required: (name) => {
      const value = one(name);
      if (!value) throw invalid(`The parameter ${name} is missing.`);
      return value;
    },
    all: (name) => parameters.getAll(name),
  };
}

/** Only for the token's `aud`: a proxy or an alias may have given the registry another name. What binds is the registry's id. */
function readService(service: string): string {
  if (service.length > MAX_SERVICE_CHARACTERS || !SERVICE.test(service))
    throw invalid('The parameter service is no host name.');
  return service;
}

function readScope(texts: readonly string[]): readonly AccessGrant[] {
  const scope = parseScope(texts);
  if (!scope) throw invalid('It asks for too many scopes at a time.');
  return scope;
}

function invalid(problem: string): DomainError {
  return new DomainError(
    'invalid',
    'token.invalid-request',
    `The token request cannot be answered. ${problem} Correct the request and send it again.`,
  );
}

/** The same words for an unknown name, a wrong password and a disabled user. */
function wrongCredentials(registry: string, username: string): DomainError {
  return new DomainError(
    'unauthenticated',
    'auth.required',
    username === TOKEN_USER
      ? `Registry "${registry}" did not accept the token: it expired, was revoked or is for another registry. Sign in again.`
      : `Registry "${registry}" did not accept the user name and password. Check both; a renewed password ends the old one at once.`,
  );
}
