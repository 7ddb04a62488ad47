import type { Exchange } from '../../http/exchange.ts';
import type { RouteHandler } from '../../http/route.ts';
import { andThen } from '../../platform/awaitable.ts';
import { deleteBlob, type FoundBlob, findBlob, unknownBlob } from '../blobs.ts';
import type { Caller, Distribution } from '../context.ts';
import { type Downloads, signDownload } from '../download-address.ts';
import { requireDigest } from '../reference.ts';
import { answerBytes, answeredUnchanged, answerHead } from './blob-answers.ts';
import { callerOf } from './caller.ts';

/**
 * `HEAD /v2/<name>/blobs/<digest>`. Clients that push ask it first and leave out what is there: so it also looks whether
 * the bytes are, or a damaged blob could never be healed by pushing it again.
 */
export function headBlob(d: Distribution): RouteHandler {
  return (exchange, params) =>
    andThen(findBlob(d, callerOf(exchange, params), requireDigest(params.reference), 'probe'), (blob) =>
      answerHead(d, exchange, blob, () => unknownBlob(params.repository, blob.digest)),
    );
}

/** `GET /v2/<name>/blobs/<digest>` */
export function pullBlob(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    const caller = callerOf(exchange, params);
    const blob = await findBlob(d, caller, requireDigest(params.reference));
    if (!d.downloads) return answerBytes(d, exchange, blob);
    if (!answeredUnchanged(exchange, blob)) await redirect(d, d.downloads, exchange, caller, blob);
  };
}

/** 307, so that the client follows with the same method. What the address opens is for this client: nobody may keep it for others. */
async function redirect(
  d: Distribution,
  downloads: Downloads,
  exchange: Exchange,
  { registry, repository }: Caller,
  { digest, repositoryId, quarantined }: FoundBlob,
): Promise<void> {
  const what = { registryId: registry.id, repositoryId, repository, digest, quarantined };
  const address = await signDownload(downloads, d.clock, what);
  exchange.send(307, {
    Location: `${downloads.origin()}${address}`,
    'Docker-Content-Digest': digest,
    'Cache-Control': 'private, no-store',
  });
}

/** `DELETE /v2/<name>/blobs/<digest>` */
export function removeBlob(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    await deleteBlob(d, callerOf(exchange, params), requireDigest(params.reference));
    exchange.send(202);
  };
}
