import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawConnection } from '../../../../test/support/http-client.ts';
import { startRegistry, type TestRegistry } from '../../../../test/support/start-registry.ts';
import { expectError, newBytes } from '../distribution/test-content.ts';
import { Station, type ToldFile } from './test-station.ts';

let site: TestRegistry;
let to: Station;
beforeAll(async () => {
  site = await startRegistry();
  to = new Station(site);
}, 60_000);
afterAll(async () => {
  expect(site.problems).toEqual([]);
  await site.stop();
});

/** The same numbers for the same seed. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('a file that is sent in chunks', () => {
  it('stands where its last whole chunk ended, also after a restart, and refuses what does not follow', async () => {
    const bytes = newBytes(10_000);
    const id = await to.start(bytes.length, { kind: 'archive' });
    expect((await to.send(id, bytes.subarray(0, 4000))).header('Holdfast-Upload-Offset')).toBe('4000');
    await site.restart();
    const head = await to.ask('HEAD', `/_files/${id}`);
    expect([head.status, head.header('Holdfast-Upload-Offset')]).toEqual([200, '4000']);
    const late = await to.send(id, bytes.subarray(5000), 5000);
    expect([late.status, late.header('Holdfast-Upload-Offset')]).toEqual([416, '4000']);
    expectError(await to.ask('POST', `/_files/${id}/_complete`), 409, 'UNSUPPORTED');
    expect((await to.send(id, Buffer.concat([bytes.subarray(4000), newBytes(1)]), 4000)).status).toBe(400);
    expect((await to.send(id, bytes.subarray(4000), 4000)).json()).toMatchObject({ offset: 10_000 });
    const wrong = { digest: `sha256:${'0'.repeat(64)}` };
    expectError(await to.ask('POST', `/_files/${id}/_complete`, wrong), 400, 'DIGEST_INVALID');
    expect((await to.ask('DELETE', `/_files/${id}`)).status).toBe(204);
    expect((await to.ask('GET', `/_files/${id}`)).status).toBe(404);
  });

  it.each([1, 2, 3, 4])(
    'has just the bytes that were acknowledged, whatever breaks off in between (seed %i)',
    async (seed) => {
      const next = random(seed);
      const bytes = newBytes(40_000);
      const id = await to.start(bytes.length, { kind: 'archive' });
      let acknowledged = 0;
      while (acknowledged < bytes.length) {
        const end = Math.min(acknowledged + 1 + next(9000), bytes.length);
        const what = next(5);
        if (what === 0) await cutOff(id, bytes.subarray(acknowledged, end), acknowledged, bytes.length);
        else if (what === 1) await site.restart();
        else if (what === 2) {
          const start = Math.max(0, acknowledged - 1 - next(100));
          if (start < acknowledged) expect((await to.send(id, bytes.subarray(start, end), start)).status).toBe(416);
        } else {
          const sent = await to.send(id, bytes.subarray(acknowledged, end), acknowledged);
          expect(sent.status, sent.text).toBe(200);
          acknowledged = end;
        }
        expect((await to.ask('GET', `/_files/${id}`)).json<ToldFile>().offset).toBe(acknowledged);
      }
      const { createHash } = await import('node:crypto');
      const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
      expect((await to.ask('POST', `/_files/${id}/_complete`, { digest })).json()).toMatchObject({ state: 'ready' });
      await to.ask('DELETE', `/_files/${id}`);
    },
  );
});

describe('a chunk of which an earlier sending is still being received', () => {
  it.each([
    ['goes on', true],
    ['goes on', false],
    ['stands still', true],
  ])('is kept once, whether that one %s (with a range: %s)', async (how, ranged) => {
    const bytes = newBytes(10_000);
    const id = await to.start(2 * bytes.length, { kind: 'archive' });
    const early = await sendHalf(id, bytes, ranged ? `bytes 0-9999/20000` : undefined);
    await sleep(50); // else it may be the other one that is seen first
    const headers = ranged ? { 'Content-Range': 'bytes 0-9999/20000' } : {};
    const again = to.ask('PATCH', `/_files/${id}`, undefined, { headers, body: bytes });
    await sleep(50);
    if (how === 'goes on') {
      await early.write(bytes.subarray(bytes.length / 2));
      expect((await early.answer()).status).toBe(200);
    }
    const { status, rawHeaders } = await again;
    expect([status, rawHeaders]).toEqual([200, expect.arrayContaining(['Holdfast-Upload-Offset', '10000'])]);
    early.close();
    expect((await to.ask('DELETE', `/_files/${id}`)).status).toBe(204);
  });
});

describe('a chunk whose bytes came by another connection meanwhile', () => {
  it('is answered although the connection closes', async () => {
    const bytes = newBytes(12_000_000);
    const id = await to.start(2 * bytes.length, { kind: 'archive' });
    const range = `bytes 0-${bytes.length - 1}/${2 * bytes.length}`;
    const early = await sendHalf(id, bytes, range);
    await sleep(50);
    const again = await announce(id, bytes.length, `Content-Range: ${range}\r\nConnection: close\r\n`);
    const sent = again.write(bytes);
    await sleep(50);
    await early.write(bytes.subarray(bytes.length / 2));
    expect((await early.answer()).status).toBe(200);
    await sent;
    expect((await again.answer()).status).toBe(200);
    await again.closed(); // and not reset
    early.close();
    await to.ask('DELETE', `/_files/${id}`);
  });
});

/** Announces a chunk and sends half of it. */
async function sendHalf(id: string, chunk: Uint8Array, range: string | undefined): Promise<RawConnection> {
  const connection = await announce(id, chunk.length, range === undefined ? '' : `Content-Range: ${range}\r\n`);
  const half = connection.write(chunk.subarray(0, chunk.length >> 1));
  if (chunk.length < 1_000_000) await half; // else nobody may read it yet
  return connection;
}

async function announce(id: string, length: number, lines: string): Promise<RawConnection> {
  const connection = await site.raw();
  await connection.write(
    `PATCH /holdfast/v1/_files/${id} HTTP/1.1\r\nHost: x\r\nAuthorization: ${site.basic}\r\n` +
      `${lines}Content-Length: ${length}\r\n\r\n`,
  );
  return connection;
}

async function cutOff(id: string, chunk: Uint8Array, start: number, size: number): Promise<void> {
  (await sendHalf(id, chunk, `bytes ${start}-${start + chunk.length - 1}/${size}`)).close();
}
