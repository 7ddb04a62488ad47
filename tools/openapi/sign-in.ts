import { anything, type Body, flag, list, map, number, object, type Schema, text } from './schemas.ts';

// Of the identity plane, and of the portal that signs people in with it.

const FORM = 'application/x-www-form-urlencoded';
const HTML = 'text/html';

/** RFC 6749, section 5.1, with what MSAL and Azure's first protocol read beside it. */
const tokens = object({
  token_type: text,
  'scope?': text,
  'resource?': text,
  expires_in: anything,
  ext_expires_in: number,
  'expires_on?': text,
  'not_before?': text,
  access_token: text,
  'refresh_token?': text,
  'id_token?': text,
  'client_info?': text,
});
/** RFC 8414 and OpenID Connect Discovery 1.0. */
const discovery = object({
  issuer: text,
  authorization_endpoint: text,
  token_endpoint: text,
  device_authorization_endpoint: text,
  jwks_uri: text,
  end_session_endpoint: text,
  response_types_supported: list(text),
  response_modes_supported: list(text),
  grant_types_supported: list(text),
  subject_types_supported: list(text),
  id_token_signing_alg_values_supported: list(text),
  token_endpoint_auth_methods_supported: list(text),
  token_endpoint_auth_signing_alg_values_supported: list(text),
  code_challenge_methods_supported: list(text),
  scopes_supported: list(text),
  claims_supported: list(text),
  request_parameter_supported: flag,
  request_uri_parameter_supported: flag,
});
/** RFC 7517. */
const keys = object({
  keys: list(object({ kid: text, kty: text, use: text, alg: text, crv: text, x: text, y: text })),
});
/** RFC 8628, section 3.2. */
const deviceCode = object({
  user_code: text,
  device_code: text,
  verification_uri: text,
  verification_url: text,
  expires_in: number,
  interval: number,
  message: text,
});
const authorizeQuery = {
  client_id: text,
  redirect_uri: text,
  response_type: text,
  response_mode: text,
  scope: text,
  resource: text,
  state: text,
  nonce: text,
  code_challenge: text,
  code_challenge_method: text,
  login_hint: text,
};
const token: Body = { requestType: FORM, request: map(text), response: tokens };
const device: Body = { requestType: FORM, request: map(text), response: deviceCode };
/** A page, or back to the client. */
const authorize: Body = { query: authorizeQuery, response: text, responseType: HTML, empty: [303] };
const authorizeAnswer: Body = { ...authorize, query: {}, requestType: FORM, request: map(text) };
const devicePage: Body = { query: { user_code: text }, response: text, responseType: HTML };
const deviceAnswer: Body = { requestType: FORM, request: map(text), response: text, responseType: HTML };
const signOut: Body = {
  query: { post_logout_redirect_uri: text, client_id: text, state: text },
  response: text,
  responseType: HTML,
  empty: [303],
};
/** RFC 7009. */
const revoke: Body = { requestType: FORM, request: object({ token: text }), empty: [200] };

const settings: Schema = object({
  byPath: flag,
  clientId: text,
  tenantId: text,
  managementAudience: text,
  graphAudience: text,
  management: text,
  graph: text,
  authority: text,
  portal: text,
  scheme: text,
  loginServerSuffix: text,
  defaultRegistry: text,
});

/** By the name of the route. */
export const SIGN_IN: Readonly<Record<string, Body>> = {
  'adfs-discovery': { response: discovery },
  'adfs-tenant-discovery': { response: discovery },
  'adfs-keys': { response: keys },
  'adfs-authorize': authorize,
  'adfs-authorize-answer': authorizeAnswer,
  'adfs-token': token,
  'adfs-device-code': device,
  'adfs-device-page': devicePage,
  'adfs-device-answer': deviceAnswer,
  'adfs-logout': signOut,
  'adfs-revoke': revoke,
  'entra-discovery': { response: discovery },
  'entra-discovery-v1': { response: discovery },
  'entra-keys': { response: keys },
  'entra-keys-v1': { response: keys },
  'entra-instance': {
    response: object({
      tenant_discovery_endpoint: text,
      'api-version': text,
      metadata: list(object({ preferred_network: text, preferred_cache: text, aliases: list(text) })),
    }),
  },
  'entra-user-realm': {
    response: object({
      ver: text,
      account_type: text,
      domain_name: text,
      cloud_instance_name: text,
      cloud_audience_urn: text,
    }),
  },
  'entra-authorize': authorize,
  'entra-authorize-answer': authorizeAnswer,
  'entra-authorize-v1': authorize,
  'entra-authorize-v1-answer': authorizeAnswer,
  'entra-token': token,
  'entra-token-v1': token,
  'entra-device-code': device,
  'entra-device-code-v1': device,
  'entra-device-page': devicePage,
  'entra-device-answer': deviceAnswer,
  'entra-logout': signOut,
  'entra-logout-v1': signOut,
  'entra-revoke': revoke,
  'portal-page': { response: text, responseType: HTML, empty: [307, 308] },
  'portal-asset': { response: anything, responseType: '*/*', empty: [304] },
  'portal-settings': { response: settings },
};
