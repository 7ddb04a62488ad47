import { parametersOf } from '@holdfast/oci/registry/authorization';
import { type FaultName, type Finding, finding } from './faults.ts';
import { type Endpoint, type WireAnswer, wordsOf } from './wire.ts';

const SKEW_MS = 60_000;
const SPELLED = ['WWW-Authenticate', 'Content-Length', 'Content-Type', 'Location', 'Docker-Distribution-Api-Version'];
const WITH_EVERY_ANSWER = ['docker-distribution-api-version', 'x-ms-correlation-request-id'];

/** Where tokens come from. */
export interface Challenge {
  readonly path: string;
  readonly service: string;
}

/** What a registry's 401 to /v2/ says, and what a proxy made of it. */
export function judgeChallenge(endpoint: Endpoint, answer: WireAnswer): { findings: Finding[]; challenge?: Challenge } {
  const { host } = endpoint;
  const found = (fault: FaultName, seen: string) => ({ findings: [finding(fault, host, seen)] });
  const { status, headers } = answer;
  if (status >= 300 && status < 400)
    return found('proxy.redirect', `GET /v2/: ${status} to ${headers.location ?? 'nowhere'}`);
  if (status === 403) return found('challenge.forbidden', `GET /v2/: ${wordsOf(answer)}`);
  if (status >= 502 && status <= 504) return found('proxy.gateway', `GET /v2/: ${wordsOf(answer)}`);
  if (status !== 401) return found('challenge.missing', `GET /v2/: ${wordsOf(answer)}`);
  const header = headers['www-authenticate'] ?? '';
  if (/^\s*basic\b/i.test(header)) return found('challenge.no-bearer', header);
  const { realm = '', service = host } = parametersOf(header);
  if (!/^\s*bearer\b/i.test(header) || !URL.canParse(realm))
    return found('challenge.malformed', `WWW-Authenticate: ${header || 'none'}`);
  const url = new URL(realm);
  if (url.host !== host) return found('proxy.forwarded-host', `realm="${realm}"`);
  if (endpoint.secure && url.protocol !== 'https:') return found('proxy.forwarded-proto', `realm="${realm}"`);
  return { findings: judgeHeaders(host, answer), challenge: { path: url.pathname, service } };
}

function judgeHeaders(host: string, { names, headers }: WireAnswer): Finding[] {
  const respelled = names.filter((name) =>
    SPELLED.some((one) => one !== name && one.toLowerCase() === name.toLowerCase()),
  );
  const lost = WITH_EVERY_ANSWER.filter((name) => headers[name] === undefined);
  return [
    ...(respelled.length > 0 ? [finding('proxy.header-case', host, respelled.join(', '))] : []),
    ...(lost.length > 0 ? [finding('proxy.header-lost', host, lost.join(', '))] : []),
  ];
}

/** Milliseconds that the server's clock is ahead of this host's; a `Date` has whole seconds. */
export function skewOf(
  date: string | undefined,
  { before, after }: { before: number; after: number },
): number | undefined {
  const time = Date.parse(date ?? '');
  return Number.isNaN(time) ? undefined : Math.round(time + 500 - (before + after) / 2);
}

export function judgeClock(host: string, skewMs: number | undefined): Finding[] {
  if (skewMs === undefined || Math.abs(skewMs) <= SKEW_MS) return [];
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  return [finding('clock.wrong', host, `this host is ${seconds} s ${skewMs > 0 ? 'behind' : 'ahead of'} ${host}`)];
}
