import { principalId } from '../../access/principal.ts';
import { chunkOf } from '../../distribution/routes/uploads.ts';
import { skipBody } from '../../http/body.ts';
import type { Exchange, Headers } from '../../http/exchange.ts';
import type { RouteHandler } from '../../http/route.ts';
import type { BundleFileRow } from '../../metadata/bundles.ts';
import { DomainError } from '../../platform/domain-error.ts';
import type { Bundles } from '../context.ts';
import { appendToFile, completeFile, deleteFile, requireFile, startFile } from '../files.ts';
import { parseCompletion, parseFileOrder, parseImport } from '../requests.ts';
import { allFiles } from '../sets.ts';
import { accepted } from './accepted.ts';
import { bundleCaller, requestBody } from './caller.ts';

/** `POST /holdfast/v1/_files` */
export function start(d: Bundles): RouteHandler {
  return async (exchange) => {
    const row = await startFile(d, bundleCaller(exchange), parseFileOrder(await requestBody(exchange)));
    exchange.sendJson(201, { ...standing(row), Location: addressOf(row.id) }, toldFile(row));
  };
}

/** `GET /holdfast/v1/_files`: the caller's. */
export function list(d: Bundles): RouteHandler {
  return async (exchange) => {
    const { principal, registry } = bundleCaller(exchange);
    const own = (await allFiles(d, registry.id)).filter(
      (row) => row.principal === principalId(principal) && row.state !== 'making' && !row.operation,
    );
    exchange.sendJson(200, {}, { files: own.map(toldFile) });
  };
}

/** `GET` and `HEAD /holdfast/v1/_files/<id>` */
export function show(d: Bundles): RouteHandler {
  return async (exchange, { values }) => {
    const row = await requireFile(d, bundleCaller(exchange), values.id ?? '');
    exchange.sendJson(200, standing(row), toldFile(row));
  };
}

/** `PATCH /holdfast/v1/_files/<id>` with `Content-Range` */
export function chunk(d: Bundles): RouteHandler {
  return async (exchange, { values }) => {
    try {
      const row = await appendToFile(d, bundleCaller(exchange), values.id ?? '', chunkOf(exchange, true));
      await skipBody(exchange);
      exchange.sendJson(200, standing(row), toldFile(row));
    } catch (error) {
      throw withOffset(error);
    }
  };
}

/** `POST /holdfast/v1/_files/<id>/_complete` */
export function complete(d: Bundles): RouteHandler {
  return async (exchange, { values }) => {
    const digest = parseCompletion(await requestBody(exchange));
    const row = await completeFile(d, bundleCaller(exchange), values.id ?? '', digest);
    exchange.sendJson(200, standing(row), toldFile(row));
  };
}

/** `POST /holdfast/v1/_files/<id>/_import`: of an archive of `docker save`. */
export function importArchive(d: Bundles): RouteHandler {
  return async (exchange, { values }) => {
    const caller = bundleCaller(exchange);
    const row = await requireFile(d, caller, values.id ?? '');
    const request = parseImport(await requestBody(exchange));
    if (row.kind !== 'archive' || row.state !== 'ready') throw notReady(row);
    accepted(d, exchange, await d.operations.begin('import', caller, { file: row.id, ...request }));
  };
}

/** `DELETE /holdfast/v1/_files/<id>` */
export function remove(d: Bundles): RouteHandler {
  return async (exchange: Exchange, { values }) => {
    await deleteFile(d, bundleCaller(exchange), values.id ?? '');
    exchange.send(204);
  };
}

const addressOf = (id: string) => `/holdfast/v1/_files/${id}`;

function standing({ progress: { offset } }: BundleFileRow): Headers {
  return { 'Holdfast-Upload-Offset': offset };
}

function toldFile(row: BundleFileRow) {
  const { id, kind, state, reason, name, carriedBy, size, progress, digest, volume, startedAt, updatedAt } = row;
  return {
    id,
    kind,
    state,
    reason,
    name,
    carriedBy,
    size,
    offset: progress.offset,
    digest,
    ...volume,
    startedAt,
    updatedAt,
  };
}

/** A refused chunk also says where the next one begins. */
function withOffset(error: unknown): unknown {
  if (error instanceof DomainError && error.code === 'upload.range') {
    error.headers = { 'Holdfast-Upload-Offset': (error.detail as { offset: number }).offset };
  }
  return error;
}

function notReady({ name, kind, state }: BundleFileRow): DomainError {
  return new DomainError(
    'conflict',
    'bundle.incomplete',
    `${name} (${kind}, ${state}) is no archive that is whole. Begin it with kind archive, send all of it and complete it; volumes are applied, not imported.`,
  );
}
