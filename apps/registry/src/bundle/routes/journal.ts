import type { RouteHandler } from '../../http/route.ts';
import type { CustodyRow } from '../../metadata/bundle-journal.ts';
import type { TrustedSignerRow } from '../../metadata/bundles.ts';
import { DomainError } from '../../platform/domain-error.ts';
import type { Bundles } from '../context.ts';
import { detailOf } from '../custody.ts';
import { receiptHere } from '../receipt.ts';
import { parseSigner } from '../requests.ts';
import { describedOperation, listOperations, requireOperation } from '../tell-operation.ts';
import { addSigner, removeSigner, siteKey } from '../trust.ts';
import { bundleCaller, requestBody } from './caller.ts';

const CUSTODY_PAGE = 100;

/** `GET /holdfast/v1/_operations` */
export function operations(d: Bundles): RouteHandler {
  return async (exchange) =>
    exchange.sendJson(200, {}, { operations: await listOperations(d, bundleCaller(exchange)) });
}

/** `GET /holdfast/v1/_operations/<id>` */
export function operation(d: Bundles): RouteHandler {
  return async (exchange, { values }) => {
    const row = await requireOperation(d, bundleCaller(exchange), values.id ?? '');
    exchange.sendJson(200, row.state === 'running' ? { 'Retry-After': 1 } : {}, describedOperation(d, row));
  };
}

/** `DELETE /holdfast/v1/_operations/<id>`: stops it; what it has pushed stays, and no tag has moved. */
export function cancel(d: Bundles): RouteHandler {
  return async (exchange, { values }) => {
    const caller = bundleCaller(exchange);
    const row = await requireOperation(d, caller, values.id ?? '');
    await d.operations.cancel(row);
    exchange.sendJson(200, {}, describedOperation(d, await requireOperation(d, caller, row.id)));
  };
}

/** `GET /holdfast/v1/_receipt` */
export function receipt(d: Bundles): RouteHandler {
  return async (exchange) => {
    const text = await receiptHere(d, bundleCaller(exchange), exchange.signal);
    const name = `${exchange.registry.name}.receipt`;
    const headers = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'private, no-store' };
    exchange.send(200, { ...headers, 'Content-Disposition': `attachment; filename="${name}"` }, text);
  };
}

/** `GET /holdfast/v1/_key`: the public half, for the other side. */
export function key(d: Bundles): RouteHandler {
  return async (exchange) => {
    const { id, publicPem } = await siteKey(d);
    exchange.sendJson(200, {}, { id, publicKey: publicPem });
  };
}

/** `GET /holdfast/v1/_signers` */
export function signers(d: Bundles): RouteHandler {
  return async (exchange) => {
    const rows = await d.metadata.read.bundles.signers(exchange.registry.id);
    exchange.sendJson(200, {}, { signers: rows.map(toldSigner) });
  };
}

/** `POST /holdfast/v1/_signers` */
export function trust(d: Bundles): RouteHandler {
  return async (exchange) => {
    const row = await addSigner(d, bundleCaller(exchange), parseSigner(await requestBody(exchange)));
    exchange.sendJson(201, {}, toldSigner(row));
  };
}

/** `DELETE /holdfast/v1/_signers/<digest>` */
export function distrust(d: Bundles): RouteHandler {
  return async (exchange, { values }) => {
    await removeSigner(d, bundleCaller(exchange), values.digest ?? '');
    exchange.send(204);
  };
}

/** `GET /holdfast/v1/_custody?before=&n=` */
export function custody(d: Bundles): RouteHandler {
  return async (exchange) => {
    const { query } = exchange.facts.target;
    const [before, n] = [numberIn(query.get('before')), numberIn(query.get('n')) ?? CUSTODY_PAGE];
    const rows = await d.metadata.read.bundleJournal.custody(
      exchange.registry.id,
      before,
      Math.min(Math.max(n, 1), 1000),
    );
    exchange.sendJson(200, {}, { entries: rows.map(toldEntry) });
  };
}

function numberIn(text: string | null): number | undefined {
  if (text === null || text === '') return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new DomainError('invalid', 'query.invalid', `"${text.slice(0, 40)}" is no number; before and n are numbers.`);
}

function toldSigner({ keyId: id, name, publicPem: publicKey, addedBy, addedAt }: TrustedSignerRow) {
  return { id, name, publicKey, addedBy, addedAt };
}

function toldEntry(row: CustodyRow) {
  const { place, time, by, action, bundle, signer, carriedBy } = row;
  const { lacks, ...detail } = detailOf(row);
  return { place, time, by, action, bundle, signer, carriedBy, ...detail, ...(lacks ? { lacks: lacks.length } : {}) };
}
