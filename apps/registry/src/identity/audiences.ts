import type { SignInEndpoints } from './endpoints.ts';
import { oauthError } from './oauth-error.ts';
import type { TokenAudience } from './sign-in-tokens.ts';

export interface RequestedAudience {
  readonly kind: TokenAudience;
  /** As it was asked for, which is what the token's `aud` is: audiences are compared as strings. */
  readonly audience: string;
}

/** Application ids of the services, which `resource=` of the first protocol may be. */
const MANAGEMENT_APP = '797f4846-ba00-4fd7-ba43-dac1f8f63013';
const GRAPH_APP = '00000003-0000-0000-c000-000000000000';
/** az asks for it when a registry's policy refuses tokens of the resource manager. */
const REGISTRY_SERVICE = 'https://containerregistry.azure.net';
const ABOUT_THE_PERSON = new Set(['openid', 'profile', 'email', 'offline_access']);
const MOST_SCOPES = 50;

export interface RequestedScope {
  /** As it came; the answer repeats it. */
  readonly text: string;
  readonly audience: RequestedAudience;
  /** The client wants an id token. */
  readonly openid: boolean;
  /** The client wants a refresh token. */
  readonly offline: boolean;
}

/**
 * For which service a token is asked: `scope` of the second protocol (`<audience>/.default`, or single permissions, which
 * mean the same here), or `resource` of the first one. Without either it is for the directory, as on Entra.
 */
export function requestedScope(
  endpoints: SignInEndpoints,
  { scope, resource }: { scope: string | undefined; resource: string | undefined },
): RequestedScope {
  const words = (scope ?? '').split(' ').filter(Boolean);
  if (words.length > MOST_SCOPES) throw invalidScope(`it has more than ${MOST_SCOPES} words`);
  const asked =
    resource === undefined ? words.filter((word) => !ABOUT_THE_PERSON.has(word)).map(withoutPermission) : [];
  const audiences = [...new Set(asked.filter((audience) => audience !== ''))];
  if (audiences.length > 1) {
    // AADSTS28000 on Entra: one token is for one service.
    throw oauthError(
      'oauth.invalid-scope',
      28000,
      `Provided value for the input parameter scope is not valid because it contains more than one resource: ${shown(audiences.join(' '))}. Ask for one at a time.`,
    );
  }
  const wanted = resource ?? audiences[0];
  const audience = wanted === undefined ? directory(endpoints) : audienceOf(endpoints, wanted);
  if (!audience) throw unknownAudience(wanted ?? '', resource !== undefined);
  return {
    text: words.join(' '),
    audience,
    // The first protocol has no scopes: a person's client always gets both.
    openid: words.includes('openid') || resource !== undefined,
    offline: words.includes('offline_access') || resource !== undefined,
  };
}

/** Undefined for an audience that is none of this site's. */
function audienceOf(endpoints: SignInEndpoints, text: string): RequestedAudience | undefined {
  const wanted = comparable(text);
  const { management, graph } = endpoints;
  const managements = [management, `${management}/audience`, REGISTRY_SERVICE, MANAGEMENT_APP];
  if (managements.some((one) => comparable(one) === wanted)) return { kind: 'management', audience: text };
  if ([graph, GRAPH_APP].some((one) => comparable(one) === wanted)) return { kind: 'graph', audience: text };
  return undefined;
}

/** Hosts are without case, 443 is nobody's business with https, and clients put a slash at the end or not. */
function comparable(audience: string): string {
  return audience
    .toLowerCase()
    .replace(/^(https:\/\/[^/]+):443(?=\/|$)/, '$1')
    .replace(/\/$/, '');
}

function directory({ graph }: SignInEndpoints): RequestedAudience {
  return { kind: 'graph', audience: `${graph}/` };
}

/** `https://graph.x//.default` means `https://graph.x/`: just one slash belongs to the permission. */
function withoutPermission(word: string): string {
  const slash = word.lastIndexOf('/');
  // `User.Read` alone is a permission of the directory.
  if (slash < 0) return /^[0-9a-f-]{36}$/i.test(word) ? word : '';
  return word.slice(0, slash);
}

function unknownAudience(audience: string, first: boolean) {
  const message = `The resource principal named ${shown(audience)} was not found in this site. Ask for a token for its resource manager (…/audience) or its directory; the metadata endpoint tells both names.`;
  return oauthError(first ? 'oauth.invalid-request' : 'oauth.invalid-scope', 500011, message);
}

function invalidScope(why: string) {
  return oauthError(
    'oauth.invalid-scope',
    70011,
    `The provided value for the input parameter 'scope' is not valid: ${why}.`,
  );
}

/** Whatever somebody sent, short and without anything that a terminal or a log would act upon. */
function shown(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 200);
}
