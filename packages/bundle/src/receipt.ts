import { type CodedSet, decodeSet, encodeSet } from './coded-set.ts';
import { type KeyId, type SigningKey, signBytes, signerOf, type TrustedKey } from './signing.ts';

/** 2^-35 a question: 10,000 manifests take 46 kB, 61 kB in base64, and 34,359 questions stay under one in a million. */
const BITS = 35;
/** How likely it may be that a bundle leaves out anything that is not there. */
const FALSE_HAS_PER_BUNDLE = 1e-6;
const FORMAT = 'holdfast-receipt/1';
const MOST_BYTES = 64 * 1024 * 1024;

export interface ReceiptFacts {
  /** Of the far side, for people. */
  readonly registry: string;
  readonly created: Date;
  /** `repository@digest` of each manifest that is whole there. */
  readonly manifests: Iterable<string> | AsyncIterable<string>;
  /**
   * What an apply missed, as the bundle named it, and non-distributable layers that are not there: shipped whatever the set
   * says. Read once all manifests were.
   */
  readonly lacks: Iterable<string>;
}

export interface Receipt {
  readonly registry: string;
  readonly created: Date;
  readonly count: number;
  readonly lacks: ReadonlySet<string>;
  readonly signer: KeyId;
  /** Whether the far side has a manifest. Says no when more has been asked than stays safe: to ship too much is harmless. */
  has(repository: string, digest: string): boolean;
}

/**
 * Two lines: the receipt, and the signature over the first one's bytes. `salt` are 16 random bytes, new for each; `turn` is
 * awaited now and then.
 */
export async function writeReceipt(
  facts: ReceiptFacts,
  key: SigningKey,
  salt: Buffer,
  turn?: () => Promise<void>,
): Promise<string> {
  const set = await encodeSet(facts.manifests, salt, BITS, turn);
  const line = JSON.stringify({
    format: FORMAT,
    registry: facts.registry,
    created: facts.created.toISOString(),
    count: set.count,
    bits: set.bits,
    salt: salt.toString('base64'),
    lacks: [...facts.lacks],
    set: set.data.toString('base64'),
  });
  return `${line}\n${signBytes(key, Buffer.from(line))}`;
}

/** Throws a clause that says why it is not believed. */
export function readReceipt(text: string, trusted: readonly TrustedKey[]): Receipt {
  if (text.length > MOST_BYTES) throw new Error('it is too long for a receipt');
  const [line = '', signature = ''] = text.split('\n');
  const signer = signerOf(trusted, Buffer.from(line), signature);
  if (!signer) throw new Error('no trusted key signed it');
  const document = JSON.parse(line) as Record<string, unknown>;
  if (document.format !== FORMAT) throw new Error(`its format is ${String(document.format)}, not ${FORMAT}`);
  const set = setIn(document);
  const lacks = Array.isArray(document.lacks) ? document.lacks.filter((one) => typeof one === 'string') : [];
  return {
    registry: String(document.registry),
    created: new Date(String(document.created)),
    count: set.count,
    lacks: new Set(lacks),
    signer,
    has: withinBudget(decodeSet(set), set.bits),
  };
}

function setIn({ count, bits, salt, set }: Record<string, unknown>): CodedSet {
  const isCount = typeof count === 'number' && Number.isSafeInteger(count) && count >= 0;
  const isBits = typeof bits === 'number' && Number.isSafeInteger(bits) && bits >= 20 && bits <= 40;
  if (!isCount || !isBits || typeof salt !== 'string' || typeof set !== 'string')
    throw new Error('its set is not whole');
  return { count, bits, salt: Buffer.from(salt, 'base64'), data: Buffer.from(set, 'base64') };
}

function withinBudget(set: { has(key: string): boolean }, bits: number): Receipt['has'] {
  const asked = new Map<string, boolean>();
  const budget = Math.floor(FALSE_HAS_PER_BUNDLE * 2 ** bits);
  return (repository, digest) => {
    const key = `${repository}@${digest}`;
    const known = asked.get(key);
    if (known !== undefined) return known;
    if (asked.size >= budget) return false;
    const answer = set.has(key);
    asked.set(key, answer);
    return answer;
  };
}
