import { parseTagName, type TagName } from '@holdfast/oci/reference';
import type { Distribution } from '../../distribution/context.ts';
import { requireTag } from '../../distribution/reference.ts';
import { readBody } from '../../http/body.ts';
import type { Exchange } from '../../http/exchange.ts';
import type { RouteHandler } from '../../http/route.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { ATTRIBUTES_LIMIT } from '../attributes.ts';
import {
  type DeletedPage,
  listDeletedManifests,
  listDeletedRepositories,
  listDeletedTags,
  restore,
} from '../deleted.ts';
import { callerOf } from './caller.ts';
import { bodyTooLarge, requireManifest } from './items.ts';
import { link, pageOf } from './lists.ts';

/** `GET /acr/v1/_deleted/_catalog` */
export function deletedCatalog(d: Distribution): RouteHandler {
  return async (exchange) => {
    const page = await listDeletedRepositories(d, exchange, pageOf(exchange));
    send(exchange, page, { repositories: page.items });
  };
}

/** `GET /acr/v1/_deleted/<name>/_manifests` */
export function deletedManifests(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    const page = await listDeletedManifests(d, callerOf(exchange, params), pageOf(exchange));
    send(exchange, page, { imageName: params.repository, manifests: page.items });
  };
}

/** `GET /acr/v1/_deleted/<name>/_tags` */
export function deletedTags(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    const page = await listDeletedTags(d, callerOf(exchange, params), pageOf(exchange));
    send(exchange, page, { imageName: params.repository, tags: page.items });
  };
}

/** `POST /acr/v1/_deleted/<name>/_manifests/<digest>?force=True` with `{"tag": "…"}`, as the CLI sends it. */
export function restoreManifest(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    const digest = requireManifest(params.repository, params.reference);
    const tag = readTag(await readBody(exchange, ATTRIBUTES_LIMIT, bodyTooLarge));
    const force = (exchange.facts.target.query.get('force') ?? '').toLowerCase() === 'true';
    await restore(d, callerOf(exchange, params), digest, { tag, force });
    exchange.sendJson(200, {}, { registry: exchange.facts.service, imageName: params.repository, digest, tag });
  };
}

/** Undefined when no tag is asked for: the CLI sends null then, others may send no body at all. */
function readTag(body: Uint8Array): TagName | undefined {
  if (body.length === 0) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    throw wrongBody();
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongBody();
  const { tag } = value as { tag?: unknown };
  if (tag === undefined || tag === null) return undefined;
  if (typeof tag !== 'string') throw wrongBody();
  return parseTagName(tag) ?? requireTag(tag);
}

function wrongBody(): DomainError {
  return new DomainError(
    'invalid',
    'request.invalid',
    'The body of a restoration is a JSON object such as {"tag": "1.0"}, or {"tag": null} for the manifest alone. Correct it and send it again.',
  );
}

function send(exchange: Exchange, { next }: DeletedPage<unknown>, body: Record<string, unknown>): void {
  const headers = next === undefined ? {} : link(exchange, pageOf(exchange).limit, { last: next });
  exchange.sendJson(200, headers, { registry: exchange.facts.service, ...body });
}
