import { type Digest, parseDigest } from '@holdfast/oci/digest';
import { parseRepositoryName } from '@holdfast/oci/reference';
import { DomainError } from '../platform/domain-error.ts';
import type { CreateRequest } from './create.ts';
import type { FileOrder } from './files.ts';
import { objectIn } from './json-body.ts';

/** A receipt of a million manifests takes 6 MB. */
export const REQUEST_LIMIT = 16 * 1024 * 1024;
const TEXT = 200;
const PATTERNS = 10_000;

/** `{"name":"bundle-001.tar","size":4700000000,"kind":"volume","carriedBy":"…"}`. Throws `bundle.invalid`. */
export function parseFileOrder(body: Uint8Array): FileOrder {
  const { name, size, kind = 'volume', carriedBy, ...more } = objectIn(body, invalid);
  refuseMore(more);
  if (!isText(name)) throw invalid(`name must be a text of 1 to ${TEXT} characters`);
  if (!isCount(size) || size < 1) throw invalid('size must be the number of bytes of the file');
  if (kind !== 'volume' && kind !== 'archive') throw invalid('kind must be volume or archive');
  if (carriedBy !== undefined && !isText(carriedBy))
    throw invalid(`carriedBy must be a text of 1 to ${TEXT} characters, or left out`);
  return { name, size, kind, ...(carriedBy === undefined ? {} : { carriedBy }) };
}

/** `{"digest":"sha256:…"}` or nothing. Throws `bundle.invalid`. */
export function parseCompletion(body: Uint8Array): Digest | undefined {
  if (body.length === 0) return undefined;
  const { digest, ...more } = objectIn(body, invalid);
  refuseMore(more);
  if (digest === undefined) return undefined;
  const parsed = typeof digest === 'string' ? parseDigest(digest) : undefined;
  if (parsed) return parsed;
  throw invalid('digest must be that of the whole file, such as sha256:…');
}

/** Throws `bundle.invalid`. */
export function parseCreation(body: Uint8Array): CreateRequest {
  const read = objectIn(body, invalid);
  const { images, platform, volumeBytes, name = 'bundle', receipt, assumeArrived, doubted, ...more } = read;
  refuseMore(more);
  if (!Array.isArray(images) || images.length === 0 || images.length > PATTERNS || !images.every(isText))
    throw invalid(`images must be a list of 1 to ${PATTERNS} of what create takes, such as team/*:>=1.2`);
  if (platform !== undefined && !(typeof platform === 'string' && /^[a-z0-9]+\/[a-z0-9]+$/.test(platform)))
    throw invalid('platform must be written os/architecture, such as linux/amd64');
  if (volumeBytes !== undefined && !isCount(volumeBytes)) throw invalid('volumeBytes must be a number of bytes');
  if (typeof name !== 'string' || !/^[\w][\w.-]{0,63}$/.test(name))
    throw invalid('name must be 1 to 64 letters, digits, dots, dashes and underscores');
  if (receipt !== undefined && typeof receipt !== 'string') throw invalid('receipt must be the text of one');
  if (assumeArrived !== undefined && typeof assumeArrived !== 'boolean')
    throw invalid('assumeArrived must be true or false');
  const lost = digestsIn(doubted);
  return { images, platform, volumeBytes, name, receipt, assumeArrived, doubted: lost } as CreateRequest;
}

function digestsIn(doubted: unknown): Digest[] | undefined {
  if (doubted === undefined) return undefined;
  const parsed = Array.isArray(doubted)
    ? doubted.map((one) => (typeof one === 'string' ? parseDigest(one) : undefined))
    : [undefined];
  if (parsed.every((one) => one !== undefined)) return parsed as Digest[];
  throw invalid('doubted must be a list of digests of bundles');
}

/** `{"repository":"team/app"}` or nothing. Throws `bundle.invalid`. */
export function parseImport(body: Uint8Array): { readonly repository?: string | undefined } {
  if (body.length === 0) return {};
  const { repository, ...more } = objectIn(body, invalid);
  refuseMore(more);
  if (repository === undefined) return {};
  const name = typeof repository === 'string' ? parseRepositoryName(repository) : undefined;
  if (name) return { repository: name };
  throw invalid('repository must be the name of one');
}

/** Throws `bundle.invalid`. */
export function parseSigner(body: Uint8Array): { readonly name: unknown; readonly publicKey: unknown } {
  const { name, publicKey, ...more } = objectIn(body, invalid);
  refuseMore(more);
  return { name, publicKey };
}

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.trim() !== '' && value.length <= TEXT && !/\p{Cc}/u.test(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function refuseMore(more: Record<string, unknown>): void {
  const [unknown] = Object.keys(more);
  if (unknown !== undefined) throw invalid(`it has a member "${unknown.slice(0, 64)}", which means nothing here`);
}

function invalid(why: string): DomainError {
  return new DomainError(
    'invalid',
    'bundle.invalid',
    `The request is not understood: ${why}. Correct it and send it again.`,
  );
}
