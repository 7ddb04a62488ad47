import type { SecretBox } from '../identity/sealed-secrets.ts';
import type { MetadataStore } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';

/** How long a key signs before the next one is made. */
const SIGNS_FOR_MS = 86_400_000;
/** An address lives an hour at most, and clocks differ. */
const VERIFIES_ON_MS = 3_600_000 + 5 * 60_000;
/** A flood of made-up key ids costs one read of the store a second, not one each. */
const RELOAD_EVERY_MS = 1000;
/** The name of the fact, and what its secret is sealed for. */
const FACT = 'downloadKeys';
const KID = /^[A-Za-z0-9_-]{12}$/;

interface DownloadKey {
  readonly kid: string;
  /** 256 random bits. */
  readonly key: Uint8Array;
  readonly createdAt: Date;
}

/**
 * Keys by which the addresses of downloads are signed (HMAC, so there is nothing public of them). They are kept sealed, all in one
 * fact of the installation; one signs for a day, and its predecessor verifies for as long as what it signed may live.
 */
export class DownloadKeys {
  readonly #store: MetadataStore;
  readonly #box: SecretBox;
  readonly #clock: Clock;
  readonly #ids: Ids;
  /** Newest first. */
  #keys: readonly DownloadKey[] = [];
  #readAt = Number.NEGATIVE_INFINITY;
  #renewing: Promise<DownloadKey> | undefined;

  constructor(d: { store: MetadataStore; box: SecretBox; clock: Clock; ids: Ids }) {
    this.#store = d.store;
    this.#box = d.box;
    this.#clock = d.clock;
    this.#ids = d.ids;
  }

  /** The key to sign with now; made when there is none. */
  async current(): Promise<DownloadKey> {
    const [newest] = this.#keys;
    if (newest && this.#signs(newest)) return newest;
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  /** The key of exactly that id, while it verifies. */
  async find(kid: string): Promise<DownloadKey | undefined> {
    if (!KID.test(kid)) return undefined;
    if (!this.#keys.some((key) => key.kid === kid)) await this.#reload();
    return this.#keys.find((key) => key.kid === kid && this.#verifies(key));
  }

  #age({ createdAt }: DownloadKey): number {
    return this.#clock.now().getTime() - createdAt.getTime();
  }

  #signs(key: DownloadKey): boolean {
    return this.#age(key) < SIGNS_FOR_MS;
  }

  #verifies(key: DownloadKey): boolean {
    return this.#age(key) < SIGNS_FOR_MS + VERIFIES_ON_MS;
  }

  async #renew(): Promise<DownloadKey> {
    const fresh: DownloadKey = {
      kid: this.#ids.bytes(9).toString('base64url'),
      key: this.#ids.bytes(32),
      createdAt: this.#clock.now(),
    };
    const keys = await this.#store.transaction(async (tx) => {
      const stored = this.#open(await tx.settings.get(FACT));
      if (stored[0] && this.#signs(stored[0])) return stored;
      const kept = [fresh, ...stored.filter((key) => this.#verifies(key))];
      await tx.settings.put(FACT, this.#seal(kept));
      return kept;
    });
    this.#keys = keys;
    return keys[0] ?? fresh;
  }

  async #reload(): Promise<void> {
    const now = this.#clock.monotonic();
    if (now - this.#readAt < RELOAD_EVERY_MS) return;
    this.#readAt = now;
    this.#keys = this.#open(await this.#store.read.settings.get(FACT));
  }

  #seal(keys: readonly DownloadKey[]): string {
    const plain = keys.map(({ kid, key, createdAt }) => ({
      kid,
      key: Buffer.from(key).toString('base64url'),
      createdAt: createdAt.toISOString(),
    }));
    return Buffer.from(this.#box.seal(JSON.stringify(plain), FACT)).toString('base64url');
  }

  #open(sealed: string | undefined): DownloadKey[] {
    if (sealed === undefined) return [];
    const text = this.#box.open(Buffer.from(sealed, 'base64url'), FACT);
    const plain = JSON.parse(text) as { kid: string; key: string; createdAt: string }[];
    return plain.map(({ kid, key, createdAt }) => ({
      kid,
      key: Buffer.from(key, 'base64url'),
      createdAt: new Date(createdAt),
    }));
  }
}
