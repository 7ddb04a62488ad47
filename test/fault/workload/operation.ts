import type { Digest } from '@holdfast/oci/digest';

/** Content that everybody can make again: `bytesOf(seed, size)`. */
export interface Content {
  readonly seed: number;
  readonly size: number;
  readonly digest: Digest;
}

/** What a client asks for, as it is written into the marks before it asks. */
export type Operation =
  | { readonly kind: 'blob.push'; readonly repository: string; readonly content: Content; readonly upload?: string }
  | { readonly kind: 'blob.mount'; readonly repository: string; readonly from: string; readonly digest: Digest }
  | { readonly kind: 'blob.delete'; readonly repository: string; readonly digest: Digest }
  | { readonly kind: 'upload.start'; readonly repository: string; readonly content: Content }
  | { readonly kind: 'upload.append'; readonly upload: string; readonly from: number; readonly to: number }
  | { readonly kind: 'upload.cancel'; readonly upload: string }
  | {
      readonly kind: 'manifest.push';
      readonly repository: string;
      readonly digest: Digest;
      readonly tags: readonly string[];
      readonly byTag: boolean;
    }
  | { readonly kind: 'manifest.delete'; readonly repository: string; readonly digest: Digest }
  | { readonly kind: 'tag.delete'; readonly repository: string; readonly tag: string }
  /** Both sweeps without grace: what nothing links or names is freed. */
  | { readonly kind: 'sweep' }
  /** Every upload that rests is removed. */
  | { readonly kind: 'expire' };

export type OperationOf<K extends Operation['kind']> = Extract<Operation, { kind: K }>;

/** What came of it: the client was told. `value` is an upload's id, or whether a mount was done. */
export type Outcome =
  | { readonly ok: true; readonly value?: string | boolean }
  | { readonly ok: false; readonly code: string };

/** One line of the marks. */
export type Mark =
  | { readonly mark: 'ready' }
  | { readonly mark: 'begin'; readonly number: number; readonly operation: Operation }
  | { readonly mark: 'end'; readonly number: number; readonly outcome: Outcome };

/** Under this an operation's rows of the audit log are found; a GUID, or the server would make one of its own. */
export const correlationOf = (number: number): string =>
  `0f4a0000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;

export const REGISTRY_ID = '7d1f0f0e-0000-4000-8000-000000000001';
export const REGISTRY_NAME = 'registry';
export const PRINCIPAL = 'admin-user:registry';
