import type { Queue } from '../metadata/backlog.ts';
import type { JobRow } from '../metadata/jobs.ts';
import type { MetadataStore } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { DiskSpace } from '../platform/disk-space.ts';
import type { CertificateFacts } from './certificates.ts';

/** `warn`: look at it this week. `bad`: something does not work, or will not soon. */
export type HealthState = 'good' | 'warn' | 'bad';

export interface HealthCheck {
  readonly name: string;
  readonly state: HealthState;
  /** The figures of `text`, for who says it in another language. */
  readonly values: Readonly<Record<string, string | number>>;
  readonly text: string;
  /** What to do; undefined when all is well. */
  readonly next?: string | undefined;
}

export interface SiteHealth {
  readonly metadata: Pick<MetadataStore, 'read' | 'transaction' | 'problem'>;
  readonly clock: Clock;
  /** Of the data folder. */
  readonly disk: () => Promise<DiskSpace>;
  readonly certificates: () => Promise<readonly CertificateFacts[]>;
}

const MOST_COUNTED = 10_000;
/** A queue whose first item is due for longer than this does not move. */
const STUCK_MS = 10 * 60_000;
const SKEW_MS = 60_000;
const MOST_NAMED = 5;
const JOBS = 1000;

/** Looks at everything of the site that an operator would have to mend; nothing is written. */
export async function checkSite(health: SiteHealth): Promise<HealthCheck[]> {
  const checks = await Promise.all([
    database(health),
    disk(health),
    capacity(health),
    clock(health),
    queues(health),
    deadDeliveries(health),
    jobs(health),
    damage(health),
    certificates(health),
  ]);
  return checks.flat();
}

async function database({ metadata, clock }: SiteHealth): Promise<HealthCheck> {
  const problem = metadata.problem();
  if (problem !== undefined) {
    const next = 'Free or mend the disk that holds the data folder, then restart the server: nothing was lost.';
    return { name: 'database', state: 'bad', values: { problem }, text: `Nothing can be written: ${problem}`, next };
  }
  const begun = clock.monotonic();
  await metadata.read.settings.get('tenantId');
  const ms = Math.round(clock.monotonic() - begun);
  return { name: 'database', state: 'good', values: { ms }, text: `It takes writes, and answers in ${ms} ms.` };
}

async function disk(health: SiteHealth): Promise<HealthCheck> {
  const { free, total } = await health.disk();
  const percent = Math.floor((free / Math.max(1, total)) * 100);
  const state = percent < 3 ? 'bad' : percent < 10 ? 'warn' : 'good';
  const text = `${percent} % of the disk of the data folder are free: ${free} of ${total} bytes.`;
  const next = 'Clean up, collect garbage, or give the data folder a larger disk. A full disk refuses every push.';
  return { name: 'disk', state, values: { free, total, percent }, text, next: nextUnless(state, next) };
}

async function capacity({ metadata, clock }: SiteHealth): Promise<HealthCheck[]> {
  const { used, limit } = await metadata.read.quotas.site(clock.now());
  if (limit === undefined) return [];
  const percent = Math.floor((used / Math.max(1, limit)) * 100);
  const state = used >= limit ? 'bad' : percent >= 90 ? 'warn' : 'good';
  const text = `${used} of ${limit} bytes that the registries may have are used (${percent} %).`;
  const next = 'Raise the maximum of the site, or clean up. At the maximum every push is refused.';
  return [{ name: 'capacity', state, values: { used, limit, percent }, text, next: nextUnless(state, next) }];
}

/** Whatever was written down last cannot lie ahead, unless the clock was set back. */
async function clock({ metadata, clock }: SiteHealth): Promise<HealthCheck> {
  const now = clock.now();
  const until = new Date(8.64e15);
  const [last] = await metadata.read.auditLog.list({ from: new Date(0), until }, 1);
  const ahead = last ? last.time.getTime() - now.getTime() : 0;
  const time = now.toISOString();
  if (ahead <= SKEW_MS)
    return { name: 'clock', state: 'good', values: { time }, text: `The server's time is ${time}.` };
  const seconds = Math.round(ahead / 1000);
  return {
    name: 'clock',
    state: 'bad',
    values: { time, seconds },
    text: `The activity log has entries from ${seconds} s ahead of the server's time, ${time}: its clock was set back.`,
    next: 'Set the clock right, by NTP if the site has a source. Tokens, retention and expiry go by it.',
  };
}

async function queues({ metadata, clock }: SiteHealth): Promise<HealthCheck[]> {
  const now = clock.now();
  return (await metadata.read.backlog.queues(MOST_COUNTED)).map((queue) => queueCheck(queue, now));
}

const QUEUES = {
  events: ['events wait to be handed to webhooks', 'Look at the log of the server: events are handed out by itself.'],
  deliveries: [
    'deliveries to webhooks wait',
    'Look at the event logs of the webhooks: a receiver that does not answer holds its own up.',
  ],
  scans: ['scans wait', 'Look whether the scanner of the site answers.'],
} as const satisfies Record<Queue['name'], readonly [string, string]>;

function queueCheck({ name, waiting, due }: Queue, now: Date): HealthCheck {
  const late = due ? Math.max(0, now.getTime() - due.getTime()) : 0;
  const state = late > STUCK_MS ? 'warn' : 'good';
  const minutes = Math.floor(late / 60_000);
  const [what, next] = QUEUES[name];
  const text = `${waiting} ${what}${late > STUCK_MS ? `; the first is due for ${minutes} min` : ''}.`;
  return { name: `queue-${name}`, state, values: { waiting, minutes }, text, next: nextUnless(state, next) };
}

async function deadDeliveries({ metadata }: SiteHealth): Promise<HealthCheck> {
  const count = await metadata.read.backlog.deadDeliveries();
  const state = count > 0 ? 'warn' : 'good';
  const text = count > 0 ? `${count} deliveries to webhooks were given up.` : 'No delivery to a webhook was given up.';
  const next = 'Mend the receiver, then replay them on the page of the webhook.';
  return { name: 'dead-deliveries', state, values: { count }, text, next: nextUnless(state, next) };
}

async function jobs({ metadata, clock }: SiteHealth): Promise<HealthCheck[]> {
  if (metadata.problem() !== undefined) return [];
  const now = clock.now();
  const rows = await metadata.transaction((tx) => tx.jobs.list({ limit: JOBS }));
  const free = rows.filter((job) => job.pausedAt === undefined && !(job.leaseUntil && job.leaseUntil > now));
  const failing = rows.filter((job) => job.lastError !== undefined);
  const late = free.filter((job) => now.getTime() - job.runAt.getTime() > STUCK_MS && !failing.includes(job));
  const paused = rows.filter((job) => job.pausedAt !== undefined);
  const total = rows.length;
  const about = (name: string, of: readonly JobRow[], state: HealthState, text: string, next: string): HealthCheck[] =>
    of.length === 0
      ? []
      : [{ name, state, values: { jobs: named(of) }, text: text.replace('{jobs}', named(of)), next }];
  const checks = [
    ...about('jobs-failing', failing, 'bad', 'These jobs fail: {jobs}.', 'The error of each is in the list of jobs.'),
    ...about('jobs-late', late, 'warn', 'These jobs are late: {jobs}.', 'A job before them takes long, or hangs.'),
    ...about('jobs-paused', paused, 'warn', 'These jobs are paused: {jobs}.', 'Resume them when you can.'),
  ];
  if (checks.length > 0) return checks;
  return [{ name: 'jobs', state: 'good', values: { total }, text: `None of ${total} jobs fails or is late.` }];
}

const named = (rows: readonly JobRow[]): string =>
  rows
    .slice(0, MOST_NAMED)
    .map(({ id }) => id)
    .concat(rows.length > MOST_NAMED ? ['…'] : [])
    .join(', ');

async function damage({ metadata }: SiteHealth): Promise<HealthCheck> {
  const count = await metadata.read.backlog.damaged(MOST_COUNTED);
  const state = count > 0 ? 'bad' : 'good';
  const text = count > 0 ? `${count} stored blobs or manifests are damaged.` : 'No stored byte is known to be damaged.';
  const next = 'Push them again, or restore a backup; the log and `holdfast scrub` name them. Then look at the disk.';
  return { name: 'damage', state, values: { count }, text, next: nextUnless(state, next) };
}

async function certificates(health: SiteHealth): Promise<HealthCheck[]> {
  const all = await health.certificates();
  const first = [...all].sort((a, b) => a.to.getTime() - b.to.getTime())[0];
  if (!first) return [];
  const ill = all.filter(({ state, problem }) => state !== 'good' || problem !== undefined);
  const state = ill.some((one) => one.state === 'ended' || one.state === 'not-yet')
    ? 'bad'
    : ill.length > 0
      ? 'warn'
      : 'good';
  const values = { subject: (ill[0] ?? first).subject, days: (ill[0] ?? first).daysLeft };
  const text = `${state === 'good' ? 'The first certificate to end is' : 'Look at the certificate'} ${values.subject}: ${values.days} days left.`;
  const next = 'The list of certificates says what to do with each.';
  return [{ name: 'certificates', state, values, text, next: nextUnless(state, next) }];
}

const nextUnless = (state: HealthState, next: string): string | undefined => (state === 'good' ? undefined : next);
