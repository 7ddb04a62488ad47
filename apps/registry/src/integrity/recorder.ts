import type { Digest } from '@holdfast/oci/digest';
import type { Damage, DamageKind } from '../metadata/metadata-store.ts';

/** What one look at stored bytes showed. */
export interface Seen {
  /** Undefined: they are the digest's. */
  readonly kind: DamageKind | undefined;
  /** Bytes; 0 when there are none. */
  readonly size: number;
  /** Which bytes were looked at; undefined: none were there. */
  readonly version: string | undefined;
}

export type Verdict =
  /** `healed`: it was marked as damaged, or its row had a wrong size, and is not any more. */
  | { readonly state: 'sound'; readonly version: string; readonly healed: boolean }
  /** `news`: nobody knew. */
  | { readonly state: 'damaged'; readonly damage: Damage; readonly news: boolean }
  /** It was deleted meanwhile, or was never linked: nothing to be damaged. */
  | { readonly state: 'gone' };

/** Makes a verdict of a look, and keeps it. */
export interface Recorder {
  /** Undefined: other bytes are there since the look, so look again. */
  settleBlob(digest: Digest, seen: Seen): Promise<Verdict | undefined>;
  /** Reads and judges the manifest's bytes. */
  settleManifest(digest: Digest): Promise<Verdict>;
}
