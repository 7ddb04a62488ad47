import { etagOf, matchesEtag } from '../../http/etag.ts';
import type { Exchange, Headers } from '../../http/exchange.ts';
import { parseRange } from '../../http/range.ts';
import type { RouteHandler } from '../../http/route.ts';
import { sendBlob } from '../../http/send-blob.ts';
import { blobDamaged } from '../../integrity/damage-errors.ts';
import type { BlobLink } from '../../metadata/metadata-store.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { deleteBlob, findBlob, sendSound, unknownBlob } from '../blobs.ts';
import type { Distribution } from '../context.ts';
import { requireDigest } from '../reference.ts';
import { callerOf } from './caller.ts';

function blobHeaders(blob: BlobLink): Headers {
  return {
    'Content-Type': 'application/octet-stream',
    'Docker-Content-Digest': blob.digest,
    ETag: etagOf(blob.digest),
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'private, max-age=31536000, immutable',
  };
}

/**
 * `HEAD /v2/<name>/blobs/<digest>`. Clients that push ask it first and leave out what is there: so it also looks whether
 * the bytes are, or a damaged blob could never be healed by pushing it again.
 */
export function headBlob(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    const blob = await findBlob(d, callerOf(exchange, params), requireDigest(params.reference));
    if ((await d.blobs.stat(blob.digest))?.size !== blob.size) {
      const damage = await d.integrity.suspect(blob.digest);
      throw damage ? blobDamaged(blob.digest, damage) : unknownBlob(params.repository, blob.digest);
    }
    if (matchesEtag(exchange.header('if-none-match'), blob.digest)) return exchange.send(304, blobHeaders(blob));
    exchange.send(200, { ...blobHeaders(blob), 'Content-Length': blob.size });
  };
}

/** `GET /v2/<name>/blobs/<digest>`, whole or one range (RFC 9110, section 14). */
export function pullBlob(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    const blob = await findBlob(d, callerOf(exchange, params), requireDigest(params.reference));
    const headers = blobHeaders(blob);
    if (matchesEtag(exchange.header('if-none-match'), blob.digest)) return exchange.send(304, headers);
    const range = parseRange(rangeHeader(exchange, blob), blob.size);
    if (range.kind === 'unsatisfiable') throw unsatisfiable(blob);
    const part = range.kind === 'none' ? undefined : range;
    const head = part && { 'Content-Range': `bytes ${part.start}-${part.end}/${blob.size}` };
    const answer = { status: part ? 206 : 200, headers: { ...headers, ...head }, range: part };
    return sendSound(d, blob.digest, (admit) => sendBlob(exchange, d.blobs, blob, answer, admit));
  };
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

/** `DELETE /v2/<name>/blobs/<digest>` */
export function removeBlob(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    await deleteBlob(d, callerOf(exchange, params), requireDigest(params.reference));
    exchange.send(202);
  };
}
