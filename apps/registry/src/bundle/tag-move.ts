import { type Digest, parseDigest } from '@holdfast/oci/digest';
import { parseRepositoryName, parseTagName, type RepositoryName, type TagName } from '@holdfast/oci/reference';
import { DomainError } from '../platform/domain-error.ts';
import { objectIn } from './json-body.ts';

/** A tag of a bundle takes some 200 bytes. */
export const TAG_MOVE_LIMIT = 4 * 1024 * 1024;
/** They are written in one transaction, which others wait for. */
const TAGS = 20_000;

export interface MovedTag {
  readonly repository: RepositoryName;
  readonly tag: TagName;
  readonly digest: Digest;
}

export interface TagMove {
  /** Digest of the bundle's document, and the id of the key that signed it: as the caller says, for the audit log. */
  readonly bundle: Digest;
  readonly signer: string;
  readonly tags: readonly [MovedTag, ...MovedTag[]];
  /** When the bundle was made, by its own word, as ISO 8601: of two bundles that move a tag the later one counts. */
  readonly created?: string | undefined;
  /** Numbers of the volumes that were at hand; for the custody log, as are the next two. */
  readonly volumes?: readonly number[] | undefined;
  readonly bytes?: number | undefined;
  readonly seconds?: number | undefined;
}

/**
 * `{"bundle":"sha256:…","signer":"sha256:…","tags":[{"repository":"team/app","tag":"1.2","digest":"sha256:…"}]}`, and, for
 * the custody log, `created`, `volumes`, `bytes` and `seconds`. Anything else that a body names, such as roles, policies or results of scans, is refused: none of it travels. Throws `request.invalid`.
 */
export function parseTagMove(body: Uint8Array): TagMove {
  const { bundle, signer, tags, created, volumes, bytes, seconds, ...more } = objectIn(body, invalid);
  refuseMore(more);
  const of = typeof bundle === 'string' ? parseDigest(bundle) : undefined;
  const by = typeof signer === 'string' ? parseDigest(signer) : undefined;
  if (!of || !by) throw invalid('bundle and signer must be digests');
  return { bundle: of, signer: by, tags: readTags(tags), ...readCustody({ created, volumes, bytes, seconds }) };
}

function readCustody({
  created,
  volumes,
  bytes,
  seconds,
}: Record<string, unknown>): Omit<TagMove, 'tags' | 'bundle' | 'signer'> {
  const isCount = (value: unknown) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
  const isTime = typeof created === 'string' && new Date(created).toJSON() === created;
  if (created !== undefined && !isTime) throw invalid('created must be a time such as 2026-11-27T09:00:00.000Z');
  const isList = Array.isArray(volumes) && volumes.length <= TAGS && volumes.every((one) => Number.isSafeInteger(one));
  if (volumes !== undefined && !isList) throw invalid('volumes must be a list of numbers');
  if (![bytes, seconds].every((value) => value === undefined || isCount(value)))
    throw invalid('bytes and seconds must be numbers');
  return { created, volumes, bytes, seconds } as Omit<TagMove, 'tags' | 'bundle' | 'signer'>;
}

/** What a bundle would need: bytes that the registry has not yet, and where its tags shall be. */
export type TagPlanRequest = Pick<TagMove, 'tags'> & { readonly bytes: number };

/** `{"bytes":4096,"tags":[…]}`, with tags as of a move. Throws `request.invalid`. */
export function parseTagPlan(body: Uint8Array): TagPlanRequest {
  const { bytes, tags, ...more } = objectIn(body, invalid);
  refuseMore(more);
  if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes < 0)
    throw invalid('bytes must be a number of bytes');
  return { bytes, tags: readTags(tags) };
}

function refuseMore(more: Record<string, unknown>): void {
  const [unknown] = Object.keys(more);
  if (unknown !== undefined) throw invalid(`it has a member "${unknown.slice(0, 64)}", and tags are all that is moved`);
}

function readTags(tags: unknown): TagMove['tags'] {
  if (!Array.isArray(tags) || tags.length > TAGS) throw invalid(`tags must be a list of 1 to ${TAGS}`);
  const [first, ...rest] = tags.map(readTag);
  if (!first) throw invalid('tags must not be empty');
  const names = new Set([first, ...rest].map(({ repository, tag }) => `${repository}:${tag}`));
  if (names.size !== rest.length + 1) throw invalid('it names a tag twice');
  return [first, ...rest];
}

function readTag(value: unknown, i: number): MovedTag {
  const { repository, tag, digest } = (value ?? {}) as Record<string, unknown>;
  const read = {
    repository: typeof repository === 'string' ? parseRepositoryName(repository) : undefined,
    tag: typeof tag === 'string' ? parseTagName(tag) : undefined,
    digest: typeof digest === 'string' ? parseDigest(digest) : undefined,
  };
  if (read.repository && read.tag && read.digest) return read as MovedTag;
  throw invalid(`tags[${i}] must have a repository, a tag and a digest`);
}

function invalid(why: string): DomainError {
  return new DomainError(
    'invalid',
    'request.invalid',
    `The tags of the request cannot be moved: ${why}. Send what holdfast bundle plan and apply send: bundle and signer, or bytes, and tags.`,
  );
}
