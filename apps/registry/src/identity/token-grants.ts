import type { DirectoryPrincipal } from '../access/principal.ts';
import type { UserRow } from '../metadata/directory.ts';
import type { MetadataStore, MetadataTx } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import { type RequestedScope, requestedScope } from './audiences.ts';
import type { AuthorizationCodes } from './authorization-codes.ts';
import type { AuthenticatedClient, Client, ClientAuthentication, Clients } from './clients.ts';
import type { DeviceCodes } from './device-codes.ts';
import type { Authority, SignInEndpoints } from './endpoints.ts';
import type { IssuedTokens, TokenRequest } from './issued-tokens.ts';
import { oauthError } from './oauth-error.ts';
import type { Parameters } from './parameters.ts';
import type { People } from './people.ts';
import type { RefreshTokens } from './refresh-tokens.ts';

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** A request to a token endpoint, read but not judged. */
export interface GrantRequest {
  readonly parameters: Parameters;
  /** `Authorization: Basic`, decoded. */
  readonly basic?: { readonly username: string; readonly password: string } | undefined;
  readonly authority: Authority;
  /** Names under which clients may know this endpoint: what an assertion is for. */
  readonly audiences: readonly string[];
  /** Address of the client. */
  readonly source: string;
}

export interface TokenAnswer {
  readonly token_type: 'Bearer';
  readonly scope?: string;
  readonly resource?: string;
  readonly expires_in: number;
  readonly ext_expires_in: number;
  readonly expires_on?: string;
  readonly not_before?: string;
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
  readonly client_info?: string;
}

export interface Granted {
  readonly answer: TokenAnswer;
  /** Who signed in, for the log. */
  readonly principal: DirectoryPrincipal;
}

export interface TokenGrantParts {
  readonly metadata: MetadataStore;
  readonly clock: Clock;
  readonly endpoints: () => SignInEndpoints;
  readonly tenantId: () => Promise<string>;
  readonly clients: Clients;
  readonly people: People;
  readonly tokens: IssuedTokens;
  readonly refreshTokens: RefreshTokens;
  readonly authorizationCodes: AuthorizationCodes;
  readonly deviceCodes: DeviceCodes;
}

/** A person who has just signed in, or did so before and comes back. */
interface PersonGrant {
  readonly user: UserRow;
  readonly client: Client;
  readonly scope: RequestedScope;
  readonly credential: string;
  readonly refreshToken?: string | undefined;
  readonly nonce?: string | undefined;
  readonly signedInAt: Date;
  readonly notAfter?: Date | undefined;
}

/** The token endpoint: each `grant_type` against an access token, and what goes with it. */
export class TokenGrants {
  readonly #d: TokenGrantParts;

  constructor(parts: TokenGrantParts) {
    this.#d = parts;
  }

  async grant(request: GrantRequest): Promise<Granted> {
    const type = request.parameters.required('grant_type');
    switch (type) {
      case 'client_credentials':
        return this.#clientCredentials(request);
      case 'password':
        return this.#password(request);
      case 'refresh_token':
        return this.#refresh(request);
      case 'authorization_code':
        return this.#authorizationCode(request);
      case DEVICE_GRANT:
      case 'device_code': // msal-node and @azure/identity poll with the short name
        return this.#deviceCode(request);
      default:
        throw oauthError(
          'oauth.unsupported-grant-type',
          70003,
          "The app requested an unsupported grant type. It must be 'authorization_code', 'client_credentials', 'device_code', 'password' or 'refresh_token'.",
        );
    }
  }

  /** RFC 6749, section 4.4. */
  async #clientCredentials(request: GrantRequest): Promise<Granted> {
    const { client, credential } = await this.#client(request);
    const { servicePrincipal } = client;
    if (!credential) {
      throw oauthError(
        'oauth.unauthorized-client',
        7000218,
        `Application '${client.appId}' is a public client, which has no tokens of its own. Sign in as a person.`,
      );
    }
    if (!servicePrincipal) {
      throw oauthError(
        'oauth.unauthorized-client',
        7000229,
        `The client application ${client.appId} is missing a service principal in this directory. Make one: az ad sp create --id ${client.appId}.`,
      );
    }
    const scope = this.#scope(request.parameters);
    const of: TokenRequest = {
      principal: { kind: 'service-principal', id: servicePrincipal.id, name: client.appId, credential: credential.id },
      displayName: servicePrincipal.displayName,
      clientId: client.appId,
      issuer: request.authority.issuer,
      tenantId: await this.#d.tenantId(),
      notAfter: credential.endsAt,
    };
    const issued = await this.#d.tokens.issueAccessToken(of, scope.audience);
    return { answer: answerOf(request.parameters, scope, issued), principal: of.principal };
  }

  /** RFC 6749, section 4.3: only for programs on the person's own machine. */
  async #password(request: GrantRequest): Promise<Granted> {
    const { parameters, source } = request;
    const { client } = await this.#publicClient(request);
    const scope = this.#scope(parameters);
    const username = parameters.required('username');
    const verdict = await this.#d.people.verify({ username, password: parameters.required('password'), source });
    if (!('user' in verdict)) throw refusedPerson(verdict);
    return this.#signedIn(request, { user: verdict.user, client, scope });
  }

  async #refresh(request: GrantRequest): Promise<Granted> {
    const { parameters } = request;
    const { client } = await this.#client(request);
    // MSAL keeps one refresh token for all audiences: which one it wants now stands in the request.
    const scope = this.#scope(parameters);
    const refreshed = await this.#d.refreshTokens.refresh(parameters.required('refresh_token'), client.appId);
    const { user, familyId: credential, refreshToken, signedInAt, endsAt: notAfter } = refreshed;
    return this.#person(request, { user, client, scope, credential, refreshToken, signedInAt, notAfter });
  }

  /** RFC 6749, section 4.1.3, and RFC 7636. */
  async #authorizationCode(request: GrantRequest): Promise<Granted> {
    const { parameters } = request;
    const { client } = await this.#client(request);
    const code = await this.#d.authorizationCodes.redeemable({
      code: parameters.required('code'),
      clientId: client.appId,
      redirectUri: parameters.required('redirect_uri'),
      verifier: parameters.one('code_verifier'),
    });
    const asked = parameters.one('scope') ?? code.scope;
    const scope = requestedScope(this.#d.endpoints(), { scope: asked, resource: parameters.one('resource') });
    const granted = { user: code.user, client, scope, nonce: code.nonce };
    return this.#signedIn(request, granted, (tx, familyId) => this.#d.authorizationCodes.redeem(tx, code, familyId));
  }

  /** RFC 8628, section 3.4. */
  async #deviceCode(request: GrantRequest): Promise<Granted> {
    const { parameters } = request;
    const { client } = await this.#publicClient(request);
    const deviceCode = parameters.one('device_code') ?? parameters.required('code');
    const approved = await this.#d.deviceCodes.poll(deviceCode, client.appId);
    const asked = parameters.one('scope') ?? approved.scope;
    const scope = requestedScope(this.#d.endpoints(), { scope: asked, resource: parameters.one('resource') });
    return this.#signedIn(request, { user: approved.user, client, scope }, (tx) =>
      this.#d.deviceCodes.redeem(tx, approved),
    );
  }

  /** `once` takes what was shown out of circulation, in the transaction that makes the refresh token. */
  async #signedIn(
    request: GrantRequest,
    granted: Pick<PersonGrant, 'user' | 'client' | 'scope' | 'nonce'>,
    once?: (tx: MetadataTx, familyId: string | undefined) => Promise<void>,
  ): Promise<Granted> {
    const { user, client, scope } = granted;
    const session =
      scope.offline || once
        ? await this.#d.metadata.transaction(async (tx) => {
            const family = scope.offline
              ? await this.#d.refreshTokens.begin(tx, { user, clientId: client.appId })
              : undefined;
            await once?.(tx, family?.familyId);
            return family;
          })
        : undefined;
    const credential = session?.familyId ?? user.passwordId;
    const { refreshToken } = session ?? {};
    return this.#person(request, { ...granted, credential, refreshToken, signedInAt: this.#d.clock.now() });
  }

  async #person(request: GrantRequest, person: PersonGrant): Promise<Granted> {
    const { user, client, scope, credential, refreshToken, nonce, signedInAt, notAfter } = person;
    const tenantId = await this.#d.tenantId();
    const of: TokenRequest = {
      principal: { kind: 'user', id: user.id, name: user.upn, credential },
      displayName: user.displayName,
      clientId: client.appId,
      issuer: request.authority.issuer,
      tenantId,
      notAfter,
    };
    const issued = await this.#d.tokens.issueAccessToken(of, scope.audience);
    const authenticatedAt = Math.floor(signedInAt.getTime() / 1000);
    const idToken = scope.openid ? await this.#d.tokens.issueIdToken(of, nonce, authenticatedAt) : undefined;
    // With AD FS MSAL takes the account's id from the id token, and is confused by a client_info.
    const wantsInfo = request.authority.shape === 'entra' && request.parameters.one('client_info') === '1';
    const info = Buffer.from(JSON.stringify({ uid: user.id, utid: tenantId })).toString('base64url');
    const answer: TokenAnswer = {
      ...answerOf(request.parameters, scope, issued),
      ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
      ...(idToken === undefined ? {} : { id_token: idToken }),
      ...(wantsInfo ? { client_info: info } : {}),
    };
    return { answer, principal: of.principal };
  }

  async #publicClient(request: GrantRequest): Promise<AuthenticatedClient> {
    const authenticated = await this.#client(request);
    if (authenticated.client.publicUse) return authenticated;
    throw oauthError(
      'oauth.unauthorized-client',
      7000218,
      `Application '${authenticated.client.appId}' is not a public client, so it may not use this grant type. Use the authorization code.`,
    );
  }

  #client(request: GrantRequest): Promise<AuthenticatedClient> {
    return this.#d.clients.authenticate(clientAuthentication(request));
  }

  #scope(parameters: Parameters): RequestedScope {
    const given = { scope: parameters.one('scope'), resource: parameters.one('resource') };
    return requestedScope(this.#d.endpoints(), given);
  }
}

/** In the form or as Basic, never both (RFC 6749, section 2.3). */
export function clientAuthentication({
  parameters,
  basic,
  audiences,
}: Pick<GrantRequest, 'parameters' | 'basic' | 'audiences'>): ClientAuthentication {
  const inForm = parameters.one('client_secret');
  const assertion = parameters.one('client_assertion');
  if (basic && (inForm !== undefined || assertion !== undefined)) {
    throw oauthError(
      'oauth.invalid-request',
      90023,
      'The client shows credentials in the form and by Basic. Send one of them.',
    );
  }
  if (assertion !== undefined && parameters.one('client_assertion_type') !== ASSERTION_TYPE) {
    throw oauthError('oauth.invalid-request', 90023, `client_assertion_type must be ${ASSERTION_TYPE}.`);
  }
  if (!basic) return { clientId: parameters.required('client_id'), secret: inForm, assertion, audiences };
  const clientId = formDecoded(basic.username);
  const named = parameters.one('client_id');
  if (named !== undefined && named !== clientId) {
    throw oauthError('oauth.invalid-request', 90023, 'client_id and the name of Basic are not the same.');
  }
  return { clientId, secret: formDecoded(basic.password), assertion, audiences };
}

/** Basic carries both in the encoding of forms (RFC 6749, section 2.3.1); who forgets it has nothing that it would change. */
function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function refusedPerson(verdict: Exclude<Awaited<ReturnType<People['verify']>>, { user: unknown }>) {
  if (verdict.refused === 'guessed-too-often') {
    const { waitSeconds } = verdict;
    return oauthError(
      'oauth.invalid-grant',
      50053,
      `There were too many wrong passwords for this name from this address, so that even the right one is refused for ${waitSeconds} more seconds. Wait, then sign in again.`,
      { retryAfter: waitSeconds },
    );
  }
  return oauthError(
    'oauth.invalid-grant',
    50126,
    'Error validating credentials due to invalid username or password. Check both; an account that is disabled gets this answer, too.',
  );
}

function answerOf(
  parameters: Parameters,
  scope: RequestedScope,
  issued: { token: string; issuedAt: number; expiresIn: number },
): TokenAnswer {
  const base = {
    token_type: 'Bearer',
    expires_in: issued.expiresIn,
    ext_expires_in: issued.expiresIn,
    access_token: issued.token,
  } as const;
  const resource = parameters.one('resource');
  if (resource === undefined) return { ...base, ...(scope.text === '' ? {} : { scope: scope.text }) };
  const { issuedAt, expiresIn } = issued;
  return { ...base, resource, not_before: String(issuedAt), expires_on: String(issuedAt + expiresIn) };
}
