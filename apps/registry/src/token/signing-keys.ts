import type { CryptoKey, JWK } from 'jose';
import { calculateJwkThumbprint } from 'jose/jwk/thumbprint';
import { exportJWK } from 'jose/key/export';
import { generateKeyPair } from 'jose/key/generate/keypair';
import { importJWK } from 'jose/key/import';
import type { SecretBox } from '../identity/sealed-secrets.ts';
import type { MetadataStore, SigningKeyRow } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';

/** The only algorithm that is ever signed with or accepted (RFC 7518, section 3.4). */
export const SIGNING_ALGORITHM = 'ES256';

/** How long a key signs before the next one is made. */
const SIGNS_FOR_MS = 30 * 86_400_000;
/** A token signed in the last instant before a key retires, read by a node whose clock is behind, still verifies. */
const CLOCK_SKEW_MS = 5 * 60_000;
/** Another node may have rotated; a flood of made-up key ids costs one read of the store per second, not one each. */
const RELOAD_EVERY_MS = 1000;
/** An RFC 7638 thumbprint (SHA-256, base64url): nothing else, no path and no SQL, is even looked up. */
const KID = /^[A-Za-z0-9_-]{43}$/;

export interface SigningKey {
  readonly kid: string;
  readonly key: CryptoKey;
}

interface Loaded {
  readonly row: SigningKeyRow;
  readonly publicKey: CryptoKey;
}

/**
 * The installation's keys for tokens. One signs until it retires and verifies for as long as a token that it signed may
 * live; the next one is made when it is first needed. Keys come from the metadata store and from nowhere else: no key in
 * a token's header, no URL, no fetch.
 */
export class SigningKeys {
  readonly #store: MetadataStore;
  readonly #box: SecretBox;
  readonly #clock: Clock;
  readonly #tokenLifetimeMs: number;
  #loaded: ReadonlyMap<string, Loaded> = new Map();
  #signer: (Loaded & SigningKey) | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;
  #rotating: Promise<SigningKey> | undefined;

  constructor(deps: {
    store: MetadataStore;
    box: SecretBox;
    clock: Clock;
    /** Of the token that lives longest. */
    tokenLifetimeSeconds: number;
  }) {
    this.#store = deps.store;
    this.#box = deps.box;
    this.#clock = deps.clock;
    this.#tokenLifetimeMs = deps.tokenLifetimeSeconds * 1000;
  }

  /** The key to sign with now; made, and the expired ones removed, when there is none. */
  async current(): Promise<SigningKey> {
    if (this.#signer && this.#signs(this.#signer.row)) return this.#signer;
    this.#rotating ??= this.#rotate().finally(() => {
      this.#rotating = undefined;
    });
    return this.#rotating;
  }

  /** The public key of exactly that id, while it verifies; undefined for any other. */
  async find(kid: string): Promise<CryptoKey | undefined> {
    if (!KID.test(kid)) return undefined;
    // The signer is looked at by itself: a read of the store that began before it was made must not lose it.
    if (this.#signer?.kid !== kid && !this.#loaded.has(kid)) await this.#reload();
    const loaded = this.#signer?.kid === kid ? this.#signer : this.#loaded.get(kid);
    return loaded && loaded.row.expiresAt > this.#clock.now() ? loaded.publicKey : undefined;
  }

  /** A key whose rest of life is shorter than a token's (the lifetime was raised in the configuration) signs no more. */
  #signs(row: SigningKeyRow): boolean {
    const now = this.#clock.now().getTime();
    return row.retiresAt.getTime() > now && row.expiresAt.getTime() >= now + this.#tokenLifetimeMs;
  }

  async #rotate(): Promise<SigningKey> {
    const existing = (await this.#store.read.keys.all()).find((row) => this.#signs(row));
    const row = existing ?? (await this.#insert(await this.#generate()));
    const jwk = JSON.parse(this.#box.open(row.sealedPrivateJwk, contextOf(row.kid))) as JWK;
    const key = (await importJWK(jwk, SIGNING_ALGORITHM)) as CryptoKey;
    const before = this.#signer;
    this.#signer = { kid: row.kid, key, ...(await load(row)) };
    // Its predecessor verifies on.
    if (before)
      this.#loaded = new Map([...this.#loaded, [before.kid, { row: before.row, publicKey: before.publicKey }]]);
    return this.#signer;
  }

  /** Made outside the transaction, which may await nothing but itself. */
  async #generate(): Promise<SigningKeyRow> {
    const pair = await generateKeyPair(SIGNING_ALGORITHM, { extractable: true });
    const publicJwk = await exportJWK(pair.publicKey);
    const kid = await calculateJwkThumbprint(publicJwk, 'sha256');
    const createdAt = this.#clock.now();
    const retiresAt = new Date(createdAt.getTime() + SIGNS_FOR_MS);
    return {
      kid,
      publicJwk: JSON.stringify(publicJwk),
      sealedPrivateJwk: this.#box.seal(JSON.stringify(await exportJWK(pair.privateKey)), contextOf(kid)),
      createdAt,
      retiresAt,
      expiresAt: new Date(retiresAt.getTime() + this.#tokenLifetimeMs + CLOCK_SKEW_MS),
    };
  }

  async #insert(row: SigningKeyRow): Promise<SigningKeyRow> {
    const now = this.#clock.now();
    return this.#store.transaction(async (tx) => {
      await tx.keys.deleteExpired(now);
      const other = (await tx.keys.all()).find((candidate) => this.#signs(candidate));
      if (other) return other;
      await tx.keys.insert(row);
      return row;
    });
  }

  async #reload(): Promise<void> {
    if (this.#reading) return this.#reading;
    const now = this.#clock.monotonic();
    if (now - this.#readAt < RELOAD_EVERY_MS) return;
    this.#readAt = now;
    this.#reading = this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  /** Replaces what was known, so that keys removed from the store are forgotten. */
  async #read(): Promise<void> {
    const fresh = new Map<string, Loaded>();
    for (const row of await this.#store.read.keys.all()) {
      fresh.set(row.kid, this.#loaded.get(row.kid) ?? (await load(row)));
    }
    this.#loaded = fresh;
  }
}

async function load(row: SigningKeyRow): Promise<Loaded> {
  return { row, publicKey: (await importJWK(JSON.parse(row.publicJwk) as JWK, SIGNING_ALGORITHM)) as CryptoKey };
}

function contextOf(kid: string): string {
  return `signing-key:${kid}`;
}
