import { Readable } from 'node:stream';
import { createSecretBox } from '../identity/sealed-secrets.ts';
import type { MetadataStore } from '../metadata/metadata-store.ts';
import { openMemoryMetadataStore } from '../metadata/sqlite/open.ts';
import { registryRow } from '../metadata/test-rows.ts';
import type { WebhookEventRow } from '../metadata/webhooks.ts';
import type { Outbound } from '../outbound/outbound.ts';
import { FakeClock } from '../platform/clock.ts';
import { systemIds } from '../platform/ids.ts';
import { createLogger } from '../telemetry/logger.ts';
import { WebhookDispatcher } from './dispatcher.ts';
import { pingContent } from './event.ts';
import { sealTarget } from './target.ts';

const registry = registryRow({ id: 'r1', name: 'registry' });

export interface Told {
  readonly host: string;
  readonly id: string;
  readonly repository?: string;
  readonly tag?: string;
}

/** `heard-and-gone`: the receiver got it, and the connection never said so. */
export type Answer = number | 'unreachable' | 'heard-and-gone';

/** A dispatcher among receivers that behave as they are told, with a clock that stands still. */
export class DeliveryBench {
  readonly clock = new FakeClock();
  readonly receivers = new Map<string, (told: Told) => Answer>();
  readonly problems: string[] = [];
  dead = 0;
  readonly #box = createSecretBox(systemIds.bytes(32), systemIds);
  readonly #told: Told[] = [];
  readonly #asked = new Map<string, number>();
  readonly #store: MetadataStore;
  #dispatcher: WebhookDispatcher;

  private constructor(store: MetadataStore) {
    this.#store = store;
    this.#dispatcher = this.#start();
  }

  static async open(): Promise<DeliveryBench> {
    const store = openMemoryMetadataStore();
    await store.migrate();
    await store.transaction((tx) => tx.registries.create(registry));
    return new DeliveryBench(store);
  }

  async close(): Promise<void> {
    await this.#dispatcher.stop();
    await this.#store.close();
  }

  /** As after a crash: what was under way has no result, and another server takes over. */
  async restart(): Promise<void> {
    await this.#dispatcher.stop();
    this.#dispatcher = this.#start();
  }

  async hook(host: string): Promise<void> {
    const id = `id-${host}`;
    const sealedTarget = sealTarget(this.#box, id, { serviceUri: `http://${host}.example/`, customHeaders: {} });
    const now = this.clock.now();
    const row = { id, registryId: registry.id, name: host, location: 'local', status: 'enabled', scope: '' } as const;
    await this.#store.transaction((tx) =>
      tx.webhooks.put({ ...row, actions: '["push"]', tags: '{}', sealedTarget, createdAt: now, updatedAt: now }),
    );
  }

  async push(repository: string, tag: string): Promise<void> {
    const target = { mediaType: 'a/b', size: 5, digest: 'sha256:ab', repository, tag };
    const payload = JSON.stringify({ target, principal: 'p', correlationId: 'c' });
    const event = { id: systemIds.uuid(), time: this.clock.now(), registryId: registry.id, kind: 'push' } as const;
    await this.#store.transaction((tx) => tx.outbox.append({ ...event, payload }));
  }

  async ping(host: string): Promise<void> {
    const [id, now] = [systemIds.uuid(), this.clock.now()];
    const event = { id, webhookId: `id-${host}`, subject: id, action: 'ping', content: pingContent(id, now) };
    await this.#store.transaction((tx) => tx.webhookEvents.append({ ...event, createdAt: now, giveUpAt: now }));
  }

  async replayDead(host: string): Promise<void> {
    const now = this.clock.now();
    const giveUpAt = new Date(now.getTime() + 86_400_000);
    await this.#store.transaction((tx) => tx.webhookEvents.replay(`id-${host}`, { dead: 100 }, now, giveUpAt));
  }

  /** Lets time pass in steps, with a round of the dispatcher after each. */
  async run(ms: number, step: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += step) {
      this.clock.advance(step);
      await this.round();
    }
  }

  async round(): Promise<void> {
    // As often as the dispatcher itself would look: a place that is free again is given away at once.
    for (let again = true; again; ) {
      const before = this.#asks();
      const more = await this.#dispatcher.round();
      for (let turn = 0; turn < 30; turn++) await new Promise((resolve) => setImmediate(resolve));
      again = more || this.#asks() > before;
    }
  }

  /** Newest first. */
  async events(host: string): Promise<WebhookEventRow[]> {
    return this.#store.read.webhookEvents.list(`id-${host}`, {});
  }

  /** What the receiver heard, in order. */
  told(host: string): Told[] {
    return this.#told.filter((one) => one.host === host);
  }

  asked(host: string): number {
    return this.#asked.get(host) ?? 0;
  }

  #asks(): number {
    return [...this.#asked.values()].reduce((sum, count) => sum + count, 0);
  }

  #start(): WebhookDispatcher {
    const stream = { write: (line: string) => this.problems.push(line) };
    return new WebhookDispatcher({
      metadata: this.#store,
      outbound: this.#outbound(),
      box: this.#box,
      clock: this.clock,
      ids: systemIds,
      logger: createLogger({ level: 'error', terminal: false, stream }),
      metrics: { observeWebhook: () => undefined, webhookEventsDead: (events) => this.#count(events) },
      loginServer: (name) => `${name}.azsacr.local.example`,
    });
  }

  #count(events: number): void {
    this.dead += events;
  }

  #outbound(): Outbound {
    return {
      send: async ({ url, body, signal }) => {
        const host = url.hostname.replace('.example', '');
        const { id, target } = JSON.parse(String(body)) as { id: string; target?: { repository: string; tag: string } };
        const told = { host, id, ...target };
        this.#asked.set(host, this.asked(host) + 1);
        const answer = this.receivers.get(host)?.(told) ?? 200;
        if (answer === 'unreachable') throw new Error('nobody is there');
        if (answer === 'heard-and-gone' || (answer >= 200 && answer < 300)) this.#told.push(told);
        if (answer === 'heard-and-gone') {
          await new Promise((_, reject) => {
            signal?.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
          });
        }
        return { status: answer as number, reason: 'said', version: '1.1', headers: {}, url, body: Readable.from([]) };
      },
    };
  }
}
