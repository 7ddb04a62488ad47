import type { Exchange } from '../../http/exchange.ts';
import type { Authority } from '../endpoints.ts';
import { oauthError } from '../oauth-error.ts';
import type { SignIn } from '../sign-in.ts';

/** Where everything of a sign-in service is, as its client sees it. */
export interface AuthorityUrls extends Authority {
  readonly authorizationEndpoint: string;
  readonly deviceEndpoint: string;
  /** The page on which a person types a device's code. */
  readonly devicePage: string;
  readonly keys: string;
  readonly endSession: string;
  /** Every name of the token endpoint: assertions may be for any of them. */
  readonly audiences: readonly string[];
}

/** AD FS: `https://adfs.<domain>/adfs`, or `<whatever the client called us>/adfs`. */
export function adfsAuthority(signIn: SignIn, x: Exchange): AuthorityUrls {
  const { scheme, host, hostRoute } = x.facts;
  const base = hostRoute.kind === 'any' ? `${scheme}://${host}/adfs` : signIn.endpoints().authority;
  return {
    shape: 'adfs',
    issuer: base,
    // With its slash, as AD FS has it.
    tokenEndpoint: `${base}/oauth2/token/`,
    authorizationEndpoint: `${base}/oauth2/authorize/`,
    deviceEndpoint: `${base}/oauth2/devicecode`,
    devicePage: `${base}/oauth2/deviceauth`,
    keys: `${base}/discovery/keys`,
    endSession: `${base}/oauth2/logout`,
    audiences: [
      `${base}/oauth2/token`,
      base,
      `${signIn.endpoints().authority}/oauth2/token`,
      signIn.endpoints().authority,
    ],
  };
}

/**
 * Entra: one issuer per tenant, and this site has one tenant. Whatever name of it was asked for, the issuer is that of
 * the tenant: MSAL asks `organizations` and compares with what the document says.
 */
export async function entraAuthority(
  signIn: SignIn,
  x: Exchange,
  tenant: string,
  version: 1 | 2,
): Promise<AuthorityUrls> {
  const tenantId = await signIn.tenantId();
  await requireTenant(signIn, tenant, tenantId);
  const { scheme, host, hostRoute } = x.facts;
  const base = hostRoute.kind === 'any' ? `${scheme}://${host}` : signIn.endpoints().login;
  const protocol = version === 2 ? `${base}/${tenant}/oauth2/v2.0` : `${base}/${tenant}/oauth2`;
  const names = [tenant, tenantId, 'organizations', 'common', signIn.domain];
  return {
    shape: 'entra',
    issuer: `${base}/${tenantId}/v2.0`,
    tokenEndpoint: `${protocol}/token`,
    authorizationEndpoint: `${protocol}/authorize`,
    deviceEndpoint: `${protocol}/devicecode`,
    devicePage: `${base}/common/oauth2/deviceauth`,
    keys: `${base}/${tenant}/discovery/v2.0/keys`,
    endSession: `${protocol}/logout`,
    audiences: names.flatMap((name) => [
      `${base}/${name}/oauth2/v2.0/token`,
      `${base}/${name}/oauth2/token`,
      `${base}/${name}/v2.0`,
      `${base}/${name}`,
    ]),
  };
}

async function requireTenant(signIn: SignIn, tenant: string, tenantId: string): Promise<void> {
  const names = [tenantId, signIn.domain, 'organizations', 'common', 'adfs'];
  if (names.some((name) => name.toLowerCase() === tenant.toLowerCase())) return;
  throw oauthError(
    'oauth.invalid-tenant',
    90002,
    `Tenant '${tenant.replace(/[^\w.-]/g, '?').slice(0, 100)}' not found. This site has one tenant: use its id, its domain '${signIn.domain}', or 'organizations'.`,
  );
}
