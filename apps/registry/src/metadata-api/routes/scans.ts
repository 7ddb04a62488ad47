import type { Distribution } from '../../distribution/context.ts';
import { requireDigest } from '../../distribution/reference.ts';
import type { RouteHandler } from '../../http/route.ts';
import { getManifestScan, requestManifestScan as request } from '../scans.ts';
import { callerOf } from './caller.ts';

export function showManifestScan(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    const scan = await getManifestScan(d, callerOf(exchange, params), requireDigest(params.reference));
    exchange.sendJson(200, {}, { registry: exchange.facts.service, imageName: params.repository, scan });
  };
}

export function requestManifestScan(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    const scan = await request(d, callerOf(exchange, params), requireDigest(params.reference));
    exchange.sendJson(202, {}, { registry: exchange.facts.service, imageName: params.repository, scan });
  };
}
