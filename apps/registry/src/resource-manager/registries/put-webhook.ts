import type { MetadataTx, RegistryRow } from '../../metadata/metadata-store.ts';
import type { WebhookRow } from '../../metadata/webhooks.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { WEBHOOK_ACTIONS } from '../../webhooks/event.ts';
import { withFormerSecret } from '../../webhooks/options.ts';
import { parseWebhookScope } from '../../webhooks/scope.ts';
import { problemOfHeaders, problemOfUri, sealTarget, type WebhookTarget } from '../../webhooks/target.ts';
import { armAudit } from '../audit.ts';
import type { ArmCaller, ResourceManager } from '../context.ts';
import type { Fields } from '../fields.ts';
import { requireLocation, requireRegistry } from '../require.ts';
import { WEBHOOKS_PER_REGISTRY } from './limits.ts';

const TYPE = 'Microsoft.ContainerRegistry/registries/webhooks';
const NAME = /^[a-zA-Z0-9]{5,50}$/;

/** Creates the webhook of the path's `webhook`, or changes it as a whole. Whoever calls has the right for it already. */
export async function putWebhook(
  rm: ResourceManager,
  caller: ArmCaller,
  values: Readonly<Record<string, string>>,
  body: Fields,
): Promise<{ created: boolean; registry: RegistryRow; row: WebhookRow }> {
  const registry = await requireRegistry(rm, values);
  const name = values.webhook ?? '';
  if (!NAME.test(name)) throw badName(name);
  const location = requireLocation(rm, body.required('location'));
  const properties = body.within('properties');
  const serviceUri = properties.required('serviceUri');
  if (!properties.has('actions')) throw properties.wrong('actions', `a list of ${WEBHOOK_ACTIONS.join(', ')}`);
  const now = rm.clock.now();
  const { created, row } = await rm.metadata.transaction(async (tx) => {
    const existing = await tx.webhooks.find(registry.id, name);
    if (!existing) await requireRoom(tx, registry);
    // A PUT says everything: what it leaves out goes back to its default.
    const base: WebhookRow = {
      id: existing?.id ?? rm.ids.uuid(),
      registryId: registry.id,
      name: existing?.name ?? name,
      location,
      status: 'enabled',
      scope: '',
      actions: '[]',
      tags: '{}',
      sealedTarget: new Uint8Array(),
      createdAt: existing?.createdAt ?? now,
      updatedAt: now,
    };
    const changed = changeWebhook(rm, base, { serviceUri, customHeaders: {} }, body, now);
    await tx.webhooks.put(changed);
    await tx.audit.append(armAudit(rm, caller, `${TYPE}/write`, { registryId: registry.id, target: name }));
    return { created: !existing, row: changed };
  });
  return { created, registry, row };
}

/** Whether there was one. */
export async function removeWebhook(
  rm: ResourceManager,
  caller: ArmCaller,
  tx: MetadataTx,
  registry: RegistryRow,
  name: string,
): Promise<boolean> {
  const row = await tx.webhooks.find(registry.id, name);
  if (!row) return false;
  await tx.webhooks.delete(row.id);
  await tx.audit.append(armAudit(rm, caller, `${TYPE}/delete`, { registryId: registry.id, target: row.name }));
  return true;
}

/** The row with what the body names put in the place of what was. */
export function changeWebhook(
  rm: ResourceManager,
  before: WebhookRow,
  target: WebhookTarget,
  body: Fields,
  now: Date,
): WebhookRow {
  const properties = body.within('properties');
  const tags = body.map('tags');
  const serviceUri = properties.text('serviceUri') ?? target.serviceUri;
  const uriProblem = problemOfUri(serviceUri);
  if (uriProblem !== undefined) throw properties.wrong('serviceUri', uriProblem);
  const given = properties.map('customHeaders');
  const customHeaders = given ? withFormerSecret(given, target.customHeaders) : target.customHeaders;
  const headerProblem = problemOfHeaders(customHeaders);
  if (headerProblem !== undefined) throw properties.wrong('customHeaders', headerProblem);
  const scope = properties.text('scope') ?? before.scope;
  if (!parseWebhookScope(scope)) {
    throw properties.wrong('scope', "empty, 'repository', 'repository:tag' or 'repository:*'");
  }
  return {
    ...before,
    tags: tags ? JSON.stringify(tags) : before.tags,
    status: properties.word('status', ['enabled', 'disabled']) ?? before.status,
    scope,
    actions: readActions(properties) ?? before.actions,
    sealedTarget: sealTarget(rm.box, before.id, { serviceUri, customHeaders }),
    updatedAt: now,
  };
}

function readActions(properties: Fields): string | undefined {
  const given = properties.texts('actions');
  if (given === undefined) return undefined;
  const expected = `a list of at least one of ${WEBHOOK_ACTIONS.join(', ')}`;
  const known = WEBHOOK_ACTIONS.filter((action) => given.some((text) => text.toLowerCase() === action));
  const all = given.every((text) => WEBHOOK_ACTIONS.some((action) => text.toLowerCase() === action));
  if (known.length === 0 || !all) throw properties.wrong('actions', expected);
  return JSON.stringify(known);
}

async function requireRoom(tx: MetadataTx, registry: RegistryRow): Promise<void> {
  if ((await tx.webhooks.count(registry.id)) < WEBHOOKS_PER_REGISTRY) return;
  throw new DomainError(
    'too-many',
    'quota.exceeded',
    `Quota exceeded for resource type webhooks for the registry SKU ${registry.sku}: '${registry.name}' has ${WEBHOOKS_PER_REGISTRY}, the most that a registry may have. Delete one that is not needed, for example with az acr webhook delete.`,
  );
}

function badName(name: string): DomainError {
  return new DomainError(
    'invalid',
    'webhook.name-invalid',
    `The webhook name '${name.slice(0, 100)}' is invalid. Webhook names may contain only alpha numeric characters and must be between 5 and 50 characters.`,
  );
}
