import { createHmac } from 'node:crypto';
import type { WebhookAction } from './event.ts';
import { isOption, optionsOf } from './options.ts';
import type { WebhookTarget } from './target.ts';

/** One request to a receiver, but for its address. */
export interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Content {
  readonly id: string;
  readonly timestamp: string;
  readonly action: WebhookAction | 'ping';
  readonly target?: { readonly repository: string; readonly digest: string; readonly tag?: string };
}

/** As Azure's Event Grid calls them; what it does not know is ours. */
const TYPES: Readonly<Record<Content['action'], string>> = {
  push: 'Microsoft.ContainerRegistry.ImagePushed',
  delete: 'Microsoft.ContainerRegistry.ImageDeleted',
  chart_push: 'Microsoft.ContainerRegistry.ChartPushed',
  chart_delete: 'Microsoft.ContainerRegistry.ChartDeleted',
  quarantine: 'holdfast.image.quarantined',
  untag: 'holdfast.image.untagged',
  ping: 'holdfast.webhook.ping',
};

/** An event's content as the webhook wants it: as it is or as a CloudEvent, signed or not. The same for each attempt. */
export function composeMessage({ customHeaders }: WebhookTarget, content: string, host: string): Message {
  const { format, signingSecret } = optionsOf(customHeaders);
  const body = format === 'azure' ? content : cloudEvent(content, host);
  const type = format === 'azure' ? 'application/json' : 'application/cloudevents+json; charset=utf-8';
  const own = Object.entries(customHeaders).filter(([name]) => !isOption(name));
  return {
    headers: {
      'Content-Type': type,
      // A custom Content-Type, however spelled, takes the place of the usual one.
      ...Object.fromEntries(own.map(([name, value]) => [/^content-type$/i.test(name) ? 'Content-Type' : name, value])),
      ...(signingSecret === undefined ? {} : { 'X-Holdfast-Signature-256': signatureOf(body, signingSecret) }),
    },
    body,
  };
}

/** As GitHub's `X-Hub-Signature-256`, which receivers know how to check. */
function signatureOf(body: string, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** CloudEvents 1.0, structured mode: source and id together name the event, also when it is sent again. */
function cloudEvent(content: string, host: string): string {
  const data = JSON.parse(content) as Content;
  const { id, timestamp, action, target } = data;
  const subject =
    target &&
    (target.tag === undefined ? `${target.repository}@${target.digest}` : `${target.repository}:${target.tag}`);
  const source = `https://${host}`;
  const type = TYPES[action];
  return JSON.stringify({
    specversion: '1.0',
    id,
    source,
    type,
    subject,
    time: timestamp,
    datacontenttype: 'application/json',
    data,
  });
}
