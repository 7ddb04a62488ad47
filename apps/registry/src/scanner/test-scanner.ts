import { Readable } from 'node:stream';
import type { Digest } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import type { Outbound, OutboundRequest } from '../outbound/outbound.ts';

export const REPORT_TYPE = 'application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0';

/** What an adapter like Trivy's says of itself. */
export const METADATA = {
  scanner: { name: 'Fake', vendor: 'Test', version: '1.0' },
  capabilities: [
    { consumes_mime_types: [MEDIA_TYPE.ociImage, MEDIA_TYPE.dockerImage], produces_mime_types: [REPORT_TYPE] },
  ],
  properties: {},
};

export function reportOf(digest: Digest | string, severity = 'Low', severities: readonly string[] = [severity]) {
  return {
    generated_at: '2026-11-27T06:00:00Z',
    artifact: { repository: 'team/app', digest },
    scanner: METADATA.scanner,
    severity,
    vulnerabilities: severities.map((each, i) => ({ id: `CVE-2026-${i}`, package: 'zlib', severity: each })),
  };
}

/** What a scanner answers: a status with a body, or nothing at all. */
export type ScannerAnswer =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | 'unreachable';

/** An adapter behind no network: answers by method and path below `/api/v1/`, and keeps what it was asked. */
export class FakeAdapter implements Outbound {
  readonly asked: { readonly call: string; readonly headers: OutboundRequest['headers']; readonly body?: unknown }[] =
    [];
  answer: (call: string, body: unknown) => ScannerAnswer;

  constructor(answer: FakeAdapter['answer']) {
    this.answer = answer;
  }

  async send({ method, url, headers, body: sent }: OutboundRequest) {
    const call = `${method} ${url.pathname.replace('/api/v1/', '')}`;
    const body: unknown = sent === undefined ? undefined : JSON.parse(String(sent));
    this.asked.push({ call, headers, body });
    const answer = this.answer(call, body);
    if (answer === 'unreachable') throw new Error('nothing listens there');
    const { body: said, headers: told = {}, status } = answer;
    const text = typeof said === 'string' ? said : JSON.stringify(said ?? {});
    return { status, reason: '', version: '1.1', headers: told, url, body: Readable.from([Buffer.from(text)]) };
  }
}
