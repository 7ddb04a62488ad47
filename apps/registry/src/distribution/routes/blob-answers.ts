import { etagOf, matchesEtag } from '../../http/etag.ts';
import type { Exchange, Headers } from '../../http/exchange.ts';
import { parseRange } from '../../http/range.ts';
import { handOverBlob, sendBlob } from '../../http/send-blob.ts';
import { blobDamaged } from '../../integrity/damage-errors.ts';
import type { BlobLink } from '../../metadata/metadata-store.ts';
import { type Awaitable, andThen } from '../../platform/awaitable.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { sendSound } from '../blobs.ts';
import type { Distribution } from '../context.ts';

// What is said of a blob that may be pulled, whichever way its client came: to the registry, or to the address of a download.

function blobHeaders(digest: BlobLink['digest']): Headers {
  return {
    'Content-Type': 'application/octet-stream',
    'Docker-Content-Digest': digest,
    ETag: etagOf(digest),
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'private, max-age=31536000, immutable',
  };
}

/** True when the client has the blob already, and was told so. */
export function answeredUnchanged(exchange: Exchange, { digest }: BlobLink): boolean {
  if (!matchesEtag(exchange.header('if-none-match'), digest)) return false;
  exchange.send(304, blobHeaders(digest));
  return true;
}

/** The answer to HEAD. Throws `blob.damaged` or what `unknown` gives when the stored bytes are not there. */
export function answerHead(
  d: Distribution,
  exchange: Exchange,
  blob: BlobLink,
  unknown: () => DomainError,
): Awaitable<void> {
  return andThen(d.blobs.stat(blob.digest), (stored) => {
    if (stored?.size !== blob.size) return refuseDamaged(d, blob, unknown);
    if (answeredUnchanged(exchange, blob)) return;
    exchange.send(200, { ...blobHeaders(blob.digest), 'Content-Length': blob.size });
  });
}

async function refuseDamaged(d: Distribution, { digest }: BlobLink, unknown: () => DomainError): Promise<never> {
  const damage = await d.integrity.suspect(digest);
  throw damage ? blobDamaged(digest, damage) : unknown();
}

/** The blob's bytes, whole or one range (RFC 9110, section 14). */
export async function answerBytes(d: Distribution, exchange: Exchange, blob: BlobLink): Promise<void> {
  if (answeredUnchanged(exchange, blob)) return;
  const headers = blobHeaders(blob.digest);
  const { accelLocation } = d.policy;
  if (accelLocation !== undefined && exchange.facts.viaProxy) {
    const to = { location: accelLocation, headers };
    return sendSound(d, blob.digest, (admit) => handOverBlob(exchange, d.blobs, blob, to, admit));
  }
  const range = parseRange(rangeHeader(exchange, blob), blob.size);
  if (range.kind === 'unsatisfiable') throw unsatisfiable(blob);
  const part = range.kind === 'none' ? undefined : range;
  const head = part && { 'Content-Range': `bytes ${part.start}-${part.end}/${blob.size}` };
  const answer = { status: part ? 206 : 200, headers: { ...headers, ...head }, range: part };
  return sendSound(d, blob.digest, (admit) => sendBlob(exchange, d.blobs, blob, answer, admit));
}

/** A range whose `If-Range` names other bytes is not asked for (RFC 9110, section 13.1.5). */
function rangeHeader(exchange: Exchange, blob: BlobLink): string | undefined {
  const condition = exchange.header('if-range');
  return condition !== undefined && condition !== etagOf(blob.digest) ? undefined : exchange.header('range');
}

/** Says how long the blob is (RFC 9110, section 15.5.17), so that the client can ask anew. */
function unsatisfiable(blob: BlobLink): DomainError {
  const error = new DomainError(
    'out-of-range',
    'range.unsatisfiable',
    `The range asked for lies outside the blob: ${blob.digest} has ${blob.size} bytes, counted from 0. Ask for bytes inside it, or for all of it without a Range header.`,
    { detail: { digest: blob.digest, size: blob.size } },
  );
  error.headers = { 'Content-Range': `bytes */${blob.size}` };
  return error;
}
