import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startRegistry } from '../support/start-registry.ts';
import { envelopeOf } from './support/answers.ts';
import { newFolder, startProcess } from './support/process.ts';
import { basic } from './support/workbench.ts';

// A46: what a site that nobody configured shows to strangers. Its passwords and their files are in process.test.ts.

const folder = newFolder();
afterAll(() => folder.remove());

const STRANGER = { 'X-Forwarded-For': '203.0.113.9' };

describe('A46: a stranger', () => {
  it('reads /metrics with the token for it only, and otherwise it is an address like any unknown one', async () => {
    const token = 'scraper-0123456789abcdef';
    const file = join(folder.path, 'scraper');
    writeFileSync(file, token);
    const registry = await startRegistry({ config: `proxies: [127.0.0.1]\nmetrics: { token: { file: ${file} } }` });
    const ask = (target: string, headers: Record<string, string>) =>
      registry.ask('GET', target, { as: 'none', headers: { ...STRANGER, ...headers } });
    for (const Authorization of [
      'Bearer wrong',
      `Bearer ${token}x`,
      `Bearer ${token.slice(0, -1)}`,
      basic('x', token),
      registry.basic,
    ]) {
      const answer = await ask('/metrics', { Authorization });
      const unknown = await ask('/nowhere', { Authorization });
      expect([answer.status, envelopeOf(answer)], Authorization).toEqual([unknown.status, envelopeOf(unknown)]);
      expect(answer.text).not.toContain('holdfast_');
    }
    expect((await ask('/metrics', {})).status).toBe(404);
    const allowed = await ask('/metrics', { Authorization: `Bearer ${token}` });
    expect([allowed.status, allowed.text.includes('holdfast_http_requests_total')]).toEqual([200, true]);
    expect(allowed.text).not.toContain(token);
    await registry.stop();
  });

  it('finds no profiler, no dump and no debugger, signed in or not', async () => {
    const registry = await startRegistry();
    for (const target of [
      '/debug/pprof/',
      '/debug/vars',
      '/heapdump',
      '/json/list',
      '/actuator/env',
      '/.env',
      '/report',
    ]) {
      for (const as of ['none', 'admin']) expect((await registry.ask('GET', target, { as })).status, target).toBe(404);
    }
    await registry.stop();
  });

  it('may not show a password over plain HTTP that came from elsewhere: TLS is on, or a proxy is named', async () => {
    const registry = await startRegistry();
    const headers = { ...STRANGER, Authorization: registry.basic };
    for (const target of ['/v2/', '/oauth2/token?service=x']) {
      const answer = await registry.ask('GET', target, { as: 'none', headers });
      expect([answer.status, envelopeOf(answer)], target).toEqual([401, 'UNAUTHORIZED']);
      expect(answer.text).toContain('Credentials are not accepted over plain HTTP');
      expect(answer.text).not.toContain('access_token');
    }
    await registry.stop();
  });
});

describe('A46: a start that fails', () => {
  it('shows no secret, whatever file is broken', async () => {
    const dataDir = join(folder.path, 'broken');
    const first = await startProcess({ dataDir });
    const { password } = first;
    first.child.kill('SIGTERM');
    await first.exited;
    const key = readFileSync(join(dataDir, 'secrets', 'master.key'));
    const secrets = [password, key.toString('utf8').trim(), key.toString('hex'), key.toString('base64')];
    const damages: [string, string | Buffer][] = [
      ['secrets/master.key', Buffer.concat([key.subarray(0, key.length - 4), Buffer.from('AAAA')])],
      ['secrets/master.key', 'no key at all'],
      ['metadata.db', Buffer.concat([Buffer.from(password), Buffer.alloc(5000, 1)])],
    ];
    for (const [name, bytes] of damages) {
      const path = join(dataDir, name);
      const before = readFileSync(path);
      writeFileSync(path, bytes);
      const failed: unknown = await startProcess({ dataDir }).catch((error: unknown) => error);
      expect(failed, name).toBeInstanceOf(Error);
      const { message } = failed as Error; // it has all of stderr
      expect(message.length).toBeGreaterThan(60);
      for (const secret of secrets) expect(message.includes(secret), name).toBe(false);
      writeFileSync(path, before);
    }
    const again = await startProcess({ dataDir });
    again.child.kill('SIGTERM');
    expect((await again.exited).code).toBe(0);
  });
});
