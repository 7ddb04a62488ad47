import { hash, timingSafeEqual } from 'node:crypto';
import type { Principal } from '../access/principal.ts';
import type { CredentialRow, MetadataStore, MetadataTx, RegistryRow } from '../metadata/metadata-store.ts';
import type { Awaitable } from '../platform/awaitable.ts';
import type { Clock } from '../platform/clock.ts';
import { DomainError } from '../platform/domain-error.ts';
import type { Ids } from '../platform/ids.ts';
import type { BasicCredentials, Identity, TokenSubject } from './identity.ts';
import type { Refused } from './refused.ts';
import type { SecretBox } from './sealed-secrets.ts';

export type PasswordName = CredentialRow['name'];
export interface AdminPassword {
  readonly name: PasswordName;
  readonly value: string;
}

const PASSWORD_NAMES: readonly PasswordName[] = ['password', 'password2'];
const MAX_PASSWORD_BYTES = 1024;
/** ACR's rule for registry names. ASCII only, so that no Unicode case folding (the Kelvin sign is a `k`) makes two names equal. */
const REGISTRY_NAME = /^[A-Za-z0-9]{5,50}$/;
/** Compared when there is nothing to compare, so that a refusal takes equally long. SHA-256 of no known text. */
const NO_DIGEST = Buffer.alloc(32);

interface Known {
  readonly row: RegistryRow;
  readonly passwords: readonly { readonly id: string; readonly digest: Buffer }[];
  /** Of before it was read. */
  readonly generation: number;
}

/**
 * The admin user of a registry: its name is the registry's, it has two passwords so that one can be renewed while the
 * other is in use ("Authenticate with an Azure container registry", section admin account).
 *
 * The passwords are random secrets of 256 bits: a plain SHA-256 in memory is enough, and there is no lock-out that an
 * attacker could use to shut the owner out (contract, section 5).
 */
export class AdminUsers implements Identity {
  readonly #store: MetadataStore;
  readonly #box: SecretBox;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #known = new Map<string, Known>();

  constructor(deps: { store: MetadataStore; box: SecretBox; clock: Clock; ids: Ids }) {
    this.#store = deps.store;
    this.#box = deps.box;
    this.#clock = deps.clock;
    this.#ids = deps.ids;
  }

  generation(): Awaitable<number> {
    return this.#store.read.generation.current();
  }

  /**
   * Makes the passwords that the registry lacks, inside the caller's transaction, and answers both. Opens the existing
   * ones, so that a start with the wrong master key fails here.
   */
  async ensurePasswords(tx: MetadataTx, registry: RegistryRow): Promise<AdminPassword[]> {
    const rows = await tx.credentials.byRegistry(registry.id);
    const passwords: AdminPassword[] = [];
    for (const name of PASSWORD_NAMES) {
      const row = rows.find((r) => r.name === name);
      if (row) {
        passwords.push({ name, value: this.#box.open(row.sealed, contextOf(row)) });
      } else {
        const value = this.#ids.secret();
        await tx.credentials.put(this.#seal(registry.id, name, value));
        passwords.push({ name, value });
      }
    }
    return passwords;
  }

  /** Both passwords in clear, as ARM's listCredentials must return them. */
  async list(registryName: string): Promise<{ username: string; passwords: AdminPassword[] }> {
    const registry = await this.#registry(registryName);
    const rows = await this.#store.read.credentials.byRegistry(registry.id);
    const passwords = PASSWORD_NAMES.flatMap((name) => {
      const row = rows.find((r) => r.name === name);
      return row ? [{ name, value: this.#box.open(row.sealed, contextOf(row)) }] : [];
    });
    return { username: registry.name, passwords };
  }

  /**
   * Replaces one password. The old one, and every token got with it, is refused from the next request on: the new row has
   * a new id, and tokens carry the id. `alongside` writes into the same transaction (audit row).
   */
  async regenerate(
    registryName: string,
    name: PasswordName,
    alongside?: (tx: MetadataTx) => Awaitable<void>,
  ): Promise<AdminPassword> {
    const registry = await this.#registry(registryName);
    const value = this.#ids.secret();
    const row = this.#seal(registry.id, name, value);
    await this.#store.transaction(async (tx) => {
      await tx.credentials.put(row);
      await alongside?.(tx);
    });
    return { name, value };
  }

  async verifyBasic({ registry, username, password }: BasicCredentials): Promise<Principal | Refused | undefined> {
    const known = await this.#load(registry);
    const presented = Buffer.from(password);
    if (presented.length > MAX_PASSWORD_BYTES) return undefined;
    const digest = hash('sha256', presented, 'buffer');
    const passwords = known?.passwords ?? [];
    let credential: string | undefined;
    // Both are compared whatever the first one says, and whoever asks.
    for (let i = 0; i < PASSWORD_NAMES.length; i++) {
      const candidate = passwords[i];
      const equal = timingSafeEqual(digest, candidate?.digest ?? NO_DIGEST);
      if (equal && candidate) credential = candidate.id;
    }
    if (!known || !credential) return undefined;
    if (!REGISTRY_NAME.test(username) || username.toLowerCase() !== known.row.name.toLowerCase()) return undefined;
    const principal = principalOf(known.row, credential);
    return known.row.adminUserEnabled ? principal : { refused: 'admin-user-disabled', who: principal.id };
  }

  async resolve({ registry, registryId, subject, credential }: TokenSubject): Promise<Principal | undefined> {
    const known = await this.#load(registry);
    if (!known?.row.adminUserEnabled || known.row.id !== registryId) return undefined;
    if (!known.passwords.some((p) => p.id === credential)) return undefined;
    const principal = principalOf(known.row, credential);
    return principal.id === subject ? principal : undefined;
  }

  async #registry(name: string): Promise<RegistryRow> {
    const row = await this.#store.read.registries.byName(name);
    if (row) return row;
    throw new DomainError('not-found', 'registry.unknown', `There is no registry "${name}" here. Check the name.`);
  }

  #seal(registryId: string, name: PasswordName, value: string): CredentialRow {
    const sealed = this.#box.seal(value, contextOf({ registryId, name }));
    return { id: this.#ids.uuid(), registryId, name, sealed, createdAt: this.#clock.now() };
  }

  async #load(registryName: string): Promise<Known | undefined> {
    const key = registryName.toLowerCase();
    // Read before the rows: what changes meanwhile is then newer than what is kept, and read again at the next request.
    const generation = await this.generation();
    const before = this.#known.get(key);
    if (before?.generation === generation) return before;
    const row = await this.#store.read.registries.byName(key);
    const rows = row ? await this.#store.read.credentials.byRegistry(row.id) : [];
    const known = row && { row, generation, passwords: rows.map((r) => this.#digest(r, before)) };
    // Only registries that exist are kept, so made-up names cannot fill the memory.
    if (known) this.#known.set(key, known);
    else this.#known.delete(key);
    return known;
  }

  #digest(row: CredentialRow, before: Known | undefined): Known['passwords'][number] {
    const same = before?.passwords.find((p) => p.id === row.id);
    return same ?? { id: row.id, digest: hash('sha256', this.#box.open(row.sealed, contextOf(row)), 'buffer') };
  }
}

function principalOf(row: RegistryRow, credential: string): Principal & { kind: 'admin-user' } {
  return { kind: 'admin-user', id: `admin-user:${row.name.toLowerCase()}`, registry: row.id, credential };
}

function contextOf(row: { registryId: string; name: PasswordName }): string {
  return `credential:${row.registryId}:${row.name}`;
}
