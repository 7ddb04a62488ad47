import type { Exchange } from '../../http/exchange.ts';
import type { Route } from '../../http/route.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { readParameters } from '../parameters.ts';
import type { SignIn } from '../sign-in.ts';
import { clientAuthentication, type GrantRequest } from '../token-grants.ts';
import { type AuthorityUrls, adfsAuthority, entraAuthority } from './authorities.ts';
import { readForm } from './form.ts';

const PUBLIC = { kind: 'public', why: 'credentials are checked by the endpoint itself' } as const;
const ANYBODY = {
  kind: 'public',
  why: 'a device without a browser asks for a code; it opens nothing until a person approves it',
} as const;

/** Token endpoints of both shapes, and where devices ask for their code. */
export function tokenRoutes(signIn: SignIn): Route[] {
  const post = (name: string, path: string, access: Route['access'], handle: Route['handle']): Route => ({
    name,
    method: 'POST',
    path,
    access,
    handle,
  });
  const adfs =
    (handle: Handle): Route['handle'] =>
    (x) =>
      handle(signIn, x, async () => adfsAuthority(signIn, x));
  const entra =
    (version: 1 | 2, handle: Handle): Route['handle'] =>
    (x, { values }) =>
      handle(signIn, x, () => entraAuthority(signIn, x, values.tenant ?? '', version));
  return [
    post('adfs-token', '/adfs/oauth2/token', PUBLIC, adfs(token)),
    post('adfs-device-code', '/adfs/oauth2/devicecode', ANYBODY, adfs(deviceCode)),
    post('entra-token', '/{tenant}/oauth2/v2.0/token', PUBLIC, entra(2, token)),
    post('entra-token-v1', '/{tenant}/oauth2/token', PUBLIC, entra(1, token)),
    post('entra-device-code', '/{tenant}/oauth2/v2.0/devicecode', ANYBODY, entra(2, deviceCode)),
    post('entra-device-code-v1', '/{tenant}/oauth2/devicecode', ANYBODY, entra(1, deviceCode)),
  ];
}

type Handle = (signIn: SignIn, x: Exchange, authority: () => Promise<AuthorityUrls>) => Promise<void>;

async function token(signIn: SignIn, x: Exchange, authorityOf: () => Promise<AuthorityUrls>): Promise<void> {
  try {
    const authority = await authorityOf();
    const parameters = readParameters(await readForm(x));
    const { answer, principal } = await signIn.grants.grant({
      parameters,
      basic: basicOf(x),
      authority,
      audiences: [authority.tokenEndpoint, ...authority.audiences],
      source: x.facts.clientAddress,
    });
    x.principal = principal;
    x.sendJson(200, {}, answer);
  } catch (error) {
    throw challenged(x, error);
  }
}

/** RFC 8628, section 3.2. Without `message` az ends with a KeyError. */
async function deviceCode(signIn: SignIn, x: Exchange, authorityOf: () => Promise<AuthorityUrls>): Promise<void> {
  try {
    const authority = await authorityOf();
    const parameters = readParameters(await readForm(x));
    const audiences = [authority.tokenEndpoint, ...authority.audiences];
    const { client } = await signIn.clients.authenticate(
      clientAuthentication({ parameters, basic: basicOf(x), audiences }),
    );
    const issued = await signIn.deviceCodes.issue({
      clientId: client.appId,
      scope: scopeOf(parameters),
      source: x.facts.clientAddress,
    });
    const page = authority.devicePage;
    x.sendJson(
      200,
      {},
      {
        user_code: issued.userCode,
        device_code: issued.deviceCode,
        verification_uri: page,
        verification_url: page, // the first protocol's spelling
        expires_in: issued.expiresIn,
        interval: issued.interval,
        message: `To sign in, use a web browser to open the page ${page} and enter the code ${issued.userCode} to authenticate.`,
      },
    );
  } catch (error) {
    throw challenged(x, error);
  }
}

/** The first protocol names a resource; it is kept in the form that the second has for it. */
function scopeOf(parameters: GrantRequest['parameters']): string {
  const resource = parameters.one('resource');
  return parameters.one('scope') ?? (resource === undefined ? 'openid' : `${resource}/.default openid offline_access`);
}

function basicOf(x: Exchange) {
  const encoded = /^basic +(\S+) *$/i.exec(x.header('authorization') ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** RFC 9110, section 15.5.2: every 401 has a challenge; RFC 6749, section 5.2: in the client's own scheme. */
function challenged(x: Exchange, error: unknown): unknown {
  if (error instanceof DomainError && error.code === 'oauth.invalid-client') {
    error.headers = { 'WWW-Authenticate': `Basic realm="${x.facts.host}"` };
  }
  return error;
}
