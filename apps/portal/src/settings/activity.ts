import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { answered } from '../api/refusal.ts';
import { placeOf, type RegistryResource } from '../api/registries.ts';
import type { paths } from '../api/schema.d.ts';
import { usePlanes } from '../api/use-planes.ts';

const LOG = '/subscriptions/{subscription}/providers/Microsoft.Insights/eventtypes/management/values';
const VERSION = '2017-03-01-preview';
const WEEK_MS = 7 * 24 * 3_600_000;
/** After the last letter. */
const TYPING_MS = 250;

type Page = paths[typeof LOG]['get']['responses']['200']['content']['application/json'];
export type ActivityEvent = Page['value'][number];

/** As it stands in the address. */
export interface ActivityFilter {
  readonly who?: string;
  readonly what?: string;
  readonly repository?: string;
  /** Local times of the browser, to the minute. */
  readonly from?: string;
  readonly to?: string;
  readonly outcome?: string;
}

/** The activity log of a registry, page after page, newest first; of a week unless it is asked for another time. */
export function useActivity(resource: RegistryResource, filter: ActivityFilter) {
  const { management } = usePlanes();
  return useInfiniteQuery({
    queryKey: ['activity', resource.id, filter],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const path = { subscription: placeOf(resource).subscription };
      const more = pageParam === '' ? {} : { $skipToken: pageParam };
      const query = { 'api-version': VERSION, $filter: filterText(resource.id, filter), ...more };
      return answered(management.GET(LOG, { params: { path, query }, signal }));
    },
    getNextPageParam: ({ nextLink }: Page) =>
      nextLink === undefined
        ? undefined
        : (new URL(nextLink, location.origin).searchParams.get('$skipToken') ?? undefined),
    placeholderData: (before) => before,
  });
}

/** What is filtered by, once nobody types any more. */
export function useDelayed(filter: ActivityFilter): ActivityFilter {
  const name = JSON.stringify(filter);
  const [settled, setSettled] = useState(name);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(name), TYPING_MS);
    return () => clearTimeout(timer);
  }, [name]);
  return JSON.parse(settled) as ActivityFilter;
}

export function filterText(resourceId: string, filter: ActivityFilter, now = Date.now()): string {
  const { who, what, repository, from, to, outcome } = filter;
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const contains = (field: string, text: string | undefined) => (text ? [`contains(${field},${quoted(text)})`] : []);
  const time = (text: string | undefined) => (text && !Number.isNaN(Date.parse(text)) ? new Date(text) : undefined);
  const until = time(to);
  const begin = time(from) ?? new Date((until?.getTime() ?? now) - WEEK_MS);
  return [
    `eventTimestamp ge ${quoted(begin.toISOString())}`,
    ...(until ? [`eventTimestamp le ${quoted(until.toISOString())}`] : []),
    `startswith(resourceUri,${quoted(resourceId)})`,
    ...contains('caller', who),
    ...contains('operationName', what),
    ...contains('repository', repository),
    ...(outcome ? [`status eq ${quoted(outcome)}`] : []),
  ].join(' and ');
}
