import { enoughFor, roleFor } from '../access/actions.ts';
import type { RefusalReason } from '../access/authorizer.ts';
import {
  type Action,
  type Principal,
  REGISTRY_ACTIONS,
  REPOSITORY_ACTIONS,
  type RegistryAction,
  type RepositoryAction,
} from '../access/principal.ts';
import { rightOfScopeMap } from '../access/scope-maps.ts';
import type { RefusalCause, Refused } from '../identity/refused.ts';

/** The words that clients and the FAQ's readers look for; what follows says which case it is. */
const REQUIRED = 'authentication required';

const SIGN_IN: Readonly<Record<RefusalCause, (refused: Refused) => string>> = {
  'wrong-password': () =>
    'the user name or the password is wrong. Check both; a renewed password ends the old one at once.',
  'wrong-token': () => "the token is not valid: it is none of this site's, or was changed. Sign in again.",
  malformed: () =>
    'the Authorization header holds no user name with a password (Basic) and no token (Bearer). Sign in again.',
  'admin-user-disabled': () =>
    'the password is right, but the admin user of this registry is disabled. Have an owner enable it, for example with az acr update --admin-enabled true, or sign in as somebody else.',
  'account-disabled': () =>
    'the secret is right, but the account is disabled. Ask who manages the accounts of this site.',
  'token-disabled': () =>
    'the password is right, but the token is disabled. Have an owner of the registry enable it, for example with az acr token update --status enabled.',
  'credential-expired': ({ since }) =>
    `the password is right, but it expired${at(since)}. Make a new one: for a token of a registry with az acr token credential generate, for an application with az ad app credential reset.`,
  'bearer-expired': ({ since }) => `the token expired${at(since)}. Sign in again, or ask for a new token.`,
  'bearer-revoked': () =>
    'the token was revoked: what it was got with was renewed, disabled, deleted or has expired. Sign in again.',
  'bearer-of-another-registry': () =>
    'the token was issued for another registry, or for one of this name that was deleted since. Sign in to this one.',
  'bearer-of-the-wrong-kind': () =>
    'a refresh token only gets access tokens from /oauth2/token, and only access tokens open anything else. Use the other one.',
};

/** Why somebody's credentials are not accepted. Says more than "wrong" only to who showed the right secret. */
export function signInText(refused: Refused): string {
  return `${REQUIRED}: ${SIGN_IN[refused.refused](refused)}`;
}

/** What a request asks for, in the words of scopes. */
export interface Wanted {
  readonly action: Action;
  /** Undefined for the registry as a whole. */
  readonly repository: string | undefined;
  /** The scope of a token that would do. */
  readonly scope: string;
}

/** Why a request is denied to somebody whose credentials are good. */
export function deniedText(principal: Principal, reason: RefusalReason, wanted: Wanted | undefined): string {
  if (!wanted || (principal.kind === 'anonymous' && !principal.grants)) {
    return `${REQUIRED}: sign in to this registry, for example with docker login.`;
  }
  return `${REQUIRED}: ${deniedClause(principal, reason, wanted)}`;
}

function deniedClause(principal: Principal, reason: RefusalReason, wanted: Wanted): string {
  const what = whatOf(wanted);
  switch (reason) {
    case 'outside-token-scope':
      return `the token was issued for other scopes and does not allow ${what}. Ask /oauth2/token for one with scope=${wanted.scope}.`;
    case 'repository-replaced':
      return `"${wanted.repository}" was deleted after this token was issued, and it does not open what is made under the name since. Ask for a new token.`;
    case 'not-signed-in':
      return `without signing in, one may only pull here, and that does not allow ${what}. Sign in, for example with docker login.`;
    case 'no-assignment':
      return noRightText(principal, wanted);
  }
}

function noRightText(principal: Principal, { action, repository }: Wanted): string {
  const what = whatOf({ action, repository });
  const word = wordInScopeMap(action);
  if (principal.kind === 'scope-map-token' && word !== undefined) {
    const right = rightOfScopeMap(word);
    const line = `repositories/${repository ?? '<repository>'}/${right}`;
    return `the scope map "${principal.scopeMap}" of this token does not allow ${what}. Have an owner of the registry add ${line} to it; that counts at once.`;
  }
  if (principal.kind === 'user' || principal.kind === 'service-principal') {
    const needed = enoughFor(action).join(' or ');
    return `"${principal.name}" has no role that allows ${what} (${needed}). Ask an owner of the registry for the role ${roleFor(action)}; it counts at once.`;
  }
  return `these credentials do not allow ${what}. Sign in as somebody who may.`;
}

/** What a right on the whole registry is for a single repository; undefined when no scope map can give it. */
function wordInScopeMap(action: Action): RepositoryAction | undefined {
  if (action === 'catalog') return 'metadata_read';
  if (action === 'mount' || action === 'bundle_read') return 'pull';
  if (action === 'bundle_write') return 'push';
  return REPOSITORY_ACTIONS.find((known) => known === action);
}

function whatOf({ action, repository }: Pick<Wanted, 'action' | 'repository'>): string {
  if (repository !== undefined) return `${action} on "${repository}"`;
  if (action === 'catalog') return 'listing repositories';
  if (action === 'deleted_catalog') return 'listing repositories with deleted images';
  return `${action} on ${REGISTRY_ACTIONS[action as RegistryAction].name}`;
}

function at(since: Date | undefined): string {
  return since ? ` at ${since.toISOString()}` : '';
}
