import { isRepositoryPattern } from '@holdfast/oci/patterns';
import type { RepositoryAction, ScopeMapPrincipal } from './principal.ts';

/** The rights that an action of a scope map can name, and the word of a token's scope that each of them is. */
const RIGHTS: ReadonlyMap<string, RepositoryAction> = new Map([
  ['content/read', 'pull'],
  ['content/write', 'push'],
  ['content/delete', 'delete'],
  ['metadata/read', 'metadata_read'],
  ['metadata/write', 'metadata_write'],
]);

export const SCOPE_MAP_RIGHTS: readonly string[] = [...RIGHTS.keys()];

export interface BuiltInScopeMap {
  readonly name: string;
  readonly description: string;
  readonly actions: readonly string[];
}

/** Those that every Azure registry has, by name; templates refer to them. */
export const BUILT_IN_SCOPE_MAPS: readonly BuiltInScopeMap[] = [
  builtIn(
    '_repositories_admin',
    'Can perform all read, write and delete operations on the registry',
    ...SCOPE_MAP_RIGHTS,
  ),
  builtIn('_repositories_pull', 'Can pull any repository of the registry', 'content/read'),
  builtIn(
    '_repositories_pull_metadata_read',
    'Can perform all read operations on the registry',
    'content/read',
    'metadata/read',
  ),
  builtIn('_repositories_push', 'Can push to any repository of the registry', 'content/read', 'content/write'),
  builtIn(
    '_repositories_push_metadata_write',
    'Can perform all read and write operations on the registry',
    'content/read',
    'content/write',
    'metadata/read',
    'metadata/write',
  ),
];

export function builtInScopeMap(name: string): BuiltInScopeMap | undefined {
  return BUILT_IN_SCOPE_MAPS.find((map) => map.name === name.toLowerCase());
}

export interface ScopeMapLine {
  /** A repository's name, or a prefix that ends in `*`; `*` alone is every repository. */
  readonly repository: string;
  readonly action: RepositoryAction;
}

/**
 * Reads `repositories/<repository>/<right>`, for example `repositories/team/app/content/read`. The repository is a name, or
 * the beginning of names followed by one `*`: `team/*`, `team*`, `*`. Undefined for anything else.
 */
export function parseScopeMapAction(text: string): ScopeMapLine | undefined {
  const match = /^repositories\/(.+)\/([a-z]+\/[a-z]+)$/.exec(text);
  const action = RIGHTS.get(match?.[2] ?? '');
  const repository = match?.[1] ?? '';
  return action !== undefined && isRepositoryPattern(repository) ? { repository, action } : undefined;
}

/** What the actions allow, repository by repository. Those that mean nothing allow nothing. */
export function linesOf(actions: readonly string[]): ScopeMapPrincipal['allows'] {
  const byRepository = new Map<string, RepositoryAction[]>();
  for (const text of actions) {
    const line = parseScopeMapAction(text);
    if (!line) continue;
    const known = byRepository.get(line.repository);
    if (!known) byRepository.set(line.repository, [line.action]);
    else if (!known.includes(line.action)) known.push(line.action);
  }
  return [...byRepository].map(([repository, allowed]) => ({ repository, actions: allowed }));
}

/** The right of a scope map that a word of a token's scope needs, for whoever must add it. */
export function rightOfScopeMap(action: RepositoryAction): string {
  return SCOPE_MAP_RIGHTS.find((right) => RIGHTS.get(right) === action) ?? action;
}

function builtIn(name: string, description: string, ...rights: readonly string[]): BuiltInScopeMap {
  return { name, description, actions: rights.map((right) => `repositories/*/${right}`) };
}
