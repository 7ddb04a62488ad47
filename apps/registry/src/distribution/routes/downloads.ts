import { ANONYMOUS } from '../../access/principal.ts';
import type { Exchange } from '../../http/exchange.ts';
import { refuseOutsiders } from '../../http/firewall.ts';
import type { RouteHandler } from '../../http/route.ts';
import { findDownload, unknownBlob } from '../blobs.ts';
import type { Distribution } from '../context.ts';
import { verifyDownload } from '../download-address.ts';
import { answerBytes, answerHead } from './blob-answers.ts';

/**
 * Whoever shows an address that the registry signed gets the blob, as long as the address lives and the blob could still be pulled: what
 * was deleted, damaged, locked or quarantined since, or is behind network rules by now, is refused as it is by the registry.
 */
export function download(d: Distribution): RouteHandler {
  return async (exchange) => {
    const { downloads } = d;
    if (!downloads) throw new Error('no plane leads here while downloads are not redirected');
    if (downloads.refusesAuthorization && exchange.header('authorization') !== undefined)
      return refuseAsAzure(d, exchange);
    const opened = await verifyDownload(downloads, d.clock, addressOf(exchange));
    const registry = await d.metadata.read.registries.byId(opened.registryId);
    if (!registry) throw unknownBlob(opened.repository, opened.digest);
    exchange.registry = registry;
    refuseOutsiders(exchange);
    const { repository } = opened;
    const { correlationId } = exchange.facts;
    const blob = await findDownload(d, { principal: ANONYMOUS, registry, repository, correlationId }, opened);
    if (exchange.method === 'HEAD') await answerHead(d, exchange, blob, () => unknownBlob(repository, blob.digest));
    else await answerBytes(d, exchange, blob);
  };
}

/** Path and query as they were sent, nothing decoded. */
function addressOf({ request, facts }: Exchange): string {
  const url = request.url ?? '';
  const mark = url.indexOf('?');
  return mark < 0 ? facts.target.path : `${facts.target.path}${url.slice(mark)}`;
}

/** To the letter of what Azure's storage says, by which scripts know that they must not forward the header. */
function refuseAsAzure({ clock }: Distribution, exchange: Exchange): void {
  const { correlationId } = exchange.facts;
  const time = clock.now().toISOString().replace('Z', '0000Z');
  exchange.send(
    400,
    {
      'Content-Type': 'application/xml',
      'x-ms-request-id': correlationId,
      'x-ms-error-code': 'InvalidAuthenticationInfo',
    },
    `<?xml version="1.0" encoding="utf-8"?>
<Error><Code>InvalidAuthenticationInfo</Code><Message>Authentication information is not given in the correct format. Check the value of Authorization header.
RequestId:${correlationId}
Time:${time}</Message></Error>`,
  );
}
