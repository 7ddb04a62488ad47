import type { Context, Options, TableRows } from '../../command.ts';
import { REGISTRY, RESOURCE_GROUP } from '../options.ts';
import { RegistryAtSite } from '../registry-resource.ts';
import { groupOf, rowsOf } from '../shapes.ts';

export const WEBHOOK_OPTIONS = {
  registry: { ...REGISTRY, text: 'Name of the registry.' },
  name: { flags: ['--name', '-n'], value: 'WEBHOOK', required: true, text: 'Name of the webhook.' },
  group: RESOURCE_GROUP,
} as const satisfies Options;

/** What create and update have in common. */
export const WEBHOOK_SETTINGS = {
  actions: {
    flags: ['--actions'],
    value: 'ACTION',
    many: true,
    choices: ['push', 'delete', 'quarantine', 'chart_push', 'chart_delete'],
    text: 'What is told.',
  },
  headers: { flags: ['--headers'], value: 'NAME=VALUE', many: true, text: 'Headers of each call.' },
  scope: {
    flags: ['--scope'],
    value: 'SCOPE',
    text: "Which repositories: 'foo', 'foo:tag', 'foo:*', all when it is empty.",
  },
  status: {
    flags: ['--status'],
    value: 'STATUS',
    choices: ['enabled', 'disabled'],
    text: 'Whether it tells anything.',
  },
  tags: { flags: ['--tags'], value: 'NAME=VALUE', many: true, text: 'Tags of the resource.' },
} as const satisfies Options;

export interface WebhookResource {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly location: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly properties: {
    readonly actions: readonly string[];
    readonly scope: string;
    readonly status: string;
    readonly provisioningState: string;
  };
}

/** As az prints it. */
export function webhookShape({ id, name, type, location, tags = {}, properties }: WebhookResource) {
  const { actions, scope, status, provisioningState } = properties;
  return {
    actions,
    id,
    location,
    name,
    provisioningState,
    resourceGroup: groupOf(id),
    scope,
    status,
    systemData: null,
    tags,
    type,
  };
}

export const webhookRows = (result: unknown): TableRows =>
  rowsOf<ReturnType<typeof webhookShape>>(result).map(({ name, location, actions, scope, status }) => ({
    NAME: name,
    LOCATION: location,
    ACTIONS: actions,
    SCOPE: scope,
    STATUS: status,
  }));

interface Named {
  readonly registry: string;
  readonly group: string | undefined;
}

export const openRegistry = (context: Context, { registry, group }: Named): Promise<RegistryAtSite> =>
  RegistryAtSite.open(context, { name: registry, group });
