import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSecretBox } from '../identity/sealed-secrets.ts';
import type { MetadataStore } from '../metadata/metadata-store.ts';
import type { OutboxEvent, OutboxPayload } from '../metadata/outbox.ts';
import { openMemoryMetadataStore } from '../metadata/sqlite/open.ts';
import { registryRow } from '../metadata/test-rows.ts';
import type { WebhookRow } from '../metadata/webhooks.ts';
import type { OutboundRequest } from '../outbound/outbound.ts';
import { FakeClock } from '../platform/clock.ts';
import { systemIds } from '../platform/ids.ts';
import { createLogger } from '../telemetry/logger.ts';
import { WebhookDispatcher } from './dispatcher.ts';
import { TRIED_MS } from './retry.ts';
import { sealTarget } from './target.ts';

const box = createSecretBox(systemIds.bytes(32), systemIds);
const registry = registryRow({ id: 'r1', name: 'Registry' });

let store: MetadataStore;
let clock: FakeClock;
let sent: { host: string; body: Record<string, unknown> }[];
let hold: Map<string, Promise<void>>;
/** What receivers answer: a status, or nothing at all. */
let answers: (host: string, body: Record<string, unknown>) => number | 'unreachable';
let dispatcher: WebhookDispatcher;
const problems: string[] = [];
const outcomes: string[] = [];

beforeEach(async () => {
  store = openMemoryMetadataStore();
  await store.migrate();
  await store.transaction((tx) => tx.registries.create(registry));
  clock = new FakeClock();
  sent = [];
  outcomes.splice(0);
  hold = new Map();
  answers = () => 200;
  dispatcher = makeDispatcher();
});
afterEach(async () => {
  await dispatcher.stop();
  await store.close();
  expect(problems.splice(0)).toEqual([]);
});

function makeDispatcher(): WebhookDispatcher {
  const logger = createLogger({ level: 'error', terminal: false, stream: { write: (line) => problems.push(line) } });
  const outbound = {
    send: async ({ url, body, signal }: OutboundRequest) => {
      const wait = hold.get(url.hostname);
      if (wait) {
        await new Promise<void>((resolve, reject) => {
          wait.then(resolve, reject);
          signal?.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
        });
      }
      const json = JSON.parse(String(body)) as Record<string, unknown>;
      const status = answers(url.hostname, json);
      if (status === 'unreachable') throw new Error('nobody is there');
      sent.push({ host: url.hostname, body: json });
      return { status, reason: 'OK', version: '1.1', headers: {}, url, body: Readable.from([]) };
    },
  };
  const metrics = {
    observeWebhook: (outcome: string) => void outcomes.push(outcome),
    webhookEventsDead: (events: number) => void outcomes.push(...Array<string>(events).fill('dead')),
  };
  const loginServer = (name: string) => `${name.toLowerCase()}.azsacr.local.example`;
  return new WebhookDispatcher({ metadata: store, outbound, box, clock, ids: systemIds, logger, metrics, loginServer });
}

async function hook(
  name: string,
  more: Partial<WebhookRow> = {},
  customHeaders: Record<string, string> = {},
): Promise<void> {
  const id = `id-${name}`;
  const target = { serviceUri: `http://${name}.example/`, customHeaders };
  const row: WebhookRow = {
    id,
    registryId: registry.id,
    name,
    location: 'local',
    status: 'enabled',
    scope: '',
    actions: '["push","delete"]',
    tags: '{}',
    sealedTarget: sealTarget(box, id, target),
    createdAt: clock.now(),
    updatedAt: clock.now(),
    ...more,
  };
  await store.transaction((tx) => tx.webhooks.put(row));
}

async function happen(
  repository: string,
  tag: string | undefined,
  more: { kind?: OutboxEvent['kind']; tags?: string[]; forScanners?: boolean } = {},
): Promise<void> {
  const { kind = 'push', tags, forScanners } = more;
  const payload: OutboxPayload = {
    target: { mediaType: 'a/b', size: 5, digest: 'sha256:ab', repository, tag },
    tags,
    forScanners,
    principal: 'p',
    correlationId: 'c',
  };
  const event = {
    id: systemIds.uuid(),
    time: clock.now(),
    registryId: registry.id,
    kind,
    payload: JSON.stringify(payload),
  };
  await store.transaction((tx) => tx.outbox.append(event));
}

const turns = async (count = 30) => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};
const round = async () => {
  await dispatcher.round();
  await turns();
};
const heard = (name: string) =>
  sent
    .filter(({ host }) => host === `${name}.example`)
    .map(({ body }) => (body.target as { repository: string }).repository);
const events = (name: string) => store.read.webhookEvents.list(`id-${name}`, {});

describe('an event', () => {
  it('goes to every webhook whose actions and scope it has, once', async () => {
    await hook('everything');
    await hook('pushes', { actions: '["push"]' });
    await hook('team', { scope: 'team/app:*' });
    await hook('latest', { scope: 'team/app' });
    await hook('scanner', { actions: '["quarantine"]' });
    await happen('team/app', 'v1');
    await happen('other', 'latest');
    await happen('team/app', undefined, { kind: 'delete', tags: ['latest'] });
    await happen('scanned', 'v1', { kind: 'quarantine' });
    await round();
    await round();
    expect(heard('everything').sort()).toEqual(['other', 'team/app', 'team/app']);
    expect(heard('pushes').sort()).toEqual(['other', 'team/app']);
    expect(heard('team')).toEqual(['team/app', 'team/app']);
    expect(heard('latest')).toEqual(['team/app']);
    expect(heard('scanner')).toEqual(['scanned']);
    expect(await store.read.outbox.pending(9)).toEqual([]);
  });

  it('of a push where the quarantine is off is one for scanners, too', async () => {
    await hook('scanner', { actions: '["quarantine"]' });
    await hook('both', { actions: '["push","quarantine"]' });
    await happen('open', 'v1', { forScanners: true });
    await happen('passed', 'v1');
    for (let i = 0; i < 3; i++) await round();
    // Of each repository in order; those of others come in between.
    const told = (name: string, repository: string) =>
      sent
        .filter(
          ({ host, body }) =>
            host === `${name}.example` && (body.target as { repository: string }).repository === repository,
        )
        .map(({ body }) => body.action);
    expect([told('scanner', 'open'), told('scanner', 'passed')]).toEqual([['quarantine'], []]);
    expect([told('both', 'open'), told('both', 'passed')]).toEqual([['quarantine', 'push'], ['push']]);
  });

  it('has an id of its own for each webhook, under which its result is found', async () => {
    await hook('one');
    await hook('two');
    await happen('a', 'v1');
    await round();
    const [first, second] = [(await events('one'))[0], (await events('two'))[0]];
    expect(first?.id).not.toBe(second?.id);
    expect(sent.map(({ body }) => body.id).sort()).toEqual([first?.id, second?.id].sort());
    expect(JSON.parse(first?.response ?? '{}')).toMatchObject({ statusCode: '200' });
    expect(sent[0]?.body).toMatchObject({ request: { host: 'registry.azsacr.local.example' } });
  });

  it('does not go to a disabled webhook, also when it waited already; a ping does', async () => {
    await hook('sleeping', { status: 'disabled' });
    await happen('a', 'v1');
    await round();
    expect(await events('sleeping')).toEqual([]);
    const append = (id: string, action: string) =>
      store.transaction((tx) =>
        tx.webhookEvents.append({
          id,
          webhookId: 'id-sleeping',
          subject: id,
          action,
          content: `{"action":"${action}"}`,
          createdAt: clock.now(),
          giveUpAt: new Date(clock.now().getTime() + TRIED_MS),
        }),
      );
    await append('waited', 'push');
    await append('ping', 'ping');
    await round();
    expect(sent.map(({ body }) => body.action)).toEqual(['ping']);
    expect(outcomes.sort()).toEqual(['accepted', 'dead', 'disabled']);
    const waited = (await events('sleeping')).find(({ id }) => id === 'waited');
    expect(waited?.state).toBe('dead');
    expect(JSON.parse(waited?.response ?? '{}')).toMatchObject({ reasonPhrase: 'Disabled' });
  });

  it('of a registry that was deleted meanwhile is nobody’s', async () => {
    await happen('a', 'v1');
    await store.transaction((tx) => tx.registries.delete(registry.id, clock.now()));
    await round();
    expect(sent).toEqual([]);
    expect(await store.read.outbox.pending(9)).toEqual([]);
  });
});

describe('a tag that is taken away', () => {
  it('is told to who asked for that by a header, within its scope', async () => {
    await hook('plain');
    await hook('asked', {}, { 'x-holdfast-untag': 'on' });
    await hook('elsewhere', { scope: 'other:*' }, { 'x-holdfast-untag': 'on' });
    await hook('tagged', { scope: 'a:v1', actions: '["push"]' }, { 'x-holdfast-untag': 'on' });
    await happen('a', 'v1', { kind: 'untag' });
    await happen('a', 'v2', { kind: 'untag' });
    await round();
    await round();
    expect(heard('plain')).toEqual([]);
    expect(heard('asked')).toEqual(['a', 'a']);
    expect(heard('elsewhere')).toEqual([]);
    expect(heard('tagged')).toEqual(['a']);
  });
});

describe('a receiver that is slow', () => {
  it('gets a few at once and delays nobody else', async () => {
    await hook('slow');
    await hook('quick');
    let release = () => {};
    hold.set(
      'slow.example',
      new Promise((resolve) => {
        release = resolve;
      }),
    );
    for (let i = 0; i < 10; i++) await happen(`r${i}`, 'v1');
    for (let i = 0; i < 6; i++) await round();
    expect(heard('quick')).toHaveLength(10);
    expect(heard('slow')).toEqual([]);
    const claimed = (await events('slow')).filter(({ attempts }) => attempts > 0);
    expect(claimed).toHaveLength(4);
    release();
    for (let i = 0; i < 6; i++) await round();
    expect(heard('slow').sort()).toEqual(Array.from({ length: 10 }, (_, i) => `r${i}`));
  });
});

describe('a server that stops or dies', () => {
  it('sends what it had not got the result of once more, under the same id', async () => {
    await hook('slow');
    hold.set('slow.example', new Promise(() => undefined));
    await happen('a', 'v1');
    await round();
    await dispatcher.stop();
    hold.clear();
    const [left] = await events('slow');
    expect(left).toMatchObject({ attempts: 1, response: undefined });
    dispatcher = makeDispatcher();
    await round();
    expect(sent).toEqual([]); // the lease: another server might still be sending it
    clock.advance(61_000);
    await round();
    expect(sent.map(({ body }) => body.id)).toEqual([left?.id]);
    expect((await events('slow'))[0]).toMatchObject({ attempts: 2, response: expect.stringContaining('200') });
  });
});

describe('what is kept', () => {
  it('are the last hundred events of a webhook, for a week', async () => {
    await hook('busy');
    for (let i = 0; i < 110; i++) await happen(`r${i}`, 'v1');
    for (let i = 0; i < 60; i++) await round();
    expect(heard('busy')).toHaveLength(110);
    expect(await events('busy')).toHaveLength(100);
    clock.advance(8 * 86_400_000);
    await round();
    expect(await events('busy')).toEqual([]);
  });
});
