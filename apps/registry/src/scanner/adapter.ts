import { readUpTo } from '@holdfast/oci/registry/read-up-to';
import type { Outbound, OutboundAnswer, OutboundRequest } from '../outbound/outbound.ts';
import type { Clock } from '../platform/clock.ts';
import { objectOf, parseObject } from './report.ts';

// The client of the scanner adapter API, as Trivy's and Clair's adapters speak it:
// https://github.com/goharbor/pluggable-scanner-spec/tree/master/api/spec (1.0 to 1.2)

/** From the first byte out to the last one in. Three of them fit into the lease of a job. */
const CALL_MS = 15_000;
const ANSWER_BYTES = 256 * 1024;
/** Of a report: some ten thousand vulnerabilities with their texts. */
const REPORT_BYTES = 8 * 1024 * 1024;
const SHORTEST_WAIT_SECONDS = 1;
const LONGEST_WAIT_SECONDS = 120;
const USUAL_WAIT_SECONDS = 5;

const REQUEST_TYPE = 'application/vnd.scanner.adapter.scan.request+json';
/** Reports that are understood, the newer one first. */
const REPORT_TYPES = [
  'application/vnd.security.vulnerability.report; version=1.1',
  'application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0',
] as const;
const AUTHORIZATION_TYPE = 'harbor.scanner-adapter/registry-authorization-type';

/** Where the scanner is, as the operator registered it. */
export interface AdapterAddress {
  /** Without `/api/v1`. */
  readonly url: string;
  /** Value of the `Authorization` header. */
  readonly authorization?: string | undefined;
}

/** How the scanner wants to be asked about manifests of a media type. */
export interface Capability {
  readonly reportType: string;
  /** The scheme with which the scanner pulls. */
  readonly authorization: 'Basic' | 'Bearer';
  /** Whether it tells kinds of scans apart (from 1.1 of the request on). */
  readonly typed: boolean;
}

export interface ScannedArtifact {
  readonly registry: { readonly url: string; readonly authorization: string };
  readonly artifact: { readonly repository: string; readonly digest: string; readonly mime_type: string };
}

/** What became of a call. `retry`: it may go better later. `refused`: it will not. */
export type Called<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'retry' | 'refused'; readonly why: string };

export class ScannerAdapter {
  readonly #outbound: Outbound;
  readonly #clock: Clock;
  readonly #address: AdapterAddress;

  constructor(d: { readonly outbound: Outbound; readonly clock: Clock; readonly address: AdapterAddress }) {
    this.#outbound = d.outbound;
    this.#clock = d.clock;
    this.#address = d.address;
  }

  /** `GET /metadata`: whether it takes such manifests, and how. */
  async capability(mediaType: string, signal: AbortSignal): Promise<Called<Capability>> {
    const answer = await this.#call({ method: 'GET', path: 'metadata' }, ANSWER_BYTES, signal);
    if (answer.status !== 200) return failure(answer, 'its metadata');
    const metadata = parseObject(answer.text);
    const capabilities = metadata?.capabilities;
    if (!metadata || !Array.isArray(capabilities)) return { kind: 'retry', why: 'its metadata names no capabilities' };
    const fitting = capabilities
      .map(objectOf)
      .find((c) => (c?.type ?? 'vulnerability') === 'vulnerability' && has(c?.consumes_mime_types, mediaType));
    if (!fitting) return { kind: 'refused', why: `the scanner does not take ${mediaType}` };
    const reportType = REPORT_TYPES.find((type) => has(fitting.produces_mime_types, type));
    if (!reportType) return { kind: 'refused', why: 'the scanner gives no report that is understood here' };
    const authorization = objectOf(metadata.properties)?.[AUTHORIZATION_TYPE] === 'Bearer' ? 'Bearer' : 'Basic';
    return { kind: 'done', value: { reportType, authorization, typed: fitting.type !== undefined } };
  }

  /** `POST /scan`: the scanner's name for the scan. */
  async submit(
    scanned: ScannedArtifact,
    { typed, reportType }: Capability,
    signal: AbortSignal,
  ): Promise<Called<string>> {
    const kinds = typed ? { enabled_capabilities: [{ type: 'vulnerability', produces_mime_types: [reportType] }] } : {};
    const body = JSON.stringify({ ...scanned, ...kinds });
    const headers = { 'Content-Type': `${REQUEST_TYPE}; version=${typed ? '1.1' : '1.0'}` };
    const answer = await this.#call({ method: 'POST', path: 'scan', headers, body }, ANSWER_BYTES, signal);
    if (answer.status !== 202) return failure(answer, 'the request to scan');
    const id = parseObject(answer.text)?.id;
    if (typeof id !== 'string' || id === '' || id.length > 200)
      return { kind: 'retry', why: 'it accepted the scan without a name for it' };
    return { kind: 'done', value: id };
  }

  /** `GET /scan/{id}/report`: its text; `wait` while there is none yet. */
  async report(scanId: string, reportType: string, signal: AbortSignal): Promise<Called<string>> {
    const request = {
      method: 'GET',
      path: `scan/${encodeURIComponent(scanId)}/report`,
      headers: { Accept: reportType },
    } as const;
    const answer = await this.#call(request, REPORT_BYTES, signal);
    if (answer.status === 302) return { kind: 'wait', seconds: waitSeconds(answer.headers['refresh-after']) };
    if (answer.status === 404) return { kind: 'retry', why: 'it does not know the scan any more' };
    if (answer.status !== 200) return failure(answer, 'the report');
    if (answer.cut) return { kind: 'refused', why: `its report has more than ${REPORT_BYTES} bytes` };
    return { kind: 'done', value: answer.text };
  }

  /** Whatever goes wrong on the way is a result like any other answer; only the signal is thrown. */
  async #call(
    { path, headers, ...request }: Pick<OutboundRequest, 'method' | 'headers' | 'body'> & { readonly path: string },
    limit: number,
    signal: AbortSignal,
  ): Promise<AdapterAnswer> {
    const late = new AbortController();
    const ended = new AbortController();
    void this.#clock.sleep(CALL_MS, ended.signal).then(
      () => late.abort(new Error(`it did not answer within ${CALL_MS / 1000} seconds`)),
      () => undefined,
    );
    try {
      const { url, authorization } = this.#address;
      const answer = await this.#outbound.send({
        ...request,
        url: new URL(`${url}/api/v1/${path}`),
        headers: { ...headers, ...(authorization === undefined ? {} : { Authorization: authorization }) },
        timeoutMs: CALL_MS,
        signal: AbortSignal.any([signal, late.signal]),
      });
      return await readAnswer(answer, limit, late.signal);
    } catch (error) {
      signal.throwIfAborted();
      const { message } = late.signal.aborted ? (late.signal.reason as Error) : (error as Error);
      return { status: 0, headers: {}, text: message, cut: false };
    } finally {
      ended.abort();
    }
  }
}

interface AdapterAnswer {
  /** 0: there was none, and the text says why. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly cut: boolean;
}

/** A body that drips is cut off, too, when its time is over. */
async function readAnswer(answer: OutboundAnswer, limit: number, late: AbortSignal): Promise<AdapterAnswer> {
  const stop = () => answer.body.destroy(late.reason as Error);
  late.addEventListener('abort', stop, { once: true });
  try {
    const { bytes, cut } = await readUpTo(answer, limit);
    return { status: answer.status, headers: answer.headers, text: bytes.toString('utf8'), cut };
  } finally {
    late.removeEventListener('abort', stop);
  }
}

/** 4xx and 501 are about what was asked; anything else is about the scanner as it is now. */
function failure({ status, text }: AdapterAnswer, what: string): Called<never> {
  if (status === 0) return { kind: 'retry', why: text };
  const message = objectOf(parseObject(text)?.error)?.message;
  const said = typeof message === 'string' ? `: ${message.slice(0, 300)}` : '';
  const final = status === 400 || status === 422 || status === 501;
  return { kind: final ? 'refused' : 'retry', why: `it answered ${status} to ${what}${said}` };
}

function waitSeconds(text: string | undefined): number {
  const seconds = text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : USUAL_WAIT_SECONDS;
  return Math.min(Math.max(seconds, SHORTEST_WAIT_SECONDS), LONGEST_WAIT_SECONDS);
}

/** Media types with parameters are the same however they are spaced. */
function has(list: unknown, type: string): boolean {
  const plain = (text: string) => text.replace(/\s/g, '').toLowerCase();
  return Array.isArray(list) && list.some((item) => typeof item === 'string' && plain(item) === plain(type));
}
