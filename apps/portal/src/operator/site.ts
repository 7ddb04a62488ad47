import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Planes } from '../api/planes.ts';
import { answered, Refusal } from '../api/refusal.ts';
import { listSubscriptions } from '../api/registries.ts';
import { usePlanes } from '../api/use-planes.ts';

export const ADMIN =
  '/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry.Admin/locations/{location}' as const;
const VERSION = '2019-11-01-preview';
const MONTHS_MS = 90 * 24 * 3_600_000;

/** Where the operator's resources are. */
export interface SitePlace {
  readonly path: { readonly subscription: string; readonly location: string };
  readonly query: { readonly 'api-version': string };
}

/** Of the subscription whose capacity one may read, which is the operator's own; null for everybody else. */
async function findSite(planes: Planes): Promise<SitePlace | null> {
  const location = planes.settings.loginServerSuffix.split('.')[2] ?? '';
  for (const { subscriptionId: subscription } of await listSubscriptions(planes)) {
    const place = { path: { subscription, location }, query: { 'api-version': VERSION } };
    try {
      await answered(planes.management.GET(`${ADMIN}/capacities`, { params: place }));
      return place;
    } catch (error) {
      if (!(error instanceof Refusal) || ![403, 404].includes(error.status)) throw error;
    }
  }
  return null;
}

export function useSite() {
  const planes = usePlanes();
  return useQuery({ queryKey: ['site'], queryFn: () => findSite(planes) });
}

export function useCapacity(place: SitePlace) {
  const { management } = usePlanes();
  return useQuery({
    queryKey: ['site', 'capacity'],
    queryFn: async () => {
      const from = new Date(Date.now() - MONTHS_MS).toISOString();
      const [now, samples] = await Promise.all([
        answered(management.GET(`${ADMIN}/capacities`, { params: place })),
        answered(management.GET(`${ADMIN}/capacitySamples`, { params: { ...place, query: { ...place.query, from } } })),
      ]);
      return { now: now.value[0]?.properties, samples: samples.value };
    },
  });
}

/** All registries of all tenants, the largest first. */
export function useSiteRegistries(place: SitePlace) {
  const { management } = usePlanes();
  return useQuery({
    queryKey: ['site', 'registries'],
    queryFn: async () => {
      const all: Awaited<ReturnType<typeof page>>['value'] = [];
      const page = (query: SitePlace['query'] & { $skipToken?: string }) =>
        answered(management.GET(`${ADMIN}/registries`, { params: { ...place, query } }));
      for (let query: SitePlace['query'] & { $skipToken?: string } = place.query; ; ) {
        const { value, nextLink } = await page(query);
        all.push(...value);
        if (nextLink === undefined) break;
        const $skipToken = new URL(nextLink, location.origin).searchParams.get('$skipToken') ?? '';
        query = { ...place.query, $skipToken };
      }
      return all.sort((a, b) => b.properties.registrySizeInBytes - a.properties.registrySizeInBytes);
    },
  });
}

/** States of a job that end by themselves. */
const ON_ITS_WAY = new Set(['running', 'pausing']);
const POLL_MS = 2_000;

export function useJobs(place: SitePlace) {
  const { management } = usePlanes();
  return useQuery({
    queryKey: ['site', 'jobs'],
    queryFn: async () => (await answered(management.GET(`${ADMIN}/jobs`, { params: place }))).value,
    refetchInterval: ({ state }) =>
      state.data?.some(({ properties }) => ON_ITS_WAY.has(properties.state)) ? POLL_MS : false,
  });
}

export function useSiteHealth(place: SitePlace) {
  const { management } = usePlanes();
  return useQuery({
    queryKey: ['site', 'health'],
    queryFn: async () => (await answered(management.GET(`${ADMIN}/health`, { params: place }))).value,
  });
}

export function useCertificates(place: SitePlace) {
  const { management } = usePlanes();
  return useQuery({
    queryKey: ['site', 'certificates'],
    queryFn: async () => (await answered(management.GET(`${ADMIN}/certificates`, { params: place }))).value,
  });
}

export function useQuotas(place: SitePlace) {
  const { management } = usePlanes();
  return useQuery({
    queryKey: ['site', 'quotas'],
    queryFn: async () => {
      const { value } = await answered(management.GET(`${ADMIN}/quotas`, { params: place }));
      return Promise.all(
        value.map(async ({ id, name, properties }) => {
          const quota = name.slice(name.indexOf('/') + 1);
          const params = { ...place, path: { ...place.path, quota } };
          const having = await answered(management.GET(`${ADMIN}/quotas/{quota}/subscriptions`, { params }));
          return { id, quota, ...properties, having: having.value.map((one) => one.properties.subscriptionId) };
        }),
      );
    },
  });
}

/** A change of the site, after which everything about it is read again. */
export function useSiteChange<Asked>(change: (asked: Asked) => Promise<unknown>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => queries.invalidateQueries({ queryKey: ['site'] }),
  });
}
