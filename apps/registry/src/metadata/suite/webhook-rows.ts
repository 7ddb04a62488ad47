import type { NewWebhookEvent, WebhookRow } from '../webhooks.ts';
import { at, type Fixture, registry } from './fixture.ts';

export const hook = (id: string, more: Partial<WebhookRow> = {}): WebhookRow => ({
  id,
  registryId: registry.id,
  name: `Hook${id}`,
  location: 'local',
  status: 'enabled',
  scope: 'team/one:*',
  actions: '["push"]',
  tags: '{}',
  sealedTarget: new Uint8Array([1, 2, 3]),
  createdAt: at(1),
  updatedAt: at(1),
  ...more,
});

/** `e7` happened in second 7; each is of a repository of its own unless it is told which. */
export const event = (webhookId: string, id: string, subject = id): NewWebhookEvent => {
  const seconds = Number(id.replace(/\D/g, ''));
  const content = `content of ${id}`;
  const giveUpAt = at(seconds + 86_400);
  return { id, webhookId, subject, action: 'push', content, createdAt: at(seconds), giveUpAt };
};

export function putHooks(f: Fixture, ...rows: WebhookRow[]): Promise<void> {
  return f.store.transaction(async (tx) => {
    for (const row of rows) await tx.webhooks.put(row);
  });
}

export function appendEvents(f: Fixture, ...events: NewWebhookEvent[]): Promise<void> {
  return f.store.transaction(async (tx) => {
    for (const one of events) await tx.webhookEvents.append(one);
  });
}

export const idsOf = (rows: readonly { id: string }[]) => rows.map((row) => row.id);
