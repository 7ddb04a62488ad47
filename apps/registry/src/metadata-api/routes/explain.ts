import type { Distribution } from '../../distribution/context.ts';
import { requireDigest, requireTag } from '../../distribution/reference.ts';
import type { RouteHandler } from '../../http/route.ts';
import { getBlobExplanation, getManifestExplanation, getRepositoryUsage, getTagExplanation } from '../explain.ts';
import { callerOf } from './caller.ts';

export function repositoryUsage(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    const usage = await getRepositoryUsage(d, callerOf(exchange, params));
    exchange.sendJson(200, {}, { registry: exchange.facts.service, imageName: params.repository, usage });
  };
}

export function explainManifest(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    const digest = requireDigest(params.reference);
    const manifest = await getManifestExplanation(d, callerOf(exchange, params), digest);
    exchange.sendJson(200, {}, { registry: exchange.facts.service, imageName: params.repository, manifest });
  };
}

export function explainBlob(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    const blob = await getBlobExplanation(d, callerOf(exchange, params), requireDigest(params.reference));
    exchange.sendJson(200, {}, { registry: exchange.facts.service, imageName: params.repository, blob });
  };
}

export function explainTag(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    const tag = await getTagExplanation(d, callerOf(exchange, params), requireTag(params.reference));
    exchange.sendJson(200, {}, { registry: exchange.facts.service, imageName: params.repository, tag });
  };
}
