import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import type { MetadataStore, SigningKeyRow } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { SecretBox } from './sealed-secrets.ts';

/** How long a key signs before the next one is made. */
const SIGNS_FOR_MS = 30 * 86_400_000;
/** A key verifies longer than the longest token lives, and for clocks that differ. */
const VERIFIES_ON_MS = 2 * 86_400_000;
/** A flood of made-up key ids costs one read of the store a second, not one each. */
const RELOAD_EVERY_MS = 1000;
/** An RFC 7638 thumbprint: nothing else, no path and no SQL, is even looked up. */
const KID = /^[A-Za-z0-9_-]{43}$/;

export interface IssuerKey {
  readonly kid: string;
  readonly key: KeyObject;
}

/** As the JSON Web Key Set shows it. */
export interface PublicJwk {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly alg: 'ES256';
  readonly use: 'sig';
}

interface Loaded {
  readonly row: SigningKeyRow;
  readonly publicKey: KeyObject;
}

/**
 * The keys of sign-in tokens. They come from the metadata store and from nowhere else. Unlike those of registry tokens
 * they are Node's own key objects: signing at once takes half the time of signing by WebCrypto.
 */
export class IssuerKeys {
  readonly #store: MetadataStore;
  readonly #box: SecretBox;
  readonly #clock: Clock;
  #loaded: ReadonlyMap<string, Loaded> = new Map();
  #signer: (IssuerKey & { readonly row: SigningKeyRow }) | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #rotating: Promise<IssuerKey> | undefined;

  constructor(d: { store: MetadataStore; box: SecretBox; clock: Clock }) {
    this.#store = d.store;
    this.#box = d.box;
    this.#clock = d.clock;
  }

  /** The key to sign with now, if it is at hand: what `current` answers without a wait. */
  get ready(): IssuerKey | undefined {
    return this.#signer && this.#signs(this.#signer.row) ? this.#signer : undefined;
  }

  /** The key to sign with now; made when there is none. */
  async current(): Promise<IssuerKey> {
    if (this.ready) return this.ready;
    this.#rotating ??= this.#rotate().finally(() => {
      this.#rotating = undefined;
    });
    return this.#rotating;
  }

  /** The public key of exactly that id, while it verifies. */
  async find(kid: string): Promise<KeyObject | undefined> {
    if (!KID.test(kid)) return undefined;
    if (!this.#loaded.has(kid)) await this.#reload();
    const loaded = this.#loaded.get(kid);
    return loaded && loaded.row.expiresAt > this.#clock.now() ? loaded.publicKey : undefined;
  }

  /** For `jwks_uri`. */
  async published(): Promise<PublicJwk[]> {
    await this.current();
    const now = this.#clock.now();
    const rows = (await this.#store.read.signInKeys.all()).filter((row) => row.expiresAt > now);
    return rows.map((row) => {
      const { kty, crv, x, y } = JSON.parse(row.publicJwk) as PublicJwk;
      return { kty, crv, x, y, kid: row.kid, alg: 'ES256', use: 'sig' };
    });
  }

  #signs(row: SigningKeyRow): boolean {
    return row.retiresAt > this.#clock.now();
  }

  async #rotate(): Promise<IssuerKey> {
    const existing = (await this.#store.read.signInKeys.all()).find((row) => this.#signs(row));
    const row = existing ?? (await this.#insert(this.#generate()));
    const jwk = JSON.parse(this.#box.open(row.sealedPrivateJwk, contextOf(row.kid))) as JsonWebKey;
    this.#signer = { kid: row.kid, key: createPrivateKey({ key: jwk, format: 'jwk' }), row };
    this.#loaded = new Map([...this.#loaded, [row.kid, load(row)]]);
    return this.#signer;
  }

  #generate(): SigningKeyRow {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const publicJwk = pair.publicKey.export({ format: 'jwk' });
    const { crv, kty, x, y } = publicJwk;
    const kid = hash('sha256', JSON.stringify({ crv, kty, x, y }), 'base64url'); // RFC 7638: members in their order
    const createdAt = this.#clock.now();
    const retiresAt = new Date(createdAt.getTime() + SIGNS_FOR_MS);
    return {
      kid,
      publicJwk: JSON.stringify(publicJwk),
      sealedPrivateJwk: this.#box.seal(JSON.stringify(pair.privateKey.export({ format: 'jwk' })), contextOf(kid)),
      createdAt,
      retiresAt,
      expiresAt: new Date(retiresAt.getTime() + VERIFIES_ON_MS),
    };
  }

  async #insert(row: SigningKeyRow): Promise<SigningKeyRow> {
    const now = this.#clock.now();
    return this.#store.transaction(async (tx) => {
      await tx.signInKeys.deleteExpired(now);
      const other = (await tx.signInKeys.all()).find((candidate) => this.#signs(candidate));
      if (other) return other;
      await tx.signInKeys.insert(row);
      return row;
    });
  }

  async #reload(): Promise<void> {
    const now = this.#clock.monotonic();
    if (now - this.#readAt < RELOAD_EVERY_MS) return;
    this.#readAt = now;
    const rows = await this.#store.read.signInKeys.all();
    this.#loaded = new Map(rows.map((row) => [row.kid, this.#loaded.get(row.kid) ?? load(row)]));
  }
}

function load(row: SigningKeyRow): Loaded {
  return { row, publicKey: createPublicKey({ key: JSON.parse(row.publicJwk) as JsonWebKey, format: 'jwk' }) };
}

function contextOf(kid: string): string {
  return `sign-in-key:${kid}`;
}
