import type { RefusalCause, Refused } from '../identity/refused.ts';
import { REGISTRY_TOKEN_NAME, registryTokenId } from '../identity/registry-tokens.ts';
import type { MetadataStore, RegistryRow } from '../metadata/metadata-store.ts';
import { BoundedCache } from '../platform/bounded-cache.ts';
import type { Clock } from '../platform/clock.ts';

/** From where an attempt came. */
export interface Caller {
  /** Address of the client. */
  readonly client: string;
  readonly correlationId: string;
}

export interface DeniedAction {
  readonly principal: string;
  readonly action: string;
  readonly reason: string;
  readonly repository?: string | undefined;
  readonly target?: string | undefined;
}

/** What is written down about attempts that were refused. */
export interface RefusalLog {
  /** Somebody showed credentials that were not accepted. */
  signIn(registry: RegistryRow, refused: Refused, caller: Caller): Promise<void>;
  /** Somebody whose credentials are good may not do it. */
  denied(registry: RegistryRow, denied: DeniedAction, caller: Caller): Promise<void>;
}

/** Rows that a registry writes at once, and how soon it may write the next one: 8,640 a day at most, about 3 MB. */
const BURST = 60;
const REFILL_MS = 10_000;
/** Registries whose allowance is remembered. */
const KEPT = 10_000;

/**
 * A wrong guess. A token that expired or was revoked is not: clients keep using those until they are told, and that would
 * fill the log with what nobody did wrong.
 */
const GUESSES: ReadonlySet<RefusalCause> = new Set([
  'wrong-password',
  'admin-user-disabled',
  'account-disabled',
  'token-disabled',
  'credential-expired',
]);

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface Allowance {
  readonly left: number;
  readonly at: number;
  /** Attempts since the last row that were not written down. */
  readonly unwritten: number;
}

/**
 * Refusals in the audit log, bounded: whoever guesses passwords as fast as the network carries them fills no disk. What is
 * left out is counted, and the next row says how much it was. Guesses and denied actions have an allowance each, so that
 * noise of the one does not hide the other.
 */
export function createRefusalLog({ metadata, clock }: { metadata: MetadataStore; clock: Clock }): RefusalLog {
  const allowances = new BoundedCache<Allowance>(KEPT);
  /** Takes one row; undefined when there is none left, else how many attempts went before it unwritten. */
  const take = (key: string): number | undefined => {
    const now = clock.monotonic();
    const before = allowances.get(key) ?? { left: BURST, at: now, unwritten: 0 };
    const left = Math.min(BURST, before.left + (now - before.at) / REFILL_MS);
    const written = left >= 1;
    allowances.set(key, { left: written ? left - 1 : left, at: now, unwritten: written ? 0 : before.unwritten + 1 });
    return written ? before.unwritten : undefined;
  };
  const write = async (
    registry: RegistryRow,
    kind: 'guess' | 'denied',
    caller: Caller,
    describe: () => Promise<DeniedAction> | DeniedAction,
  ): Promise<void> => {
    const unwritten = take(`${registry.id}/${kind}`);
    if (unwritten === undefined) return;
    try {
      const { reason, ...entry } = await describe();
      const more = unwritten > 0 ? ` (before it, ${unwritten} more that were not written down)` : '';
      const row = { ...entry, ...caller, time: clock.now(), registryId: registry.id, outcome: 'refused' as const };
      await metadata.transaction((tx) => tx.audit.append({ ...row, reason: `${reason}${more}` }));
    } catch {
      // A full disk must not turn a refusal into another answer; the log line of the request says it all the same.
    }
  };
  return {
    signIn: async (registry, refused, caller) => {
      if (!GUESSES.has(refused.refused)) return;
      await write(registry, 'guess', caller, async () => {
        const principal = refused.who ?? (await nameOf(metadata, registry, refused.typed ?? ''));
        return { principal, action: 'sign-in', reason: refused.refused };
      });
    },
    denied: (registry, denied, caller) => write(registry, 'denied', caller, () => denied),
  };
}

/** A name that is none of ours may be a password that somebody typed into the wrong field: it is not written down. */
async function nameOf({ read }: MetadataStore, registry: RegistryRow, typed: string): Promise<string> {
  const name = typed.toLowerCase();
  if (name === registry.name.toLowerCase()) return `admin-user:${name}`;
  if (GUID.test(name)) return name; // an application's id
  if (name.includes('@')) return (await read.users.byUpn(typed.slice(0, 300)))?.id ?? 'unknown';
  const known = REGISTRY_TOKEN_NAME.test(typed) && (await read.registryTokens.find(registry.id, typed));
  return known ? registryTokenId(registry.name, typed) : 'unknown';
}
