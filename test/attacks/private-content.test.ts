import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pushBlob, pushImage, type TestImage } from '../../apps/registry/src/distribution/test-content.ts';
import type { TestRegistry } from '../support/start-registry.ts';
import { comparable, envelopeOf } from './support/answers.ts';
import { CONTENT, recordStatements } from './support/statements.ts';
import { basic, everything, type Loot, readAudit, startAttackedRegistry } from './support/workbench.ts';

// A02, A06, A07, A08: what is not mine does not exist, for any path that leads there.

let registry: TestRegistry;
let loot: Loot;
let image: TestImage;
let layer: string;
let session: string;
/** A blob that many repositories have, none of which the attacker may pull. */
let popular: string;
const statements = recordStatements(CONTENT);
/** Of equal length, so that no Content-Length tells them apart. */
const SECRET = 'team/secret';
const ABSENT = 'team/absent';
const UNKNOWN = `sha256:${'0'.repeat(64)}`;

beforeAll(async () => {
  ({ registry, loot } = await startAttackedRegistry());
  image = await pushImage(registry, SECRET, { tag: 'latest' });
  layer = image.layers[0]?.digest ?? '';
  popular = (await pushBlob(registry, 'hidden/0', 'popular')).digest;
  for (let i = 1; i < 60; i++) {
    const answer = await registry.ask('POST', `/v2/hidden/${i}/blobs/uploads/?mount=${popular}&from=hidden/0`);
    expect(answer.status).toBe(201);
  }
  await pushBlob(registry, 'team/mine', 'mine');
  session = (await registry.ask('POST', `/v2/${SECRET}/blobs/uploads/`)).header('Docker-Upload-UUID') ?? '';
});
afterAll(async () => {
  statements.stop();
  expect(registry.problems).toEqual([]);
  await registry.stop();
});

/** A background job may slip in between. */
function commonest(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? '';
}

/** Every way to a repository's content, by name. */
function waysTo(repository: string): [string, string][] {
  const v2 = `/v2/${repository}`;
  const reads = ['GET', 'HEAD'];
  const paths = [
    `${v2}/manifests/latest`,
    `${v2}/manifests/${image.digest}`,
    `${v2}/blobs/${layer}`,
    `${v2}/tags/list`,
    `${v2}/referrers/${image.digest}`,
    `${v2}/blobs/uploads/${session}`,
    '/v2/_catalog',
    '/acr/v1/_catalog',
    `/acr/v1/${repository}`,
    `/acr/v1/${repository}/_tags`,
    `/acr/v1/${repository}/_manifests`,
  ];
  const all = paths.flatMap((path) => reads.map((method): [string, string] => [method, path]));
  return [
    ...all,
    ['POST', `${v2}/blobs/uploads/`],
    ['POST', `/v2/team/mine/blobs/uploads/?mount=${layer}&from=${repository}`],
    ['PUT', `${v2}/manifests/latest`],
    ['PATCH', `${v2}/blobs/uploads/${session}`],
    ['PUT', `${v2}/blobs/uploads/${session}?digest=${layer}`],
    ['DELETE', `${v2}/manifests/latest`],
    ['DELETE', `${v2}/manifests/${image.digest}`],
    ['DELETE', `${v2}/blobs/${layer}`],
    ['DELETE', `${v2}/blobs/uploads/${session}`],
  ];
}

describe('A02: a caller without rights', () => {
  const callers: [string, () => Promise<string> | string][] = [
    ['anonymous', () => 'none'],
    ['with a token for another repository', () => loot.token(everything('team/mine', 'team', 'team/secre').slice(1))],
  ];
  it.each(callers)('%s gets no byte and no sign of what exists', async (_, credentials) => {
    const as = await credentials();
    for (const [i, [method, path]] of waysTo(SECRET).entries()) {
      if (as !== 'none' && path.includes('mount=')) continue; // A07
      const there = await registry.ask(method, path, { as });
      const absent = await registry.ask(method, waysTo(ABSENT)[i]?.[1] ?? '', { as });
      expect([401, 404, 405], `${method} ${path}`).toContain(there.status);
      expect(comparable(there, SECRET), path).toBe(comparable(absent, ABSENT));
      expect(there.text).not.toContain(image.bytes.toString());
      if (path.startsWith('/v2/')) expect(there.status === 405 ? 401 : there.status, path).toBe(401);
    }
    expect((await registry.ask('GET', `/v2/${SECRET}/manifests/latest`)).body).toEqual(image.bytes); // nothing changed
  });
});

describe('A06: an upload session', () => {
  const others = (): [string, string, Record<string, string>][] => {
    const neighbour = {
      Host: 'another.azsacr.local.holdfast.internal',
      Authorization: basic('another', loot.otherRegistryPassword),
    };
    const own = { Authorization: registry.basic };
    const guess = (id: string) => `/v2/${SECRET}/blobs/uploads/${id}`;
    return [
      ["another principal, in its registry's repository of the same name", guess(session), neighbour],
      ['the same principal, another repository', `/v2/team/mine/blobs/uploads/${session}`, own],
      ['the same principal, a repository above', `/v2/team/blobs/uploads/${session}`, own],
      ['an id that was guessed', guess('11111111-2222-4333-8444-555555555555'), own],
      ['the id in capitals', guess(session.toUpperCase()), own],
      [
        'the next id',
        guess(session.replace(/.$/, (digit) => ((Number.parseInt(digit, 16) + 1) % 16).toString(16))),
        own,
      ],
      ['a path as id', guess('..%2f..%2fmetadata.db'), own],
      ['NUL in the id', guess(`${session}%00`), own],
      ['a very long id', guess('a'.repeat(5000)), own],
    ];
  };

  it('is unknown to everybody but its owner in its repository, whatever the method', async () => {
    for (const [what, path, headers] of others()) {
      for (const method of ['GET', 'PATCH', 'PUT', 'DELETE']) {
        const target = method === 'PUT' ? `${path}?digest=${layer}` : path;
        const answer = await registry.ask(method, target, { as: 'none', headers, body: method === 'PATCH' ? 'x' : '' });
        expect([answer.status, envelopeOf(answer)], `${method} ${what}`).toEqual([404, 'BLOB_UPLOAD_UNKNOWN']);
      }
    }
    const own = await registry.ask('GET', `/v2/${SECRET}/blobs/uploads/${session}`);
    expect([own.status, own.header('Holdfast-Upload-Offset')]).toEqual([204, '0']);
  });
});

describe('A07: a mount', () => {
  const mount = (as: string, digest: string, from?: string) =>
    registry.ask('POST', `/v2/team/mine/blobs/uploads/?mount=${digest}${from === undefined ? '' : `&from=${from}`}`, {
      as,
    });

  it('of a blob that the caller may not pull is a new upload, like that of a blob that does not exist', async () => {
    const as = await loot.token(everything('team/mine').slice(1));
    for (const from of [SECRET, ABSENT, undefined, '', 'team/mine', '../secret', 'TEAM/secret']) {
      for (const digest of [layer, UNKNOWN]) {
        const answer = await mount(as, digest, from);
        expect(answer.status, `${from} ${digest}`).toBe(202);
        expect(answer.header('Docker-Content-Digest')).toBeUndefined();
        expect(answer.header('Location')).toMatch(/^\/v2\/team\/mine\/blobs\/uploads\/[0-9a-f-]{36}$/);
        await registry.ask('DELETE', answer.header('Location') ?? '', { as });
      }
    }
    expect((await registry.ask('HEAD', `/v2/team/mine/blobs/${layer}`)).status).toBe(404);
  });

  const IDS = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
  /** A mount and what it made the database do; its session is cancelled again. */
  const attempt = async (as: string, digest: string, from?: string) => {
    statements.take();
    const begun = performance.now();
    const answer = await mount(as, digest, from);
    const ms = performance.now() - begun;
    const sql = statements.take();
    await registry.ask('DELETE', answer.header('Location') ?? '', { as });
    const text = comparable(answer, SECRET, ABSENT).replaceAll(IDS, '<id>');
    return { text, sql, ms, status: answer.status };
  };
  /** Pairs of which the first names what is there and hidden, the second what is not there at all. */
  const PAIRS: Record<string, () => [[string, string?], [string, string?]]> = {
    'a repository and a blob that exist': () => [
      [layer, SECRET],
      [UNKNOWN, ABSENT],
    ],
    'a repository that exists': () => [
      [UNKNOWN, SECRET],
      [UNKNOWN, ABSENT],
    ],
    'a blob that exists, from a repository of one’s own': () => [
      [layer, 'team/mine'],
      [UNKNOWN, 'team/mine'],
    ],
    'a blob that exists, from anywhere': () => [[layer], [UNKNOWN]],
    'a blob that 60 hidden repositories have, from anywhere': () => [[popular], [UNKNOWN]],
  };

  it.each(Object.keys(PAIRS))('tells nothing by its answer or its time: %s', async (name) => {
    const as = await loot.token(everything('team/mine', 'team/other').slice(1));
    const [hidden, absent] = PAIRS[name]?.() ?? [[''], ['']];
    const times: { hidden: number[]; absent: number[] } = { hidden: [], absent: [] };
    const work: { hidden: string[]; absent: string[] } = { hidden: [], absent: [] };
    for (let i = 0; i < 40; i++) {
      // Interleaved, and each first in turn, so that whatever else the machine does befalls both alike.
      const order = i % 2 === 0 ? (['hidden', 'absent'] as const) : (['absent', 'hidden'] as const);
      const seen: Partial<Record<'hidden' | 'absent', Awaited<ReturnType<typeof attempt>>>> = {};
      for (const which of order) {
        const [digest, from] = which === 'hidden' ? hidden : absent;
        seen[which] = await attempt(as, digest, from);
        times[which].push(seen[which].ms);
        work[which].push(seen[which].sql.join('\n'));
      }
      expect(seen.hidden?.status).toBe(202);
      expect(seen.hidden?.text).toBe(seen.absent?.text); // status line, headers in their order, body
    }
    // The same work, which is the sound half of the comparison of times.
    expect(commonest(work.hidden)).toBe(commonest(work.absent));
    expect(commonest(work.hidden)).toContain('INSERT INTO uploads');
    // Nor is it asked who has the blob: to judge each of them would take the longer the more there are.
    expect(commonest(work.hidden)).not.toMatch(/SELECT repository_name/);
    const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length / 2] ?? 0;
    const [there, not] = [median(times.hidden), median(times.absent)];
    // Generous, since the machine is shared: a look at 60 repositories or at a file would be more.
    expect(Math.abs(there - not), `${there.toFixed(2)} and ${not.toFixed(2)} ms`).toBeLessThan(0.5 * not + 2);
  });

  it('is no more telling than a HEAD, which does the same work for a blob of others as for none', async () => {
    const as = await loot.token(everything('team/mine').slice(1));
    const head = async (repository: string, digest: string) => {
      const seen: string[] = [];
      for (let i = 0; i < 5; i++) {
        statements.take();
        const answer = await registry.ask('HEAD', `/v2/${repository}/blobs/${digest}`, { as });
        seen.push([comparable(answer, digest, repository), ...statements.take()].join('\n'));
      }
      return commonest(seen);
    };
    const own = await head('team/mine', layer);
    expect(own).toMatch(/^404 /);
    expect(own).toBe(await head('team/mine', UNKNOWN));
    const refused = await head(SECRET, layer);
    expect(refused).toMatch(/^401 [^\n]*$/); // nothing was looked up
    expect(refused).toBe(await head(ABSENT, UNKNOWN));
  });

  it('from another registry of the same site is none, even for the admin of both', async () => {
    const headers = {
      Host: 'another.azsacr.local.holdfast.internal',
      Authorization: basic('another', loot.otherRegistryPassword),
    };
    const path = `/v2/team/mine/blobs/uploads/?mount=${layer}`;
    for (const from of [`&from=${SECRET}`, '']) {
      expect((await registry.ask('POST', path + from, { as: 'none', headers })).status).toBe(202);
    }
  });

  it('works for who may pull, so the test above tests something', async () => {
    const as = await loot.token(everything('team/mine', SECRET).slice(1));
    expect((await mount(as, layer, SECRET)).status).toBe(201);
    expect((await registry.ask('DELETE', `/v2/team/mine/blobs/${layer}`)).status).toBe(202);
  });
});

describe('A08: a token for one repository', () => {
  const VARIANTS = [
    'team/secret/b',
    'team/Secret',
    'TEAM/SECRET',
    'team%2fsecret%2fb',
    'team/secret/../other',
    'team/../team/secret',
    './team/secret',
    'team/secret/',
    '/team/secret',
    'team//secret',
    'te%D0%B0m/secret',
    'team/secret%00',
    'team/secret%20',
    'team/secret;x',
    'team/secret%2f',
    'team/secret%2e',
    'team/secret%2f..%2fsecret',
    'team%5csecret',
    'team/secre%74/x',
    'ｔeam/secret',
    'team/secret%0a',
    'team',
    'secret',
  ];
  it.each(VARIANTS)('opens nothing else: %s', async (variant) => {
    const as = await loot.token(everything('team/secret').slice(1));
    const raw = Buffer.from(variant).toString('latin1'); // as the bytes of UTF-8, without Node's encoding
    for (const [method, tail] of [
      ['GET', 'manifests/latest'],
      ['GET', `blobs/${layer}`],
      ['GET', 'tags/list'],
      ['PUT', 'manifests/x'],
      ['POST', 'blobs/uploads/'],
      ['DELETE', 'manifests/latest'],
    ]) {
      const connection = await registry.raw();
      await connection.write(
        Buffer.from(
          `${method} /v2/${raw}/${tail} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${as}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
          'latin1',
        ),
      );
      const answer = await connection.answer();
      connection.close();
      expect([400, 401, 404], `${method} ${variant}/${tail}`).toContain(answer.status);
      expect(['NAME_INVALID', 'UNAUTHORIZED', 'UNSUPPORTED']).toContain(envelopeOf(answer));
    }
  });

  it('opens that one', async () => {
    const as = await loot.token(everything('team/secret').slice(1));
    expect((await registry.ask('GET', '/v2/team/secret/manifests/latest', { as })).status).toBe(200);
  });
});

describe('afterwards', () => {
  it('the log of activities names the sessions that were tried with the wrong repository', async () => {
    const dataDir = registry.dataDir;
    const connection = registry;
    await connection.restart(); // the log is read through a second store, which wants the first one's writes on disk
    const entries = await readAudit(dataDir, loot.registryId);
    const refused = entries.filter((entry) => entry.action === 'upload.use' && entry.target === session);
    expect(refused.length).toBeGreaterThanOrEqual(4);
    expect(refused.every((entry) => entry.outcome === 'refused')).toBe(true);
  });
});
