import { parseRepositoryName } from '@holdfast/oci/reference';
import { awaitedBytes, bodyOf, hasBody, skipBody } from '../../http/body.ts';
import type { Exchange } from '../../http/exchange.ts';
import { releasePiece } from '../../http/large-body.ts';
import { parseContentRange } from '../../http/range.ts';
import type { RouteHandler, RouteParams } from '../../http/route.ts';
import { DomainError } from '../../platform/domain-error.ts';
import type { Chunk, UploadStatus } from '../chunk.ts';
import type { Distribution } from '../context.ts';
import { requireDigest } from '../reference.ts';
import {
  appendChunk,
  cancelUpload,
  completeUpload,
  mountBlob,
  startUpload,
  uploadMonolithic,
  uploadStatus,
} from '../uploads.ts';
import { callerOf } from './caller.ts';

/** `POST /v2/<name>/blobs/uploads/` with `mount=`, with `digest=`, or with neither. */
export function start(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    const caller = callerOf(exchange, params);
    const { query } = exchange.facts.target;
    const mount = query.get('mount');
    if (mount) {
      const digest = requireDigest(mount);
      const fromText = query.get('from');
      const from = fromText ? parseRepositoryName(fromText) : undefined;
      const mountable = fromText === null || fromText === '' || from !== undefined;
      if (mountable && (await mountBlob(d, caller, digest, from))) return created(exchange, params, digest);
    }
    const digestText = query.get('digest');
    if (digestText) {
      const digest = requireDigest(digestText);
      await uploadMonolithic(d, caller, digest, chunkOf(exchange, false));
      return created(exchange, params, digest);
    }
    requireAlgorithm(query.get('digest-algorithm'));
    const upload = await startUpload(d, caller);
    exchange.send(202, sessionHeaders(params, upload));
  };
}

/** `GET /v2/<name>/blobs/uploads/<id>` */
export function status(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    const upload = await uploadStatus(d, callerOf(exchange, params), params.reference);
    exchange.send(204, sessionHeaders(params, upload));
  };
}

/** `PATCH /v2/<name>/blobs/uploads/<id>` */
export function chunk(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    const caller = callerOf(exchange, params);
    try {
      const upload = await appendChunk(d, caller, params.reference, chunkOf(exchange, true));
      await skipBody(exchange);
      exchange.send(202, sessionHeaders(params, upload));
    } catch (error) {
      throw withSession(error, params);
    }
  };
}

/** `PUT /v2/<name>/blobs/uploads/<id>?digest=` */
export function close(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    const digest = requireDigest(exchange.facts.target.query.get('digest') ?? '');
    const body = hasBody(exchange) ? chunkOf(exchange, true) : undefined;
    try {
      await completeUpload(d, callerOf(exchange, params), params.reference, digest, body);
    } catch (error) {
      throw withSession(error, params);
    }
    await skipBody(exchange);
    created(exchange, params, digest);
  };
}

/** `DELETE /v2/<name>/blobs/uploads/<id>` */
export function cancel(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    await cancelUpload(d, callerOf(exchange, params), params.reference);
    exchange.send(204);
  };
}

function created(exchange: Exchange, params: RouteParams, digest: string): void {
  exchange.send(201, {
    Location: `/v2/${params.repository}/blobs/${digest}`,
    'Docker-Content-Digest': digest,
  });
}

/**
 * `Range` is inclusive, so it cannot tell 0 bytes from 1; Docker's registry says `0-0` for both, and so do we.
 * The last header gives the offset exactly.
 */
function sessionHeaders(params: RouteParams, upload: UploadStatus): Record<string, string | number> {
  return {
    Location: `/v2/${params.repository}/blobs/uploads/${upload.id}`,
    Range: `0-${Math.max(0, upload.offset - 1)}`,
    'Docker-Upload-UUID': upload.id,
    'Holdfast-Upload-Offset': upload.offset,
  };
}

export function chunkOf(exchange: Exchange, mayHaveRange: boolean): Chunk {
  const rangeText = mayHaveRange ? exchange.header('content-range') : undefined;
  const range = rangeText === undefined ? undefined : parseContentRange(rangeText);
  if (rangeText !== undefined && !range) {
    throw new DomainError(
      'invalid',
      'upload.invalid',
      `"${rangeText.slice(0, 100)}" is no chunk range: Content-Range is written first-last, both counted from 0 and inclusive, for example 0-1023.`,
    );
  }
  const length = exchange.header('content-length');
  return {
    // Only once it is wanted: a client that waits for `100 Continue` need not send a chunk that is refused anyway.
    get body() {
      return bodyOf(exchange);
    },
    range,
    length: length === undefined ? undefined : Number(length),
    signal: exchange.signal,
    awaited: () => awaitedBytes(exchange),
    ownsChunks: true,
    release: releasePiece,
  };
}

/** A refused chunk also says where the session is and which offset is valid, as the 202 would have. */
function withSession(error: unknown, params: RouteParams): unknown {
  if (!(error instanceof DomainError) || error.code !== 'upload.range') return error;
  const { id, offset } = error.detail as UploadStatus;
  error.headers = sessionHeaders(params, { id, offset });
  return error;
}

function requireAlgorithm(name: string | null): void {
  if (name === null || name === 'sha256' || name === 'sha512') return;
  throw new DomainError(
    'invalid',
    'digest.invalid',
    `"${name.slice(0, 40)}" is no digest algorithm that this registry supports: use sha256 or sha512.`,
  );
}
