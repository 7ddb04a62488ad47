import { defineCommand, type TableRows } from '../../command.ts';
import { isoTime, rowsOf, wholeSeconds } from '../shapes.ts';
import { openRegistry, WEBHOOK_OPTIONS } from './webhooks.ts';

/** As the resource manager answers; each part may be missing. */
interface WebhookEvent {
  readonly id: string;
  readonly eventRequestMessage?: {
    readonly content?: {
      readonly id: string;
      readonly timestamp: string;
      readonly action: string;
      readonly target?: { readonly repository?: string; readonly tag?: string };
      readonly request?: object;
      readonly actor?: object;
      readonly source?: object;
    };
    readonly headers?: unknown;
    readonly method?: string;
    readonly requestUri?: string;
    readonly version?: string;
  };
  readonly eventResponseMessage?: {
    readonly content?: string;
    readonly headers?: unknown;
    readonly reasonPhrase?: string;
    readonly statusCode?: string;
    readonly version?: string;
  };
}

export const command = defineCommand({
  summary: 'List what a webhook told, and what it was answered.',
  options: WEBHOOK_OPTIONS,
  examples: [{ text: 'As a table:', command: 'holdfast acr webhook list-events -r myregistry -n hook01 -o table' }],
  table: (result): TableRows => rowsOf<ReturnType<typeof eventShape>>(result).map(eventRow),
  run: async (context, values) => {
    const registry = await openRegistry(context, values);
    const { value } = await registry.call<{ value: WebhookEvent[] }>('POST', `/webhooks/${values.name}/listEvents`);
    return value.map(eventShape);
  },
});

/** As az prints it: what is missing is null. */
function eventShape({ id, eventRequestMessage: request, eventResponseMessage: response }: WebhookEvent) {
  const content = request?.content;
  const target = content?.target;
  return {
    id,
    eventRequestMessage: request && {
      content: content && {
        action: content.action,
        actor: content.actor ? { ...EMPTY_ACTOR, ...content.actor } : null,
        id: content.id,
        request: content.request ? { ...EMPTY_REQUEST, ...content.request } : null,
        source: content.source ? { ...EMPTY_SOURCE, ...content.source } : null,
        target: target ? { ...EMPTY_TARGET, ...target } : null,
        timestamp: isoTime(content.timestamp),
      },
      headers: request.headers ?? null,
      method: request.method ?? null,
      requestUri: request.requestUri ?? null,
      version: request.version ?? null,
    },
    eventResponseMessage: response && {
      content: response.content ?? null,
      headers: response.headers ?? null,
      reasonPhrase: response.reasonPhrase ?? null,
      statusCode: response.statusCode ?? null,
      version: response.version ?? null,
    },
  };
}

const EMPTY_ACTOR = { name: null };
const EMPTY_REQUEST = { addr: null, host: null, id: null, method: null, useragent: null };
const EMPTY_SOURCE = { addr: null, instanceId: null };
const EMPTY_TARGET = {
  digest: null,
  length: null,
  mediaType: null,
  name: null,
  repository: null as string | null,
  size: null,
  tag: null as string | null,
  url: null,
  version: null,
};

function eventRow({ id, eventRequestMessage: request, eventResponseMessage: response }: ReturnType<typeof eventShape>) {
  const { repository, tag } = request?.content?.target ?? {};
  return {
    ID: id,
    ACTION: request?.content?.action,
    IMAGE: [repository, tag].filter(Boolean).join(':'),
    'HTTP STATUS': [response?.statusCode, response?.reasonPhrase].filter(Boolean).join(' '),
    TIMESTAMP: wholeSeconds(request?.content?.timestamp),
  };
}
