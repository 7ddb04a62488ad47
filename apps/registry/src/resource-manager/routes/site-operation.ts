import type { Exchange } from '../../http/exchange.ts';
import type { Route, RouteParams } from '../../http/route.ts';
import type { JobRow } from '../../metadata/jobs.ts';
import type { MetadataTx } from '../../metadata/metadata-store.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { ADMIN, adminResource } from '../admin/admin-json.ts';
import { armAudit } from '../audit.ts';
import type { ResourceManager } from '../context.ts';
import { armTime } from '../registries/registry-json.ts';
import { armCaller, listPage, sendList } from './reply.ts';
import { here, LOCATION, operator } from './site-administration.ts';

/** More than a year of hours. */
const MOST_SAMPLES = 10_000;

/** What runs on the site by itself, and what it stored when. Azure's operator has neither as an API. */
export function siteOperationRoutes(rm: ResourceManager): Route[] {
  const jobs = `${LOCATION}/jobs`;
  const deed = (name: string, change: Change): Route => ({
    name: `job-${name}`,
    method: 'POST',
    path: `${jobs}/{job}/${name}`,
    access: operator('locations/jobs/write'),
    handle: here(rm, (x, p) => changeJob(rm, x, p, name, change)),
  });
  return [
    {
      name: 'jobs',
      method: 'GET',
      path: jobs,
      access: operator('locations/jobs/read'),
      handle: here(rm, (x, p) => listJobs(rm, x, p)),
    },
    deed('pause', (tx, id, now) => tx.jobs.setPaused(id, now)),
    deed('resume', (tx, id) => tx.jobs.setPaused(id, undefined)),
    deed('run', (tx, id, now) => tx.jobs.runNow(id, now)),
    {
      name: 'capacity-samples',
      method: 'GET',
      path: `${LOCATION}/capacitySamples`,
      access: operator('locations/capacity/read'),
      handle: here(rm, (x) => listSamples(rm, x)),
    },
  ];
}

type Change = (tx: MetadataTx, id: string, now: Date) => boolean | Promise<boolean>;

async function listJobs(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const now = rm.clock.now();
  const page = await listPage(
    x,
    (request) => rm.metadata.transaction((tx) => tx.jobs.list(request)),
    (row) => row.id,
  );
  sendList(x, page, (row) => jobJson(rm, values.subscription ?? '', row, now));
}

/** Answers with the job as it is then. A paused one that is to run now does so once it is resumed. */
async function changeJob(
  rm: ResourceManager,
  x: Exchange,
  { values }: RouteParams,
  name: string,
  change: Change,
): Promise<void> {
  const { job = '', subscription = '' } = values;
  const now = rm.clock.now();
  const row = await rm.metadata.transaction(async (tx) => {
    if (!(await change(tx, job, now))) throw unknownJob(job);
    await tx.audit.append(armAudit(rm, armCaller(x), `${ADMIN}/locations/jobs/${name}`, { target: job }));
    return tx.jobs.find(job);
  });
  if (!row) throw unknownJob(job);
  x.sendJson(200, {}, jobJson(rm, subscription, row, now));
}

/** `pausing`: told to stop, and not yet between two of its batches. */
export function jobState({ leaseUntil, pausedAt }: Pick<JobRow, 'leaseUntil' | 'pausedAt'>, now: Date): string {
  const running = leaseUntil !== undefined && leaseUntil > now;
  if (pausedAt) return running ? 'pausing' : 'paused';
  return running ? 'running' : 'waiting';
}

function jobJson(rm: ResourceManager, subscription: string, row: JobRow, now: Date) {
  return adminResource(rm, subscription, 'jobs', row.id, {
    kind: row.kind,
    state: jobState(row, now),
    nextRun: armTime(row.runAt),
    ...(row.everySeconds === undefined ? {} : { everySeconds: row.everySeconds }),
    ...(row.pausedAt ? { pausedSince: armTime(row.pausedAt) } : {}),
    attempts: row.attempts,
    ...(row.lastError === undefined ? {} : { lastError: row.lastError }),
  });
}

/** `from` is a time; without it, everything that is kept. Oldest first. */
async function listSamples(rm: ResourceManager, x: Exchange): Promise<void> {
  const given = x.facts.target.query.get('from') ?? '';
  const from = given === '' ? new Date(0) : new Date(given);
  if (Number.isNaN(from.getTime())) throw badTime(given);
  const items = await rm.metadata.read.capacity.list(from, MOST_SAMPLES);
  sendList(x, { items }, ({ at, used, capacity }) => ({
    time: armTime(at),
    usedBytes: used,
    ...(capacity === undefined ? {} : { capacityBytes: capacity }),
  }));
}

function unknownJob(id: string): DomainError {
  return new DomainError(
    'not-found',
    'resource.unknown',
    `There is no job '${id.slice(0, 100)}' that could be changed. List the jobs of the site.`,
  );
}

function badTime(text: string): DomainError {
  return new DomainError(
    'invalid',
    'resource.invalid',
    `'${text.slice(0, 50)}' is no time. Give 'from' as in 2027-01-31T12:00:00Z, or leave it out.`,
  );
}
