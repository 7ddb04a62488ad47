import type { Digest } from '@holdfast/oci/digest';
import { type Action, QUARANTINE_WRITE } from '../../access/principal.ts';
import { auditEntry, type Distribution } from '../../distribution/context.ts';
import { requireDigest, requireTag } from '../../distribution/reference.ts';
import { readBody } from '../../http/body.ts';
import { requireAlso } from '../../http/door.ts';
import type { Exchange } from '../../http/exchange.ts';
import type { RouteHandler, RouteParams } from '../../http/route.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { ATTRIBUTES_LIMIT, type AttributeChange, parseAttributes } from '../attributes.ts';
import { getManifestAttributes, removeManifestAttributes, updateManifest } from '../manifests.ts';
import { type ManifestChange, parseManifestAttributes } from '../quarantine-attributes.ts';
import { getRepository, removeRepository, updateRepository } from '../repositories.ts';
import { getTag, removeTag, updateTag } from '../tags.ts';
import { callerOf } from './caller.ts';

export function showRepository(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    exchange.sendJson(200, {}, await getRepository(d, callerOf(exchange, params), exchange.facts.service));
  };
}

export function patchRepository(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    const change = await readChange(exchange);
    const caller = callerOf(exchange, params);
    exchange.sendJson(200, {}, await updateRepository(d, caller, exchange.facts.service, change));
  };
}

export function deleteRepository(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    exchange.sendJson(202, {}, await removeRepository(d, callerOf(exchange, params)));
  };
}

export function showTag(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    const tag = await getTag(d, callerOf(exchange, params), requireTag(params.reference));
    exchange.sendJson(200, {}, { registry: exchange.facts.service, imageName: params.repository, tag });
  };
}

export function patchTag(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    // An empty tag is refused, not taken for the whole repository: `az acr repository update --image repo:` locked that.
    const name = requireTag(params.reference);
    const tag = await updateTag(d, callerOf(exchange, params), name, await readChange(exchange));
    exchange.sendJson(200, {}, { registry: exchange.facts.service, imageName: params.repository, tag });
  };
}

export function deleteTag(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    await removeTag(d, callerOf(exchange, params), requireTag(params.reference));
    exchange.send(202);
  };
}

export function showManifest(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    const digest = requireManifest(params.repository, params.reference);
    const manifest = await getManifestAttributes(d, callerOf(exchange, params), digest);
    exchange.sendJson(200, {}, { registry: exchange.facts.service, imageName: params.repository, manifest });
  };
}

export function patchManifest(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    const digest = requireManifest(params.repository, params.reference);
    const change = parseManifestAttributes(await readBody(exchange, ATTRIBUTES_LIMIT, bodyTooLarge));
    await requireRights(d, exchange, params, change);
    const manifest = await updateManifest(d, callerOf(exchange, params), digest, change);
    exchange.sendJson(200, {}, { registry: exchange.facts.service, imageName: params.repository, manifest });
  };
}

/** The door let in who has one of the two rights. */
async function requireRights(
  d: Distribution,
  exchange: Exchange,
  params: RouteParams,
  { locks, verdict }: ManifestChange,
): Promise<void> {
  const { repository } = params;
  const needed: Action[] = [
    ...(verdict ? ([QUARANTINE_WRITE] as const) : []),
    ...(!verdict || Object.keys(locks).length > 0 ? (['metadata_write'] as const) : []),
  ];
  for (const action of needed) {
    await requireAlso(d.authorizer, exchange, repository, action).catch(async (error: unknown) => {
      const why = `no-assignment: ${action}`;
      const entry = auditEntry(d, callerOf(exchange, params), 'acr-manifest-patch', params.reference, why);
      await d.metadata.transaction((tx) => tx.audit.append(entry));
      throw error;
    });
  }
}

export function deleteManifest(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    const digest = requireManifest(params.repository, params.reference);
    await removeManifestAttributes(d, callerOf(exchange, params), digest);
    exchange.send(202);
  };
}

/** By digest only, as on ACR, whose answer to a tag is a 404, too; but its text is a bare `404 page not found`. */
export function requireManifest(repository: string, reference: string): Digest {
  if (reference.includes(':')) return requireDigest(reference);
  throw new DomainError(
    'not-found',
    'manifest.unknown',
    `Manifests are found here by their digest, and "${reference.slice(0, 140)}" is none. The digest of a tag is told by /acr/v1/${repository}/_tags/<tag>.`,
    { detail: { Name: repository, Revision: reference.slice(0, 140) } },
  );
}

async function readChange(exchange: Exchange): Promise<AttributeChange> {
  return parseAttributes(await readBody(exchange, ATTRIBUTES_LIMIT, bodyTooLarge));
}

export function bodyTooLarge(limit: number): DomainError {
  return new DomainError(
    'too-large',
    'request.body-too-large',
    `The body of the request has more than ${limit} bytes, and attributes need no hundred. Send only the attributes to change.`,
  );
}
