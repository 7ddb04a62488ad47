import { gunzipSync } from 'node:zlib';
import type { Digest } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import type { RepositoryName } from '@holdfast/oci/reference';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requestScan } from '../content/request-scan.ts';
import type { ManifestReference, MetadataStore } from '../metadata/metadata-store.ts';
import type { QuarantineRow } from '../metadata/quarantine.ts';
import { openMemoryMetadataStore } from '../metadata/sqlite/open.ts';
import { registryRow } from '../metadata/test-rows.ts';
import { FakeClock } from '../platform/clock.ts';
import { systemIds as ids } from '../platform/ids.ts';
import { ScannerAdapter } from './adapter.ts';
import type { ScanDependencies } from './progress.ts';
import { SEVERITIES } from './report.ts';
import { scanManifests } from './scan-manifests.ts';
import { FakeAdapter, METADATA, REPORT_TYPE, reportOf, type ScannerAnswer } from './test-scanner.ts';

const digest = (n: number) => `sha256:${n.toString(16).padStart(64, '0')}` as Digest;
const context = { signal: new AbortController().signal, stillMine: async () => true };
const MINUTE = 60_000;

let metadata: MetadataStore;
let clock: FakeClock;
let repositoryId: number;
let adapter: FakeAdapter;
let given: { repository: string; until: Date }[];
beforeEach(async () => {
  metadata = openMemoryMetadataStore();
  clock = new FakeClock();
  given = [];
  adapter = new FakeAdapter(() => 'unreachable');
  await metadata.migrate();
  await metadata.transaction(async (tx) => {
    const policies = JSON.stringify({ quarantine: 'enabled' });
    await tx.registries.create(registryRow({ id: 'r1', name: 'contoso', policies }));
    ({ id: repositoryId } = await tx.repositories.findOrCreate('r1', 'team/app' as RepositoryName, clock.now()));
  });
});
afterEach(() => metadata.close());

/** Answers of a scanner that has the report at once; any of them can be another one. */
function scanner(of: Partial<Record<'metadata' | 'scan' | 'report', ScannerAnswer>> = {}): void {
  adapter.answer = (call, body) => {
    if (call === 'GET metadata') return of.metadata ?? { status: 200, body: METADATA };
    if (call === 'POST scan') {
      const { artifact } = body as { artifact: { digest: string } };
      return of.scan ?? { status: 202, body: { id: artifact.digest } };
    }
    const [, id = ''] = /^GET scan\/(.*)\/report$/.exec(call) ?? [];
    return of.report ?? { status: 200, body: reportOf(decodeURIComponent(id)) };
  };
}

async function push(n: number, references: ManifestReference[] = [], mediaType: string = MEDIA_TYPE.ociImage) {
  await metadata.transaction(async (tx) => {
    const row = { repositoryId, digest: digest(n), mediaType, size: 1, pushedBy: 'me', pushedAt: clock.now() };
    await tx.manifests.insert(row, Buffer.from(String(n)), references);
    await say(tx, n, 'Quarantined', 'me');
    await requestScan(tx, repositoryId, digest(n), clock.now());
  });
}
const say = (
  at: Pick<Parameters<Parameters<MetadataStore['transaction']>[0]>[0], 'quarantine'>,
  n: number,
  state: QuarantineRow['state'],
  changedBy: string,
) => at.quarantine.put({ repositoryId, digest: digest(n), state, changedBy, changedAt: clock.now() });

async function run(limit: NonNullable<ScanDependencies['passBelow']> | 'nothing' = 'High', times = 1): Promise<void> {
  const address = { url: 'http://scanner.example', authorization: 'Bearer key' };
  const job = scanManifests({
    metadata,
    adapter: new ScannerAdapter({ outbound: adapter, clock, address }),
    clock,
    ids,
    passBelow: limit === 'nothing' ? undefined : limit,
    timeoutMinutes: 30,
    access: async (_, repository, until) => {
      given.push({ repository, until });
      return { url: 'https://contoso.example', username: 'zeros', token: 'tok' };
    },
  });
  for (let i = 0; i < times; i++) {
    await job.run(context);
    clock.advance(3000);
  }
}
const stateOf = async (n: number) => (await metadata.read.quarantine.find(repositoryId, digest(n)))?.state;
const scanOf = async (n: number) => metadata.read.scans.find(repositoryId, digest(n));
const calls = () => adapter.asked.map(({ call }) => call.replace(/sha256%3A0*/, ''));

describe('a scan', () => {
  it('is submitted with what it takes to pull, and its report decides by the severity', async () => {
    await push(1);
    scanner();
    await run('High', 2);
    expect(await stateOf(1)).toBe('Passed');
    expect(calls()).toEqual(['GET metadata', 'POST scan', 'GET metadata', 'GET scan/1/report']);
    expect(adapter.asked[1]?.body).toEqual({
      registry: { url: 'https://contoso.example', authorization: `Basic ${btoa('zeros:tok')}` },
      artifact: { repository: 'team/app', digest: digest(1), mime_type: MEDIA_TYPE.ociImage },
    });
    expect(adapter.asked[1]?.headers).toMatchObject({
      Authorization: 'Bearer key',
      'Content-Type': 'application/vnd.scanner.adapter.scan.request+json; version=1.0',
    });
    expect(adapter.asked[3]?.headers).toMatchObject({ Accept: REPORT_TYPE });
    expect(given).toEqual([{ repository: 'team/app', until: new Date(clock.now().getTime() - 6000 + 30 * MINUTE) }]);
    expect(await scanOf(1)).toMatchObject({ state: 'done', severity: 'Low', scanner: 'Fake 1.0', dueAt: undefined });
    const packed = await metadata.read.scans.report(repositoryId, digest(1));
    expect(JSON.parse(gunzipSync(packed ?? '').toString())).toEqual(reportOf(digest(1)));
    const row = await metadata.read.quarantine.find(repositoryId, digest(1));
    expect(row?.changedBy).toBe('scanner');
    expect(JSON.parse(row?.details ?? '')).toEqual({
      scanner: 'Fake 1.0',
      severity: 'Low',
      counts: { Low: 1 },
      passBelow: 'High',
    });
    const [audited] = await metadata.transaction((tx) => tx.audit.recent('r1', 9));
    expect(audited).toMatchObject({
      action: 'manifest.scan',
      principal: 'scanner',
      target: digest(1),
      reason: 'Low; quarantineState=Passed',
    });
    expect((await metadata.read.outbox.pending(9)).map(({ kind }) => kind)).toEqual(['push']);
  });

  it('fails what is as bad as the limit, by the worst that the report says anywhere', async () => {
    for (const n of [1, 2]) await push(n);
    adapter.answer = (call, body) => {
      if (call === 'GET metadata') return { status: 200, body: METADATA };
      if (call === 'POST scan')
        return { status: 202, body: { id: (body as { artifact: { digest: string } }).artifact.digest } };
      const id = decodeURIComponent(call.slice('GET scan/'.length, -'/report'.length));
      return { status: 200, body: reportOf(id, 'Low', id === digest(1) ? ['Low', 'High'] : ['Medium']) };
    };
    await run('High', 2);
    expect([await stateOf(1), await stateOf(2)]).toEqual(['Failed', 'Passed']);
    expect((await metadata.read.outbox.pending(9)).length).toBe(1);
  });

  it('leaves it to people when no limit is set, and shows them the report', async () => {
    await push(1);
    scanner();
    await run('nothing', 2);
    expect([await stateOf(1), (await scanOf(1))?.state, (await scanOf(1))?.severity]).toEqual([
      'Quarantined',
      'done',
      'Low',
    ]);
    expect(await metadata.read.scans.report(repositoryId, digest(1))).toBeDefined();
  });

  it('never changes what a person said, or another scanner; that nobody came in time it does', async () => {
    for (const n of [1, 2, 3]) await push(n);
    await metadata.transaction(async (tx) => {
      await say(tx, 1, 'Failed', 'somebody');
      await say(tx, 2, 'Passed', 'somebody');
      await say(tx, 3, 'Failed', 'system');
    });
    scanner();
    await run('Negligible', 2);
    expect([await stateOf(1), await stateOf(2), await stateOf(3)]).toEqual(['Failed', 'Passed', 'Failed']);
    for (const n of [1, 2, 3])
      await metadata.transaction((tx) => requestScan(tx, repositoryId, digest(n), clock.now()));
    await run('High', 2);
    expect([await stateOf(1), await stateOf(2), await stateOf(3)]).toEqual(['Failed', 'Passed', 'Passed']);
  });

  it('waits for a report as long as the scanner says, and for its time at most; then it begins anew', async () => {
    await push(1);
    scanner({ report: { status: 302, headers: { 'refresh-after': '60' } } });
    await run('High', 2);
    const { dueAt } = (await scanOf(1)) ?? {};
    expect(dueAt?.getTime()).toBe(clock.now().getTime() - 3000 + 60_000);
    await run('High', 5);
    expect(calls().filter((call) => call.endsWith('/report'))).toHaveLength(1);
    clock.advance(31 * MINUTE);
    await run();
    expect(await scanOf(1)).toMatchObject({
      state: 'waiting',
      failures: 1,
      reason: 'the scanner had no report within 30 minutes',
    });
    scanner();
    clock.advance(MINUTE);
    await run('High', 2);
    expect(await stateOf(1)).toBe('Passed');
  });

  it('is tried again later each time while the scanner is down, for a day, and then given up', async () => {
    await push(1);
    const tries = () => calls().length;
    await run('High', 1);
    expect(await scanOf(1)).toMatchObject({ state: 'waiting', failures: 1, reason: 'nothing listens there' });
    for (let hour = 0; hour < 24; hour++) {
      for (let i = 0; i < 12; i++) {
        clock.advance(5 * MINUTE);
        await run();
      }
    }
    expect(tries()).toBeGreaterThan(200);
    expect(tries()).toBeLessThan(600);
    clock.advance(10 * MINUTE);
    await run();
    expect(await scanOf(1)).toMatchObject({ state: 'failed', dueAt: undefined, reason: 'nothing listens there' });
    expect(await stateOf(1)).toBe('Quarantined');
    const before = tries();
    clock.advance(1000 * MINUTE);
    await run();
    expect(tries()).toBe(before);
    scanner();
    await metadata.transaction((tx) => requestScan(tx, repositoryId, digest(1), clock.now()));
    await run('High', 2);
    expect(await stateOf(1)).toBe('Passed');
  });

  it('that was asked for again meanwhile takes nothing over from the one before', async () => {
    await push(1);
    scanner();
    await run();
    const answer = adapter.answer;
    adapter.answer = (call, body) => {
      if (call.endsWith('/report'))
        void metadata.transaction((tx) =>
          tx.scans.put({
            repositoryId,
            digest: digest(1),
            state: 'waiting',
            requestedAt: clock.now(),
            dueAt: new Date(clock.now().getTime() + MINUTE),
            failures: 0,
          }),
        );
      return answer(call, body);
    };
    await run();
    expect([await stateOf(1), (await scanOf(1))?.state]).toEqual(['Quarantined', 'waiting']);
  });

  it('uses the scheme and the kind of scan that the scanner names', async () => {
    await push(1);
    const [capability] = METADATA.capabilities;
    const generic = 'application/vnd.security.vulnerability.report; version=1.1';
    const sbom = {
      type: 'sbom',
      consumes_mime_types: [MEDIA_TYPE.ociImage],
      produces_mime_types: ['application/vnd.security.sbom.report+json; version=1.0'],
    };
    const vulnerability = { ...capability, type: 'vulnerability', produces_mime_types: [REPORT_TYPE, generic] };
    const properties = { 'harbor.scanner-adapter/registry-authorization-type': 'Bearer' };
    scanner({ metadata: { status: 200, body: { ...METADATA, capabilities: [sbom, vulnerability], properties } } });
    await run('High', 2);
    expect(adapter.asked[1]?.body).toMatchObject({
      registry: { authorization: 'Bearer tok' },
      enabled_capabilities: [{ type: 'vulnerability', produces_mime_types: [generic] }],
    });
    expect(adapter.asked[3]?.headers).toMatchObject({ Accept: generic });
    expect(await stateOf(1)).toBe('Passed');
  });
});

describe('an index', () => {
  const child = (n: number): ManifestReference => ({
    digest: digest(n),
    kind: 'manifest',
    mediaType: MEDIA_TYPE.ociImage,
    size: 1,
  });

  it('passes with its images, is never sent to the scanner, and has those scanned that nobody looked at', async () => {
    await push(1);
    await push(2);
    await push(9, [child(1), child(2)], MEDIA_TYPE.ociIndex);
    await metadata.transaction((tx) =>
      tx.scans.put({ repositoryId, digest: digest(2), state: 'failed', requestedAt: clock.now(), failures: 1 }),
    );
    scanner();
    await run('High', 4);
    expect([await stateOf(1), await stateOf(9), (await scanOf(9))?.reason]).toEqual([
      'Passed',
      'Quarantined',
      'it waits for its images',
    ]);
    await metadata.transaction((tx) => requestScan(tx, repositoryId, digest(2), clock.now()));
    await run('High', 4);
    expect([await stateOf(2), await stateOf(9)]).toEqual(['Passed', 'Passed']);
    expect(adapter.asked.some(({ body }) => JSON.stringify(body)?.includes(digest(9)))).toBe(false);
    expect(await metadata.read.quarantine.unreleased(repositoryId, digest(9))).toBeUndefined();
  });

  it('fails with one of them, and one that names none says nothing', async () => {
    await push(1);
    await push(9, [child(1)], MEDIA_TYPE.ociIndex);
    await push(8, [], MEDIA_TYPE.ociIndex);
    scanner({ report: { status: 200, body: reportOf(digest(1), 'Critical') } });
    await run('High', 4);
    expect([await stateOf(1), await stateOf(9), await stateOf(8)]).toEqual(['Failed', 'Failed', 'Quarantined']);
    expect(await scanOf(8)).toMatchObject({ state: 'failed', reason: 'it is an index that names no image' });
  });
});

describe('a scanner that is down, slow, confused or lying', () => {
  const word = fc.constantFrom(...SEVERITIES, 'fine', 'passed', 'None', 'low', '', null, 3);
  const junk = fc.oneof(
    fc.constantFrom(
      '',
      'null',
      '[]',
      '{}',
      '"Passed"',
      '{"quarantineState":"Passed"}',
      '{"severity":"Unknown"}',
      '<html>',
    ),
    fc.record({
      artifact: fc.constantFrom({ digest: digest(1) }, { digest: digest(2) }, {}, undefined),
      severity: word,
      vulnerabilities: fc.oneof(
        fc.constantFrom(null, undefined, {}, 'none'),
        fc.array(fc.record({ severity: word }), { maxLength: 3 }),
      ),
    }),
  );
  const scale = fc.constantFrom(...SEVERITIES);
  const nearlyRight = fc.record({
    artifact: fc.constantFrom(
      { digest: digest(1) },
      { digest: digest(1) },
      { digest: digest(1) },
      { digest: digest(2) },
    ),
    severity: fc.oneof(scale, scale, word),
    vulnerabilities: fc.array(fc.record({ severity: scale }), { maxLength: 2 }),
  });
  const answer = fc.oneof(
    fc.constant<ScannerAnswer>('unreachable'),
    fc.record({
      status: fc.oneof(fc.constant(200), fc.constantFrom(100, 202, 204, 301, 302, 400, 401, 404, 422, 500, 501, 503)),
      body: fc.oneof(nearlyRight, nearlyRight, junk, fc.constant({ id: 'x' }), fc.constant(METADATA)),
    }),
  );

  it('never releases anything: only a right report of that manifest does, with nothing in it as bad as the limit', async () => {
    let released = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { minLength: 3, maxLength: 9 }), fc.boolean(), async (answers, honest) => {
        await metadata.transaction(async (tx) => {
          await tx.manifests.delete(repositoryId, digest(1), clock.now());
        });
        await push(1);
        const rest = [...answers];
        let right = false;
        adapter.answer = (call) => {
          // Half of the time it gets as far as the report, so that these are tried, too.
          if (honest && call === 'GET metadata') return { status: 200, body: METADATA };
          if (honest && call === 'POST scan') return { status: 202, body: { id: 'x' } };
          const next = rest.shift() ?? 'unreachable';
          if (call.endsWith('/report')) right = isRight(next);
          return next;
        };
        for (let i = 0; i < 6; i++) {
          await run('Medium');
          clock.advance(10 * MINUTE);
        }
        const state = await stateOf(1);
        if (state === 'Passed') released++;
        expect(state === 'Passed').toBe(right);
      }),
      { numRuns: 400, seed: 18 },
    );
    expect(released).toBeGreaterThan(5); // else the property says nothing
  });

  function isRight(answer: ScannerAnswer): boolean {
    if (answer === 'unreachable' || answer.status !== 200 || typeof answer.body !== 'object') return false;
    const { artifact, severity, vulnerabilities = [] } = answer.body as Record<string, unknown>;
    const below = (text: unknown) => ['Unknown', 'Negligible', 'Low'].includes(text as string);
    const items = vulnerabilities ?? [];
    if ((artifact as { digest?: string } | undefined)?.digest !== digest(1) || !below(severity)) return false;
    return Array.isArray(items) && items.every((item: { severity: unknown }) => below(item.severity));
  }
});
