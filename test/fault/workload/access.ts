import type { Digest } from '@holdfast/oci/digest';
import type { Content } from './operation.ts';

/** Which operation asks where. The number becomes the correlation id. */
export interface At {
  readonly number: number;
  readonly repository: string;
}

/** Bytes, given to the registry in these pieces. */
export interface Pieces {
  readonly pieces: readonly Buffer[];
  readonly length: number;
  /** Sent with a Content-Range that starts here. */
  readonly from?: number | undefined;
  /** After these pieces the connection breaks; the length is that of what was announced. In this process only. */
  readonly breaksOff?: boolean | undefined;
}

export interface KnownManifest {
  readonly repository: string;
  readonly digest: Digest;
  readonly bytes: Buffer;
  readonly mediaType: string;
}

/** The registry said no; `code` is a dotted one, or `http <status>`. */
export class Refused extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** There was no answer: the server died, or the connection broke. Nobody knows what came of it. */
export class Interrupted extends Error {}

/** How clients reach a registry: in this process or over HTTP. Throws `Refused` and `Interrupted`. */
export interface Access {
  pushBlob(at: At, content: Content, body: Pieces): Promise<void>;
  startUpload(at: At): Promise<string>;
  /** Answers the new offset. */
  append(at: At, upload: string, body: Pieces): Promise<number>;
  complete(at: At, upload: string, digest: Digest, body: Pieces | undefined): Promise<void>;
  cancel(at: At, upload: string): Promise<void>;
  mount(at: At, digest: Digest, from: string): Promise<boolean>;
  pushManifest(at: At, manifest: KnownManifest, tags: readonly string[], byTag: boolean): Promise<void>;
  deleteManifest(at: At, reference: { readonly digest: Digest } | { readonly tag: string }): Promise<void>;
  deleteBlob(at: At, digest: Digest): Promise<void>;
  /** The digest that a tag names; undefined when there is none. */
  resolveTag(at: At, tag: string): Promise<Digest | undefined>;
  listTags(at: At): Promise<readonly string[]>;
  /** Both sweeps without grace; undefined where the server runs them itself. */
  readonly sweep: (() => Promise<void>) | undefined;
  readonly expire: (() => Promise<void>) | undefined;
}
