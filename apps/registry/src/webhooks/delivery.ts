import { readUpTo } from '@holdfast/oci/registry/read-up-to';
import type { Outbound, OutboundAnswer } from '../outbound/outbound.ts';
import type { Clock } from '../platform/clock.ts';
import { DomainError } from '../platform/domain-error.ts';
import type { WebhookOutcome } from '../telemetry/metrics.ts';
import type { Message } from './message.ts';
import { MASK, secretsOf } from './options.ts';
import type { WebhookTarget } from './target.ts';

/** From the first byte out to the last that is kept. */
export const DELIVERY_MS = 30_000;
/** Kept of an answer's body. */
const CONTENT_BYTES = 4 * 1024;
const HEADER_BYTES = 8 * 1024;
/** Shorter values are no secrets, and would be found in every text. */
const SHORTEST_SECRET = 6;

/** What listEvents tells of a request, besides its content. */
export interface RequestRecord {
  readonly headers: Readonly<Record<string, string>>;
  readonly method: 'POST';
  readonly requestUri: string;
  readonly version: string;
}

export interface ResponseRecord {
  readonly content: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly reasonPhrase: string;
  /** Digits; missing when there was no answer. */
  readonly statusCode?: string;
  readonly version?: string;
}

export interface DeliveryDependencies {
  readonly outbound: Outbound;
  readonly clock: Clock;
}

/**
 * Posts the message once and says what came back. Resolves whatever happens, but for the signal: a refusal of the guard,
 * a host that is down, a 500 are all results.
 */
export async function deliver(
  { outbound, clock }: DeliveryDependencies,
  target: WebhookTarget,
  { headers, body }: Message,
  signal: AbortSignal,
): Promise<{ request: RequestRecord; response: ResponseRecord }> {
  const request = requestOf(target, headers, { 'Content-Length': String(Buffer.byteLength(body)) });
  const late = new AbortController();
  const ended = new AbortController();
  void clock.sleep(DELIVERY_MS, ended.signal).then(
    () => late.abort(),
    () => undefined,
  );
  try {
    const answer = await outbound.send({
      method: 'POST',
      url: new URL(target.serviceUri),
      headers,
      body,
      timeoutMs: DELIVERY_MS,
      signal: AbortSignal.any([signal, late.signal]),
    });
    return { request, response: await recordOf(answer, target) };
  } catch (error) {
    signal.throwIfAborted();
    return { request, response: failureOf(error) };
  } finally {
    ended.abort();
  }
}

/** For an event that waited until its webhook was disabled. */
export function notSent(
  target: WebhookTarget,
  { headers }: Message,
): { request: RequestRecord; response: ResponseRecord } {
  const content = 'The webhook was disabled before the event was sent. Enable it, then replay the event.';
  return { request: requestOf(target, headers, {}), response: { content, headers: {}, reasonPhrase: 'Disabled' } };
}

/** For an event that was given up without having been tried to the end. */
export const OVERFLOWN: ResponseRecord = {
  content: 'More events were waiting for this webhook than are kept; the oldest were given up. Replay them.',
  headers: {},
  reasonPhrase: 'Overflow',
};

/** For an event whose webhook's address is sealed with another key. */
export const UNOPENED: ResponseRecord = {
  content:
    'The address of the webhook cannot be opened with the master key of this site. Give it address and headers anew.',
  headers: {},
  reasonPhrase: 'Failed',
};

function requestOf(
  target: WebhookTarget,
  sent: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>>,
): RequestRecord {
  const headers = { ...masked(sent), ...more };
  return { headers, method: 'POST', requestUri: maskedUri(target.serviceUri), version: '1.1' };
}

async function recordOf(answer: OutboundAnswer, target: WebhookTarget): Promise<ResponseRecord> {
  // A body that breaks off or drips does not change what the receiver said with its status.
  const body = await readUpTo(answer, CONTENT_BYTES).catch(() => ({ bytes: Buffer.alloc(0), cut: true }));
  const unsaid = secretsOut(target);
  const text = body.bytes.toString('utf8');
  return {
    content: unsaid(body.cut ? `${text}…` : text),
    headers: responseHeaders(answer.headers, unsaid),
    reasonPhrase: answer.reason,
    statusCode: String(answer.status),
    version: answer.version,
  };
}

function responseHeaders(
  headers: Readonly<Record<string, string>>,
  unsaid: (text: string) => string,
): Record<string, string> {
  let room = HEADER_BYTES;
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    room -= name.length + value.length;
    if (room < 0) break;
    kept[spelled(name)] = /^(set-cookie|authorization|proxy-authorization)$/.test(name) ? MASK : unsaid(value);
  }
  return kept;
}

/** `content-length` → `Content-Length` */
const spelled = (name: string) => name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());

function masked(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, name === 'Content-Type' ? value : MASK]),
  );
}

/** Where the path or the query is the secret, as with chat services, it is masked, too. */
function maskedUri(text: string): string {
  const url = new URL(text);
  return url.pathname === '/' && url.search === '' ? url.origin : `${url.origin}/${MASK}`;
}

/** Some receivers answer with what they were sent. */
function secretsOut(target: WebhookTarget): (text: string) => string {
  const { pathname, search } = new URL(target.serviceUri);
  const secrets = [...secretsOf(target.customHeaders), `${pathname}${search}`, search.slice(1)].filter(
    (secret) => secret.length >= SHORTEST_SECRET && secret !== 'application/json',
  );
  return (text) => secrets.reduce((clean, secret) => clean.replaceAll(secret, MASK), text);
}

function failureOf(error: unknown): ResponseRecord {
  const domain = error instanceof DomainError ? error : undefined;
  const content = domain?.message ?? 'The event could not be sent. The log of the server says why.';
  return { content, headers: {}, reasonPhrase: domain?.code === 'outbound.refused' ? 'Refused' : 'Failed' };
}

/** The receiver as a whole cannot take events now; another status may be about this one event. */
export function receiverIsDown({ statusCode, reasonPhrase }: ResponseRecord): boolean {
  if (statusCode === undefined) return reasonPhrase !== 'Disabled';
  return statusCode === '429' || Number(statusCode) >= 500;
}

export function outcomeOf({ statusCode, reasonPhrase }: ResponseRecord): WebhookOutcome {
  if (statusCode !== undefined) return statusCode.startsWith('2') ? 'accepted' : 'rejected';
  return reasonPhrase === 'Refused' ? 'refused' : reasonPhrase === 'Disabled' ? 'disabled' : 'failed';
}
