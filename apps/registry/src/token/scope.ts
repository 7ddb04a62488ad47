import { parseRepositoryName } from '@holdfast/oci/reference';
import {
  ACTIONS,
  type AccessGrant,
  type Action,
  DELETED_ACTIONS,
  isRegistryAction,
  QUARANTINE_WRITE,
  REGISTRY_ACTIONS,
  REPOSITORY_ACTIONS,
  registryAction,
} from '../access/principal.ts';

const MAX_SCOPES = 100;
const MAX_LENGTH = 64 * 1024;

/** The words of a scope. */
const ACTION_WORDS: ReadonlyMap<string, readonly Action[]> = new Map<string, readonly Action[]>([
  ...[...REPOSITORY_ACTIONS, ...DELETED_ACTIONS].map((action): [string, readonly Action[]] => [action, [action]]),
  // azure-cli before commit 02fc735 wrote these two in camel case.
  ['metadataRead', ['metadata_read']],
  ['metadataWrite', ['metadata_write']],
  ['*', REPOSITORY_ACTIONS],
  [QUARANTINE_WRITE, [QUARANTINE_WRITE]],
]);

/** `repository(plugin)` is Docker's, `artifact-repository` that of old Helm clients; all are repositories here. */
const REPOSITORY_TYPE = /^(?:repository(?:\([a-z0-9]+\))?|artifact-repository)$/;

/** A host that can only be one: with a port. Without a port it could be the name's first component, and stays. */
const HOST_AND_PORT = /^(?:[a-zA-Z0-9.-]+|\[[a-fA-F0-9:]+\]):[0-9]+\//;

/**
 * The `scope` parameter of a token request: scopes separated by blanks, in one string or several, merged by resource.
 * Types, names and actions that mean nothing here are left out, since a token that lacks them is a valid answer.
 * Undefined when it is too long to be looked at (more than 100 scopes or 64 Ki characters).
 * https://distribution.github.io/distribution/spec/auth/scope/#resource-scope-grammar
 */
export function parseScope(text: string | readonly string[] | undefined): AccessGrant[] | undefined {
  const parts = text === undefined ? [] : typeof text === 'string' ? [text] : text;
  if (parts.reduce((sum, part) => sum + part.length + 1, -1) > MAX_LENGTH) return undefined;
  const scopes = parts.flatMap((part) => part.split(/[ \t\r\n]+/)).filter((scope) => scope !== '');
  if (scopes.length > MAX_SCOPES) return undefined;
  const merged = new Map<string, { type: AccessGrant['type']; name: string; actions: Set<Action> }>();
  for (const scope of scopes) {
    const grant = parseOne(scope);
    if (grant === undefined) continue;
    const key = `${grant.type}:${grant.name}`;
    const known = merged.get(key) ?? { type: grant.type, name: grant.name, actions: new Set() };
    for (const action of grant.actions) known.actions.add(action);
    merged.set(key, known);
  }
  return [...merged.values()].map((grant) => ({ ...grant, actions: ACTIONS.filter((a) => grant.actions.has(a)) }));
}

/** The scopes as a challenge or a token request writes them: `repository:team/app:pull,push registry:catalog:*`. */
export function formatScope(grants: readonly AccessGrant[]): string {
  return grants.map(({ type, name, actions }) => `${type}:${name}:${actions.map(wordOf).join(',')}`).join(' ');
}

/** How a scope and a token spell an action. */
export function wordOf(action: Action): string {
  return isRegistryAction(action) ? REGISTRY_ACTIONS[action].word : action;
}

/** Type before the first colon, actions after the last: the name between may carry a host's port. */
function parseOne(scope: string): AccessGrant | undefined {
  const first = scope.indexOf(':');
  const last = scope.lastIndexOf(':');
  if (first === last) return undefined;
  const type = scope.slice(0, first);
  const name = scope.slice(first + 1, last);
  const words = scope.slice(last + 1).split(',');
  if (type === 'registry') {
    const actions = words.flatMap((word) => registryAction(name, word) ?? []);
    return actions.length === 0 ? undefined : { type: 'registry', name, actions };
  }
  const repository = REPOSITORY_TYPE.test(type) ? parseRepositoryName(name.replace(HOST_AND_PORT, '')) : undefined;
  const actions = words.flatMap((word) => ACTION_WORDS.get(word) ?? []);
  return repository === undefined || actions.length === 0
    ? undefined
    : { type: 'repository', name: repository, actions };
}
