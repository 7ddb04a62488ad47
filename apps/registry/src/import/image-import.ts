import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import type { Principal } from '../access/principal.ts';
import type { RegistryRow } from '../metadata/metadata-store.ts';
import type { ImageReference } from './image-reference.ts';

/** The way in which the resource manager reaches content: it says what shall be where, and learns whether it is. */
export interface ImageImport {
  /**
   * Copies an image, whole, or nothing of it: resolves when it can be pulled from every target. Throws `import.*`,
   * `outbound.*`, and what a push of the same image would.
   */
  run(order: ImportOrder, signal: AbortSignal): Promise<void>;
}

export interface ImportOrder {
  readonly source: ImportSource;
  readonly image: ImageReference;
  readonly target: RegistryRow;
  /** At least one, tagged or not; no two alike. */
  readonly targets: readonly ImportTarget[];
  /** Moves tags that exist; otherwise one of them is enough to copy nothing. */
  readonly force: boolean;
  readonly principal: Principal;
  readonly correlationId: string;
  readonly userAgent: string | undefined;
}

export interface ImportTarget {
  readonly repository: RepositoryName;
  /** Undefined for an image that is only known by its digest. */
  readonly tag?: TagName | undefined;
}

export type ImportSource =
  /** A registry of this site, from which the caller may pull: that was asked before. */
  | { readonly kind: 'local'; readonly registry: RegistryRow }
  | { readonly kind: 'remote'; readonly host: string; readonly credentials?: SourceCredentials | undefined };

/** In memory only, for as long as the import runs. */
export interface SourceCredentials {
  /** A token alone has none. */
  readonly username?: string | undefined;
  readonly password: string;
}
