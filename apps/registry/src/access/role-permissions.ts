import type { ResourceAction } from './principal.ts';

/** What a role gives, as role definitions write it: patterns in which `*` stands for any characters, slashes too. */
export interface RolePermission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
}

/** One permission, ready to be asked many times. */
export interface CompiledPermission {
  permits(action: ResourceAction): boolean;
}

/**
 * Rights over quarantine and signatures come only from a role that names them, never through a `*` that happens to cover
 * them: in the role matrix of ACR even the Owner's cells for them are empty. So the pattern must spell the word out.
 */
const NAMED_ONLY = /^microsoft\.containerregistry\/registries\/(quarantine|sign)\//;

/**
 * Allowed is what a pattern of `actions` matches and none of `notActions` does; cases do not count
 * (https://learn.microsoft.com/azure/role-based-access-control/role-definitions#actions).
 */
export function compilePermission(permission: RolePermission): CompiledPermission {
  const allowed = permission.actions.map(compilePattern);
  const denied = permission.notActions.map(compilePattern);
  return {
    permits: (action) => {
      const name = action.toLowerCase();
      const word = NAMED_ONLY.exec(name)?.[1];
      const gives = allowed.some((p) => p.matches(name) && (word === undefined || p.text.includes(`/${word}/`)));
      return gives && !denied.some((p) => p.matches(name));
    },
  };
}

interface Pattern {
  readonly text: string;
  matches(name: string): boolean;
}

function compilePattern(pattern: string): Pattern {
  const text = pattern.toLowerCase();
  if (!text.includes('*')) return { text, matches: (name) => name === text };
  const parts = text.split('*');
  return { text, matches: (name) => matchesParts(name, parts) };
}

/** By hand and linear: a regular expression of somebody's pattern `*a*a*a*…b` could take for ever. */
function matchesParts(name: string, parts: readonly string[]): boolean {
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
