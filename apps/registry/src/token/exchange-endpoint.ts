import type { Authorizer } from '../access/authorizer.ts';
import type { DirectoryPrincipal } from '../access/principal.ts';
import { isWithin, registryScope } from '../access/scope-path.ts';
import type { SignInTokens } from '../identity/sign-in-tokens.ts';
import type { RegistryRow } from '../metadata/metadata-store.ts';
import type { Awaitable } from '../platform/awaitable.ts';
import { DomainError } from '../platform/domain-error.ts';
import type { AccessTokens } from './access-token.ts';
import type { Caller, RefusalLog } from './refusal-log.ts';
import { invalidTokenRequest, type Parameters, readParameters, readService } from './request-parameters.ts';

/** A request to `/oauth2/exchange`, read but not judged. */
export interface ExchangeRequest {
  /** The registry that the host routes to: the token is bound to this one, whatever `service` says. */
  readonly registry: RegistryRow;
  readonly parameters: URLSearchParams;
  /** For the audit log. */
  readonly caller: Caller;
}

export interface ExchangeEndpoint {
  exchange(request: ExchangeRequest): Promise<{ readonly refresh_token: string }>;
}

export interface ExchangeEndpointParts {
  readonly signInTokens: SignInTokens;
  readonly tokens: AccessTokens;
  readonly authorizer: Authorizer;
  readonly refusals: RefusalLog;
  /** The tenant of this site. */
  readonly tenantId: () => Awaitable<string | undefined>;
}

/** The last two are deprecated; what counts in all three is the access token. */
const GRANT_TYPES: readonly string[] = ['access_token', 'access_token_refresh_token', 'refresh_token'];
const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * `POST /oauth2/exchange`: the token of a sign-in against a refresh token of this registry ("Azure AD OAuth 2.0 and Azure
 * Container Registry"); what `az acr login` and the SDKs do first.
 *
 * A refresh token says who asks and gives no right: what its bearer may do is looked up at every request. Whoever holds no
 * role that reaches the registry gets none, as on Azure: the 401 comes here, where the client can say so, and not at the
 * first pull.
 */
export function createExchangeEndpoint(parts: ExchangeEndpointParts): ExchangeEndpoint {
  return {
    async exchange({ registry, parameters, caller }) {
      const fields = readParameters(parameters);
      const service = readService(fields.required('service'));
      const accessToken = readAccessToken(fields);
      await requireTenant(parts, fields.one('tenant'));
      const verified = await parts.signInTokens.verify(accessToken, 'management');
      if ('problem' in verified)
        throw refused(`the sign-in token is not accepted: ${verified.problem}. Sign in again.`);
      const principal = { ...verified.principal, registry: registry.id };
      if (!(await reaches(parts.authorizer, principal, registry))) {
        const denied = { principal: principal.id, action: 'token-exchange', reason: 'no-assignment' };
        await parts.refusals.denied(registry, denied, caller);
        throw refused(
          `"${principal.name}" has no role at the registry "${registry.name}", at one of its repositories or above it. Ask an owner of the registry for one, for example AcrPull; it counts at once.`,
        );
      }
      const { token } = await parts.tokens.issueRefreshToken({ principal, service });
      return { refresh_token: token };
    },
  };
}

function readAccessToken(fields: Parameters): string {
  const grantType = fields.required('grant_type');
  if (!GRANT_TYPES.includes(grantType)) {
    throw invalidTokenRequest('grant_type must be "access_token".');
  }
  const token = fields.one('access_token');
  if (!token && grantType === 'refresh_token') {
    throw invalidTokenRequest(
      'A refresh token of a sign-in is not taken here: get an access token with it where you signed in, and send that as access_token with grant_type=access_token.',
    );
  }
  return token || fields.required('access_token');
}

/** Clients of AD FS send `adfs` or a domain. A GUID is a promise, and one of another tenant is a sign-in at another site. */
async function requireTenant(parts: ExchangeEndpointParts, tenant: string | undefined): Promise<void> {
  if (tenant === undefined || !GUID.test(tenant)) return;
  if (tenant.toLowerCase() === (await parts.tenantId())?.toLowerCase()) return;
  throw refused(
    `the tenant ${tenant} is none of this site. Sign in to this site, for example with az cloud set and az login, or leave the tenant out.`,
  );
}

/** Whether any assignment of a role to it, or to a group of it, reaches the registry or something in it. */
async function reaches(authorizer: Authorizer, principal: DirectoryPrincipal, registry: RegistryRow): Promise<boolean> {
  const { id } = registryScope(registry);
  const scopes = await authorizer.scopesOf(principal);
  return scopes.some((scope) => isWithin(id, scope) || isWithin(scope, id));
}

function refused(why: string): DomainError {
  return new DomainError('unauthenticated', 'auth.required', `authentication required: ${why}`);
}
