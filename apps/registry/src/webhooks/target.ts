import { problemOfOptions } from './options.ts';

/** Where a webhook's events go. Address and header values may be secrets: nobody sees them but by getCallbackConfig. */
export interface WebhookTarget {
  readonly serviceUri: string;
  readonly customHeaders: Readonly<Record<string, string>>;
}

/** Seals and opens secrets; the identity room has it. */
export interface TargetBox {
  seal(text: string, context: string): Uint8Array;
  open(sealed: Uint8Array, context: string): string;
}

export function sealTarget(box: TargetBox, webhookId: string, target: WebhookTarget): Uint8Array {
  return box.seal(JSON.stringify(target), contextOf(webhookId));
}

export function openTarget(box: TargetBox, row: { id: string; sealedTarget: Uint8Array }): WebhookTarget {
  return JSON.parse(box.open(row.sealedTarget, contextOf(row.id))) as WebhookTarget;
}

const contextOf = (webhookId: string) => `webhook:${webhookId}`;

const MAX_URI = 2048;
const MAX_HEADERS = 50;
const MAX_HEADER_BYTES = 8192;
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/;
/** Tab, and what is visible: no line break can smuggle in a header of its own. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Of the connection, or said by the site itself. */
const RESERVED = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** What is wrong with an address, as a clause after "must be"; undefined when nothing is. */
export function problemOfUri(text: string): string | undefined {
  const expected = 'an http or https URL of at most 2048 characters, such as https://hooks.corp.example/push';
  if (text.length > MAX_URI || !URL.canParse(text)) return expected;
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return expected;
  if (url.username !== '' || url.password !== '') {
    return 'an URL without user name and password; put them into customHeaders as Authorization';
  }
  return undefined;
}

export function problemOfHeaders(headers: Readonly<Record<string, string>>): string | undefined {
  const entries = Object.entries(headers);
  const bytes = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (entries.length > MAX_HEADERS || bytes > MAX_HEADER_BYTES) {
    return `at most ${MAX_HEADERS} headers of ${MAX_HEADER_BYTES} bytes together`;
  }
  for (const [name, value] of entries) {
    if (!NAME.test(name)) return 'an object whose names are names of HTTP headers';
    if (!VALUE.test(value))
      return `an object whose values are header values; that of ${name} has characters that no header has`;
    if (RESERVED.has(name.toLowerCase())) return `an object without ${name}, which the connection sets itself`;
  }
  return problemOfOptions(headers);
}
