import type { RepositoryName } from '@holdfast/oci/reference';
import type { Caller } from '../../../apps/registry/src/distribution/context.ts';
import { openMemoryMetadataStore } from '../../../apps/registry/src/metadata/sqlite/open.ts';
import { registryRow } from '../../../apps/registry/src/metadata/test-rows.ts';
import { FakeClock } from '../../../apps/registry/src/platform/clock.ts';
import { DomainError } from '../../../apps/registry/src/platform/domain-error.ts';
import type { Ids } from '../../../apps/registry/src/platform/ids.ts';
import { MemoryBlobStore } from '../../../apps/registry/src/storage/memory/memory-blob-store.ts';
import { bytesOf, Random } from '../random.ts';
import { correlationOf, PRINCIPAL, REGISTRY_ID, REGISTRY_NAME } from '../workload/operation.ts';
import { compose } from '../workload/stores.ts';
import { BLOBS, CONTENT, REPOSITORIES, TAGS } from './content.ts';
import { type Inspected, inspect } from './inspect.ts';
import { type Answer, BrokenOff, type Operation, perform, type Scene } from './operations.ts';
import type { InterleavingBug } from './planted.ts';
import { gatedBlobs, gatedMetadata, Scheduler } from './scheduler.ts';

const GRACE_HOURS = 1;
/** Steps between two looks at everything. */
const LOOK_EVERY = 25;

interface Done {
  readonly id: string;
  readonly operation: Operation;
  readonly outcome: 'done' | 'nothing' | 'refused';
  readonly code?: string;
}

/** Actors at once on the real rooms, one call at a time, in the order that the seed gives. Answers what is wrong. */
export async function runSchedule(
  seed: number,
  bug: InterleavingBug = {},
): Promise<{ complaints: string[]; steps: number }> {
  const random = new Random(seed);
  const quarantine = random.chance(0.4);
  const plans = Array.from({ length: 3 + random.below(2) }, () => plan(random.fork(), quarantine));
  const scheduler = new Scheduler(random.fork());
  const clock = new FakeClock();
  const stored = new MemoryBlobStore({ clock });
  const memory = openMemoryMetadataStore();
  await memory.migrate();
  const soft = random.chance(0.5);
  const policies = JSON.stringify(policiesOf(quarantine, soft, random.chance(0.5)));
  const registry = registryRow({ id: REGISTRY_ID, name: REGISTRY_NAME, policies });
  await memory.transaction((tx) => tx.registries.create(registry));
  const faulty = bug.metadata ? bug.metadata(memory, scheduler.turn) : memory;
  const metadata = gatedMetadata(faulty, scheduler.turn);
  const blobs = gatedBlobs(stored, scheduler.turn);
  const { distribution: d } = compose({ metadata, blobs, clock, ids: countedIds(seed), sessions: 4 });
  const caller = (number: number, repository: string): Caller => ({
    principal: { kind: 'admin-user', id: PRINCIPAL, registry: REGISTRY_ID },
    registry,
    repository: repository as RepositoryName,
    correlationId: correlationOf(number),
  });
  const operations = new Map<string, Operation>();
  const done: Done[] = [];
  const complaints: string[] = [];
  const scene = { d, clock, graceHours: bug.graceHours ?? GRACE_HOURS, caller };
  const look = (): Inspected => ({
    ...{ read: memory.read, blobs: stored, registryId: REGISTRY_ID, now: clock.now(), graceHours: GRACE_HOURS },
    ...{ quarantine, soft, operations },
  });
  const actors = plans.map((own, actor) => async () => {
    for (const [place, operation] of own.entries()) {
      const number = 1000 * actor + place;
      operations.set(correlationOf(number), operation);
      done.push(await attempt(scene, number, operation, complaints, look));
    }
  });
  const restore = bug.install?.();
  try {
    const steps = await scheduler.run(actors, async (step) => {
      if (complaints.length === 0 && step % LOOK_EVERY === 0) complaints.push(...(await inspect(look())).complaints);
    });
    if (complaints.length === 0) complaints.push(...(await atTheEnd(look(), done)));
    return { complaints, steps };
  } finally {
    restore?.();
    await d.sessions.close();
    await stored.close();
    await memory.close();
  }
}

/** As the registry's row has them. */
function policiesOf(quarantine: boolean, soft: boolean, retention: boolean): Record<string, unknown> {
  const enabled = { status: 'enabled', lastUpdatedTime: '2026-01-01T00:00:00.000Z' };
  return {
    ...(quarantine ? { quarantine: 'enabled' } : {}),
    ...(soft ? { softDelete: { ...enabled, retentionDays: 7 } } : {}),
    ...(retention ? { retention: { ...enabled, days: 0 } } : {}), // that is an hour
  };
}

async function attempt(
  scene: Scene,
  number: number,
  operation: Operation,
  complaints: string[],
  look: () => Inspected,
): Promise<Done> {
  const id = correlationOf(number);
  try {
    const answer = await perform(scene, number, operation);
    complaints.push(...(await leaked(answer, operation, look())));
    return { id, operation, outcome: answer.nothing ? 'nothing' : 'done' };
  } catch (error) {
    if (error instanceof DomainError) return { id, operation, outcome: 'refused', code: error.code };
    if (error instanceof BrokenOff) return { id, operation, outcome: 'refused', code: 'broken off' };
    throw error;
  }
}

/** A manifest that was pulled was let through by a scanner that had begun to say so. */
async function leaked({ manifest }: Answer, operation: Operation, look: Inspected): Promise<string[]> {
  if (manifest === undefined || !look.quarantine || !('repository' in operation)) return [];
  const content = CONTENT.find(({ digest }) => digest === manifest);
  const said = [...look.operations.values()];
  const passed = (digest: string): boolean =>
    said.some(
      (one) =>
        one.does === 'pass' && one.repository === operation.repository && CONTENT[one.content]?.digest === digest,
    );
  const closed = [manifest, ...(content?.children ?? []).map((place) => CONTENT[place]?.digest ?? '')];
  return closed.filter((digest) => !passed(digest)).map((digest) => `${digest} was pulled out of the quarantine`);
}

async function atTheEnd(look: Inspected, done: readonly Done[]): Promise<string[]> {
  const { complaints, rows } = await inspect(look);
  const written = new Set(rows.filter(({ outcome }) => outcome === 'done').map(({ correlationId }) => correlationId));
  const changes = (does: string): boolean => !/^(wait|collect|clean|pull)/.test(does);
  for (const { id, operation, outcome, code } of done) {
    const { does } = operation;
    if (outcome === 'done' && changes(does) && !written.has(id))
      complaints.push(`${does} was acknowledged and is not in the log`);
    if (outcome !== 'done' && written.has(id)) complaints.push(`${does} was refused (${code}) and done`);
  }
  const room = await look.read.quotas.storage(look.registryId, look.now);
  if (room?.reserved !== 0) complaints.push(`${room?.reserved} bytes stay reserved`);
  return complaints;
}

/** A history of an actor: an image pushed with its layers, and whatever else. */
function plan(random: Random, quarantine: boolean): Operation[] {
  const own: Operation[] = [];
  const length = 8 + random.below(8);
  while (own.length < length) own.push(...next(random, quarantine));
  return own;
}

function next(random: Random, quarantine: boolean): Operation[] {
  const repository = random.pick(REPOSITORIES);
  const blob = random.below(BLOBS.length);
  const content = random.below(CONTENT.length);
  const tag = random.pick(TAGS);
  if (random.chance(0.12)) {
    return random.chance(0.5) ? [{ does: 'clean up' }] : [{ does: 'restore manifest', repository, content }];
  }
  const any = random.next();
  if (any < 0.28) return pushImage(random, repository, content, tag);
  if (any < 0.36) return [{ does: 'mount', repository, from: random.pick(REPOSITORIES), blob }];
  if (any < 0.42) return [{ does: random.pick(['break off', 'delete blob'] as const), repository, blob }];
  if (any < 0.52)
    return [{ does: random.pick(['untag', 'pull tag', 'lock tag', 'unlock tag'] as const), repository, tag }];
  if (any < 0.68) {
    const does = random.pick([
      'delete manifest',
      'delete manifest',
      'pull manifest',
      'lock manifest',
      'unlock manifest',
    ] as const);
    return [{ does, repository, content }];
  }
  if (any < 0.78) return [{ does: quarantine && random.chance(0.8) ? 'pass' : 'fail', repository, content }];
  if (any < 0.82) {
    const does = random.pick([
      'delete repository',
      'lock repository',
      'unlock repository',
      'unlock repository',
    ] as const);
    return [{ does, repository }];
  }
  return any < 0.91 ? [{ does: 'collect garbage' }] : [{ does: 'wait', minutes: random.below(180) }];
}

function pushImage(random: Random, repository: string, content: number, tag: string): Operation[] {
  const { blobs = [], children = [] } = CONTENT[content] ?? {};
  const below = children.flatMap((child) => pushImage(random, repository, child, ''));
  const layers = blobs.map((blob): Operation => {
    return { does: random.chance(0.3) ? 'push in chunks' : 'push blob', repository, blob };
  });
  const tags = tag === '' || random.chance(0.3) ? [] : [tag];
  return [...below, ...layers, { does: 'push manifest', repository, content, tags }];
}

function countedIds(seed: number): Ids {
  let given = 0;
  const uuid = () => `1d000000-0000-4000-8000-${(++given).toString(16).padStart(12, '0')}`;
  return { uuid, secret: () => `A${uuid()}`, bytes: (length) => bytesOf(seed + ++given, length) };
}
