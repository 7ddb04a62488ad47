import { afterAll, beforeAll, expect, it } from 'vitest';
import { FakeClock } from '../../apps/registry/src/platform/clock.ts';
import { startRegistry, type TestRegistry } from '../support/start-registry.ts';
import { envelopeOf } from './support/answers.ts';

const LIMIT = 5;
const clock = new FakeClock(new Date());
let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry({ config: `uploads: { perPrincipal: ${LIMIT} }`, clock });
});
afterAll(async () => {
  expect(registry.problems).toEqual([]);
  await registry.stop();
});

async function openAll(): Promise<string[]> {
  const locations: string[] = [];
  for (let i = 0; i < LIMIT; i++) {
    const answer = await registry.ask('POST', '/v2/a/blobs/uploads/');
    expect(answer.status).toBe(202);
    locations.push(answer.header('Location') ?? '');
  }
  const more = await registry.ask('POST', '/v2/a/blobs/uploads/');
  expect([more.status, envelopeOf(more), more.header('Retry-After')]).toEqual([429, 'TOOMANYREQUESTS', '5']);
  return locations;
}

it('A24: who waits until its sessions no longer count, and opens as many again, still may not use them all', async () => {
  const old = await openAll();
  clock.advance(11 * 60_000);
  const young = await openAll();
  for (const location of old) {
    const refused = await registry.ask('PATCH', location, { body: 'x' });
    expect([refused.status, envelopeOf(refused)]).toEqual([429, 'TOOMANYREQUESTS']);
    expect((await registry.ask('GET', location)).header('Holdfast-Upload-Offset')).toBe('0');
  }
  expect((await registry.ask('PATCH', young[0] ?? '', { body: 'x' })).status).toBe(202);
  expect((await registry.ask('DELETE', young[1] ?? '')).status).toBe(204);
  const [first = '', second = ''] = old;
  expect((await registry.ask('PATCH', first, { body: 'x' })).status).toBe(202); // there is a place again
  expect((await registry.ask('PATCH', second, { body: 'x' })).status).toBe(429);
  expect((await registry.ask('PATCH', first, { body: 'y' })).status).toBe(202); // it has its place now
  expect((await registry.ask('DELETE', second)).status).toBe(204); // who gives up is never refused
});
