import type { CertificateFacts } from '../../health/certificates.ts';
import { checkSite } from '../../health/check-site.ts';
import type { Exchange } from '../../http/exchange.ts';
import type { Route, RouteParams } from '../../http/route.ts';
import { adminResource } from '../admin/admin-json.ts';
import type { ResourceManager } from '../context.ts';
import { armTime } from '../registries/registry-json.ts';
import { sendList } from './reply.ts';
import { here, LOCATION, operator } from './site-administration.ts';

/** What an operator looks at before anybody calls: which certificate ends when, and what of the site is ill. */
export function siteHealthRoutes(rm: ResourceManager): Route[] {
  return [
    {
      name: 'site-certificates',
      method: 'GET',
      path: `${LOCATION}/certificates`,
      access: operator('locations/certificates/read'),
      handle: here(rm, (x, p) => listCertificates(rm, x, p)),
    },
    {
      name: 'site-health',
      method: 'GET',
      path: `${LOCATION}/health`,
      access: operator('locations/health/read'),
      handle: here(rm, async (x) => sendList(x, { items: await checkSite(rm.siteHealth) }, (check) => check)),
    },
  ];
}

async function listCertificates(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const items = await rm.siteHealth.certificates();
  sendList(x, { items }, (one) => certificateJson(rm, values.subscription ?? '', one));
}

function certificateJson(rm: ResourceManager, subscription: string, { name, ...facts }: CertificateFacts) {
  const { from, to, chain, ...rest } = facts;
  return adminResource(rm, subscription, 'certificates', name, {
    ...rest,
    validFrom: armTime(from),
    validTo: armTime(to),
    chain: chain.map(({ to: end, ...one }) => ({ ...one, validTo: armTime(end) })),
  });
}
