import type { Exchange } from '../../http/exchange.ts';
import type { Route } from '../../http/route.ts';
import type { SignIn } from '../sign-in.ts';
import { type AuthorityUrls, adfsAuthority, entraAuthority } from './authorities.ts';

const PUBLIC = {
  kind: 'public',
  why: 'clients read it before they can sign in; it says nothing but addresses',
} as const;

/** What clients ask to find their way: OpenID Connect Discovery, the keys, and what only Entra's clients ask. */
export function discoveryRoutes(signIn: SignIn): Route[] {
  const get = (name: string, path: string, handle: Route['handle']): Route => ({
    name,
    method: 'GET',
    path,
    access: PUBLIC,
    handle,
  });
  const known = '.well-known/openid-configuration';
  const adfs = async (x: Exchange) => x.sendJson(200, {}, document(adfsAuthority(signIn, x)));
  const keys = async (x: Exchange) => x.sendJson(200, {}, { keys: await signIn.keys.published() });
  const entra =
    (version: 1 | 2): Route['handle'] =>
    async (x, { values }) =>
      x.sendJson(200, {}, document(await entraAuthority(signIn, x, values.tenant ?? '', version)));
  return [
    get('adfs-discovery', `/adfs/${known}`, adfs),
    // az asks so for a tenant that is not a GUID; MSAL for AD FS with a tenant of the name `adfs`.
    get('adfs-tenant-discovery', `/adfs/{tenant}/${known}`, adfs),
    get('adfs-keys', '/adfs/discovery/keys', keys),
    get('entra-discovery-v1', `/{tenant}/${known}`, entra(1)),
    get('entra-discovery', `/{tenant}/v2.0/${known}`, entra(2)),
    get('entra-keys', '/{tenant}/discovery/v2.0/keys', keys),
    get('entra-keys-v1', '/{tenant}/discovery/keys', keys),
    get('entra-instance', '/common/discovery/instance', (x) => instance(signIn, x)),
    get('entra-user-realm', '/common/userrealm/{upn}', (x, { values }) => userRealm(x, values.upn ?? '')),
  ];
}

/** OpenID Connect Discovery 1.0, section 3: true about this server, and nothing more. */
function document(authority: AuthorityUrls) {
  return {
    issuer: authority.issuer,
    authorization_endpoint: authority.authorizationEndpoint,
    token_endpoint: authority.tokenEndpoint,
    device_authorization_endpoint: authority.deviceEndpoint,
    jwks_uri: authority.keys,
    end_session_endpoint: authority.endSession,
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'form_post'],
    grant_types_supported: [
      'authorization_code',
      'refresh_token',
      'client_credentials',
      'password',
      'urn:ietf:params:oauth:grant-type:device_code',
    ],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic', 'private_key_jwt', 'none'],
    token_endpoint_auth_signing_alg_values_supported: ['RS256', 'PS256', 'ES256'],
    code_challenge_methods_supported: ['S256'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    claims_supported: [
      'sub',
      'iss',
      'aud',
      'exp',
      'iat',
      'auth_time',
      'nonce',
      'tid',
      'oid',
      'upn',
      'preferred_username',
      'name',
    ],
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
  };
}

/** MSAL asks whether it may believe this authority, and by which other names it goes. */
async function instance(signIn: SignIn, x: Exchange): Promise<void> {
  const { login } = signIn.endpoints();
  const host = login.replace(/^https?:\/\//, '');
  const asked = x.facts.host.toLowerCase();
  const aliases = [...new Set([host, asked])];
  x.sendJson(
    200,
    {},
    {
      tenant_discovery_endpoint: `${login}/${await signIn.tenantId()}/v2.0/.well-known/openid-configuration`,
      'api-version': '1.1',
      metadata: [{ preferred_network: host, preferred_cache: host, aliases }],
    },
  );
}

/** The same for every name, known or not. */
async function userRealm(x: Exchange, upn: string): Promise<void> {
  const domain = upn.slice(upn.lastIndexOf('@') + 1);
  x.sendJson(
    200,
    {},
    {
      ver: '1.0',
      account_type: 'Managed',
      domain_name: domain.replace(/[^\w.-]/g, '').slice(0, 253),
      cloud_instance_name: x.facts.host.toLowerCase(),
      cloud_audience_urn: 'urn:federation:MicrosoftOnline',
    },
  );
}
