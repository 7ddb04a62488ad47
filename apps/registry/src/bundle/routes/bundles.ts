import { etagOf } from '../../http/etag.ts';
import type { Exchange, Headers } from '../../http/exchange.ts';
import { parseRange } from '../../http/range.ts';
import type { RouteHandler } from '../../http/route.ts';
import { sendStream } from '../../http/send-blob.ts';
import type { BundleFileRow } from '../../metadata/bundles.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { planBundleHere } from '../apply.ts';
import type { Bundles } from '../context.ts';
import { estimateBundle, patternsOf } from '../create.ts';
import { byteFile } from '../files.ts';
import type { OperationKind } from '../operations.ts';
import { parseCreation } from '../requests.ts';
import { deleteBundle, getBundle, listBundles, requireBundle, requireVolume } from '../sets.ts';
import { accepted } from './accepted.ts';
import { bundleCaller, digestIn, requestBody } from './caller.ts';

/** `GET /holdfast/v1/_bundles` */
export function list(d: Bundles): RouteHandler {
  return async (exchange) => exchange.sendJson(200, {}, { bundles: await listBundles(d, bundleCaller(exchange)) });
}

/** `GET /holdfast/v1/_bundles/<digest>` */
export function show(d: Bundles): RouteHandler {
  return async (exchange, params) =>
    exchange.sendJson(200, {}, await getBundle(d, bundleCaller(exchange), digestIn(params)));
}

/** `DELETE /holdfast/v1/_bundles/<digest>` and `…/_volumes/<number>` */
export function remove(d: Bundles): RouteHandler {
  return async (exchange, params) => {
    const { number } = params.values;
    const one = number === undefined ? undefined : Number(number);
    await deleteBundle(d, bundleCaller(exchange), digestIn(params), one);
    exchange.send(204);
  };
}

/** `POST /holdfast/v1/_bundles/<digest>/_plan` */
export function plan(d: Bundles): RouteHandler {
  return async (exchange, params) => {
    const answer = await planBundleHere(d, bundleCaller(exchange), digestIn(params), exchange.signal);
    exchange.sendJson(200, {}, answer);
  };
}

/** `POST /holdfast/v1/_bundles/<digest>/_verify` and `_apply` */
export function work(d: Bundles, kind: Extract<OperationKind, 'verify' | 'apply'>): RouteHandler {
  return async (exchange, params) => {
    const caller = bundleCaller(exchange);
    const { bundle } = await requireBundle(d, caller, digestIn(params));
    accepted(d, exchange, await d.operations.begin(kind, caller, { bundle }));
  };
}

/** `POST /holdfast/v1/_bundles/_estimate` */
export function estimate(d: Bundles): RouteHandler {
  return async (exchange) => {
    const request = parseCreation(await requestBody(exchange));
    exchange.sendJson(200, {}, await estimateBundle(d, bundleCaller(exchange), request, exchange.signal));
  };
}

/** `POST /holdfast/v1/_bundles` */
export function create(d: Bundles): RouteHandler {
  return async (exchange) => {
    const caller = bundleCaller(exchange);
    const request = parseCreation(await requestBody(exchange));
    patternsOf(request.images, d.loginServer(caller.registry.name)); // refused at once, not by the operation
    accepted(d, exchange, await d.operations.begin('create', caller, request));
  };
}

/** `GET` and `HEAD /holdfast/v1/_bundles/<digest>/_volumes/<number>`: the volume, or one range of it (RFC 9110, section 14). */
export function download(d: Bundles): RouteHandler {
  return async (exchange, params) => {
    const row = await requireVolume(d, bundleCaller(exchange), digestIn(params), Number(params.values.number));
    const range = parseRange(rangeHeader(exchange, row), row.size);
    if (range.kind === 'unsatisfiable') throw unsatisfiable(row);
    const [start, end] = range.kind === 'none' ? [0, row.size] : [range.start, range.end + 1];
    const headers: Headers = {
      'Content-Type': 'application/x-tar',
      'Content-Disposition': `attachment; filename="${row.name.replace(/[^\w.-]/g, '_')}"`,
      'Accept-Ranges': 'bytes',
      'Cache-Control': 'private, no-store',
      ...(row.digest ? { ETag: etagOf(row.digest), 'Repr-Digest': reprDigest(row.digest) } : {}),
      ...(range.kind === 'none' ? {} : { 'Content-Range': `bytes ${start}-${end - 1}/${row.size}` }),
    };
    const length = end - start;
    const status = range.kind === 'none' ? 200 : 206;
    if (exchange.method === 'HEAD') return exchange.send(status, { ...headers, 'Content-Length': length });
    await sendStream(exchange, { status, headers, length }, byteFile(d.blobs, row).read(start, end)).catch(
      (error: unknown) => {
        if (!exchange.gone) throw error;
      },
    );
  };
}

/** RFC 9530: what a download can be compared with. */
function reprDigest(digest: string): string {
  const [algorithm = '', hex = ''] = digest.split(':');
  return `${algorithm.replace('sha', 'sha-')}=:${Buffer.from(hex, 'hex').toString('base64')}:`;
}

/** A range whose `If-Range` names other bytes is not asked for (RFC 9110, section 13.1.5). */
function rangeHeader(exchange: Exchange, { digest }: BundleFileRow): string | undefined {
  const condition = exchange.header('if-range');
  const known = digest === undefined ? undefined : etagOf(digest);
  return condition !== undefined && condition !== known ? undefined : exchange.header('range');
}

function unsatisfiable({ name, size }: BundleFileRow): DomainError {
  const error = new DomainError(
    'out-of-range',
    'range.unsatisfiable',
    `The range asked for lies outside the volume: ${name} has ${size} bytes, counted from 0. Ask for bytes inside it.`,
    { detail: { size } },
  );
  error.headers = { 'Content-Range': `bytes */${size}` };
  return error;
}
