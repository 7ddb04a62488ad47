/**
 * What pushes notice of a full queue of webhook events: a hundred thousand that wait for a receiver that is down, and as many in
 * the outbox that still have to be handed out. Run by hand: `node bench/webhook-queue.ts [EVENTS]`.
 */
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { openSqliteMetadataStore } from '../apps/registry/src/metadata/sqlite/open.ts';
import { type AzureSite, REGISTRIES, startAzureSite } from '../test/support/azure-site.ts';

const EVENTS = Number(process.argv[2] ?? 100_000);
const REPOSITORIES = 5_000;
const PUSHES = 500;
const HOOKS = 10;
const DAY_MS = 86_400_000;

interface Times {
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}

/** One push of a manifest after the other, in milliseconds. */
async function measurePushes(site: AzureSite): Promise<Times> {
  const times: number[] = [];
  for (let n = 0; n < PUSHES; n++) {
    const annotations = { n: randomBytes(8).toString('hex') };
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    const body = JSON.stringify({ schemaVersion: 2, mediaType, manifests: [], annotations });
    const from = performance.now();
    const answer = await site.ask('PUT', `/v2/measured/manifests/v${n}`, {
      headers: { 'Content-Type': mediaType },
      body,
    });
    times.push(performance.now() - from);
    if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => Number((times[Math.floor((times.length - 1) * share)] ?? 0).toFixed(2));
  return { p50: at(0.5), p99: at(0.99), most: at(1) };
}

const digest = (n: number) => `sha256:${createHash('sha256').update(String(n)).digest('hex')}`;

/** Rows as the dispatcher and pushes would have written them. */
async function fill(dataDir: string, what: 'waiting' | 'outbox'): Promise<void> {
  const store = openSqliteMetadataStore({ path: join(dataDir, 'metadata.db') });
  const registry = await store.read.registries.byName('registry');
  if (!registry) throw new Error('no registry');
  const [hook] = await store.read.webhooks.list(registry.id, {});
  const now = new Date();
  for (let n = 0; n < EVENTS; ) {
    await store.transaction(async (tx) => {
      for (const end = Math.min(n + 1000, EVENTS); n < end; n++) {
        const repository = `many/app${n % REPOSITORIES}`;
        const target = { mediaType: 'a/b', size: 500, digest: digest(n), repository, tag: `v${n}` };
        const id = `${what}-${n}`;
        if (what === 'outbox') {
          const payload = JSON.stringify({ target, principal: 'p', correlationId: id });
          await tx.outbox.append({ id, time: now, registryId: registry.id, kind: 'push', payload });
        } else if (hook) {
          const content = JSON.stringify({ id, timestamp: now, action: 'push', target });
          const event = { id, webhookId: hook.id, subject: repository, action: 'push', content };
          await tx.webhookEvents.append({ ...event, createdAt: now, giveUpAt: new Date(now.getTime() + DAY_MS) });
        }
      }
    });
  }
  await store.close();
}

async function outboxLeft(dataDir: string): Promise<number> {
  const store = openSqliteMetadataStore({ path: join(dataDir, 'metadata.db') });
  const left = (await store.read.outbox.pending(2 * EVENTS)).length;
  await store.close();
  return left;
}

const results: Record<string, Times> = {};
const site = await startAzureSite({ config: 'outbound: { allow: [127.0.0.1] }\n' });
try {
  await measurePushes(site);
  results['no webhook'] = await measurePushes(site);
  for (let n = 0; n < HOOKS; n++) {
    // Nobody listens at port 9 (discard) of this machine.
    const properties = { serviceUri: 'http://127.0.0.1:9/', actions: ['push'] };
    const path = `${site.group}/${REGISTRIES}/registry/webhooks/hook0${n}`;
    const made = await site.arm('PUT', path, { body: { location: 'local', properties } });
    if (made.status !== 201) throw new Error(made.text);
  }
  results[`${HOOKS} webhooks, all down`] = await measurePushes(site);
  await site.halt();
  await fill(site.dataDir, 'waiting');
  await site.resume();
  results[`and ${EVENTS} events waiting for one of them`] = await measurePushes(site);
  await site.halt();
  await fill(site.dataDir, 'outbox');
  await site.resume();
  results[`and ${EVENTS} in the outbox, handed out to all of them meanwhile`] = await measurePushes(site);
  await site.halt();
  const left = await outboxLeft(site.dataDir);
  await site.resume();
  console.table(results);
  console.log(`events left in the outbox after the last row: ${left}`);
} finally {
  await site.stop();
}
