import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Planes } from '../api/planes.ts';
import { answered } from '../api/refusal.ts';
import type { paths } from '../api/schema.d.ts';
import { usePlanes } from '../api/use-planes.ts';

type Answer<P extends keyof paths, M extends 'get' | 'post'> = paths[P] extends {
  [K in M]: { responses: { 200: { content: { 'application/json': infer B } } } };
}
  ? B
  : never;

export type Bundle = Answer<'/holdfast/v1/_bundles', 'get'>['bundles'][number];
export type BundleDetail = Answer<'/holdfast/v1/_bundles/{digest}', 'get'>;
export type Volume = Bundle['volumes'][number];
export type Operation = Answer<'/holdfast/v1/_operations', 'get'>['operations'][number];
export type StationFile = Answer<'/holdfast/v1/_files', 'get'>['files'][number];
export type Estimate = Answer<'/holdfast/v1/_bundles/_estimate', 'post'>;
export type Plan = Answer<'/holdfast/v1/_bundles/{digest}/_plan', 'post'>;
export type CustodyEntry = Answer<'/holdfast/v1/_custody', 'get'>['entries'][number];

/** What a bundle is made of. */
export interface Order {
  readonly images: string[];
  readonly platform?: string;
  readonly volumeBytes?: number;
  readonly name?: string;
  readonly receipt?: string;
  readonly assumeArrived?: boolean;
}

const POLL_MS = 1000;
const PAGE = 100;

export type StationRight = 'read' | 'write' | 'trust';

/** The transfer station of a registry, with a token for this much of it. */
export const stationApi = (planes: Planes, registry: string, right: StationRight) =>
  planes.registry(registry, `registry:bundles:${right}`);

/** Whatever the station shows; everything of it is read again after a change. */
const key = (registry: string, ...more: readonly unknown[]) => ['station', registry, ...more];

export function useBundles(registry: string) {
  const planes = usePlanes();
  return useQuery({
    queryKey: key(registry, 'bundles'),
    queryFn: async () => (await answered(stationApi(planes, registry, 'read').GET('/holdfast/v1/_bundles'))).bundles,
  });
}

export function useBundle(registry: string, digest: string) {
  const planes = usePlanes();
  return useQuery({
    queryKey: key(registry, 'bundle', digest),
    queryFn: () => {
      const params = { path: { digest } };
      return answered(stationApi(planes, registry, 'read').GET('/holdfast/v1/_bundles/{digest}', { params }));
    },
  });
}

/** Asked for again as long as one of them is under way; what it changed is read again when it ends. */
export function useOperations(registry: string) {
  const planes = usePlanes();
  const queries = useQueryClient();
  return useQuery({
    queryKey: key(registry, 'operations'),
    queryFn: async () => {
      const before = queries.getQueryData<readonly Operation[]>(key(registry, 'operations'));
      const { operations } = await answered(stationApi(planes, registry, 'read').GET('/holdfast/v1/_operations'));
      const running = new Set(before?.filter(isRunning).map(({ id }) => id));
      if (operations.some((one) => running.has(one.id) && !isRunning(one))) {
        void queries.invalidateQueries({
          queryKey: key(registry),
          predicate: ({ queryKey }) => queryKey[2] !== 'operations',
        });
      }
      return operations;
    },
    refetchInterval: ({ state }) => (state.data?.some(isRunning) ? POLL_MS : false),
  });
}

export const isRunning = ({ state }: Operation): boolean => state === 'running';

export function useFiles(registry: string) {
  const planes = usePlanes();
  return useQuery({
    queryKey: key(registry, 'files'),
    queryFn: async () => (await answered(stationApi(planes, registry, 'write').GET('/holdfast/v1/_files'))).files,
  });
}

export function useSigners(registry: string) {
  const planes = usePlanes();
  return useQuery({
    queryKey: key(registry, 'signers'),
    queryFn: async () => {
      const api = stationApi(planes, registry, 'read');
      const [own, { signers }] = await Promise.all([
        answered(api.GET('/holdfast/v1/_key')),
        answered(api.GET('/holdfast/v1/_signers')),
      ]);
      return { own, signers };
    },
  });
}

export function useCustody(registry: string) {
  const planes = usePlanes();
  return useInfiniteQuery({
    queryKey: key(registry, 'custody'),
    initialPageParam: '',
    queryFn: async ({ pageParam }) => {
      const query = { n: String(PAGE), ...(pageParam === '' ? {} : { before: pageParam }) };
      const params = { query };
      return (await answered(stationApi(planes, registry, 'write').GET('/holdfast/v1/_custody', { params }))).entries;
    },
    getNextPageParam: (last) => (last.length < PAGE ? undefined : String(last.at(-1)?.place)),
  });
}

/** A change of the station, after which everything of it is read again. */
export function useStationDeed<Asked, Told>(
  registry: string,
  right: StationRight,
  deed: (api: ReturnType<typeof stationApi>, asked: Asked) => Promise<Told>,
) {
  const planes = usePlanes();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (asked: Asked) => deed(stationApi(planes, registry, right), asked),
    onSuccess: () => queries.invalidateQueries({ queryKey: key(registry) }),
  });
}

export function useStationChanged(registry: string): () => Promise<void> {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: key(registry) });
}
