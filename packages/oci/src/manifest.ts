import type { Digest } from './digest.ts';

/** What a manifest names a digest as. `foreign-layer` is non-distributable: it may be absent. */
export type ReferenceKind = 'config' | 'layer' | 'foreign-layer' | 'manifest' | 'blob';
export type { Digest };
