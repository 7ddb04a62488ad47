import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AzureSite, startAzureSite } from '../support/azure-site.ts';
import { CommandLine } from '../support/command-line.ts';

let site: AzureSite;
let cli: CommandLine;
let host: string;
beforeAll(async () => {
  site = await startAzureSite();
  host = new URL(site.http).host;
  cli = new CommandLine();
  const { appId, password } = site.bootstrap.servicePrincipal;
  await cli.text('login', '--server', site.http, '--service-principal', '-u', appId, '-p', password);
});
afterAll(async () => {
  cli.remove();
  expect(site.problems).toEqual([]);
  await site.stop();
});

const NOBODY = '00000000-0000-0000-0000-000000000000';
/** Whether a name and a password sign in to the registry. */
async function signsIn(username: string, password: string): Promise<boolean> {
  const Authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return (await site.ask('GET', '/v2/', { as: 'none', headers: { Authorization } })).status === 200;
}
const dockerFile = () =>
  JSON.parse(readFileSync(join(cli.home, 'docker/config.json'), 'utf8')) as {
    auths?: Record<string, { auth: string }>;
    credHelpers?: Record<string, string>;
  };

describe('holdfast acr login', () => {
  it("puts a token that signs in into Docker's file and into Podman's, if it is used", async () => {
    mkdirSync(join(cli.home, 'podman'));
    writeFileSync(join(cli.home, 'podman/auth.json'), '{"auths":{"other":{"auth":"eDp5"}}}');
    expect(await cli.text('acr', 'login', '-n', 'registry')).toBe('Login Succeeded\n');
    const podman = JSON.parse(readFileSync(join(cli.home, 'podman/auth.json'), 'utf8')) as {
      auths: Record<string, { auth: string }>;
    };
    expect(Object.keys(podman.auths)).toEqual(['other', host]);
    for (const { auth } of [dockerFile().auths?.[host], podman.auths[host]].map((entry) => entry ?? { auth: '' })) {
      const [username = '', password = ''] = Buffer.from(auth, 'base64').toString().split(':');
      expect([username, await signsIn(username, password)]).toEqual([NOBODY, true]);
    }
    expect(statSync(join(cli.home, 'docker/config.json')).mode & 0o777).toBe(0o600);
  });

  it('takes the admin user, and writes nothing when its password is wrong', async () => {
    const { username, password } = site;
    const before = dockerFile();
    const wrong = await cli.run('acr', 'login', '-n', host, '-u', username, '-p', 'wrong', '--into', 'docker');
    expect([wrong.status, wrong.stdout, dockerFile()]).toEqual([1, '', before]);
    await cli.text('acr', 'login', '-n', host, '-u', username, '-p', password, '--into', 'docker');
    expect(Buffer.from(dockerFile().auths?.[host]?.auth ?? '', 'base64').toString()).toBe(`${username}:${password}`);
  });

  it('exposes the token instead, as az does', async () => {
    const shown = await cli.json<Record<string, string>>('acr', 'login', '-n', 'registry', '--expose-token');
    expect(shown).toEqual({
      loginServer: host,
      username: NOBODY,
      accessToken: shown.refreshToken,
      refreshToken: shown.accessToken,
    });
    expect(await signsIn(NOBODY, shown.refreshToken ?? '')).toBe(true);
    expect((await cli.run('acr', 'login', '-n', 'registry', '--expose-token', '-u', 'x', '-p', 'y')).status).toBe(2);
  });

  it('lets Docker ask the helper', async () => {
    await cli.text('acr', 'login', '-n', 'registry', '--helper', '--into', 'docker');
    expect(dockerFile()).toEqual({ auths: {}, credHelpers: { [host]: 'holdfast' } });
  });
});

describe('a registry that is none of the site', () => {
  /** Answers like a registry, with the token service that it is given, and keeps what it was sent. */
  async function startStranger(realm: (own: string) => string) {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''} ${body}`);
        response.setHeader(
          'WWW-Authenticate',
          `Bearer realm="${realm(`http://${request.headers.host}`)}/oauth2/token",service="x"`,
        );
        response.writeHead(401).end('{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return { host: `127.0.0.1:${port}`, seen, stop: () => new Promise((resolve) => server.close(resolve)) };
  }

  it('gets no token of the site, whichever command is pointed at it', async () => {
    const stranger = await startStranger((own) => own);
    try {
      const { host: there } = stranger;
      for (const args of [
        ['acr', 'repository', 'list', '-n', there],
        ['acr', 'login', '-n', there],
        ['ls', there],
      ]) {
        expect((await cli.run(...args)).status, args.join(' ')).not.toBe(0);
      }
      await cli.start(['get'], { input: there, program: 'docker-credential-holdfast' }).ended;
      expect(stranger.seen.length).toBeGreaterThan(0);
      for (const line of stranger.seen) expect(line).not.toMatch(/ey[\w-]{10}|Bearer|Basic|exchange/);
    } finally {
      await stranger.stop();
    }
  });

  it('cannot have a password sent to a third', async () => {
    const third = await startStranger((own) => own);
    const stranger = await startStranger(() => `http://localhost:${third.host.split(':')[1]}`);
    try {
      for (const args of [
        ['acr', 'repository', 'list', '-n', stranger.host],
        ['ls', stranger.host],
      ]) {
        const { status, stderr } = await cli.run(...args, '-u', 'me', '-p', 'my-secret');
        expect([status, stderr], args.join(' ')).toEqual([1, expect.stringMatching(/another's|not sent/)]);
      }
      expect(third.seen).toEqual([]);
      expect(stranger.seen.join()).not.toContain('my-secret');
    } finally {
      await stranger.stop();
      await third.stop();
    }
  });
});

describe('docker-credential-holdfast', () => {
  const ask = (verb: string, input: string) =>
    cli.start([verb], { input, program: 'docker-credential-holdfast' }).ended;

  it('gives a token that signs in for a registry of the site, with and without https://', async () => {
    for (const server of [host, `https://${host}`, `https://${host}/v2/`]) {
      const { status, stdout } = await ask('get', server);
      const { ServerURL, Username, Secret } = JSON.parse(stdout) as Record<string, string>;
      expect([status, ServerURL, Username, await signsIn(Username ?? '', Secret ?? '')]).toEqual([
        0,
        host,
        NOBODY,
        true,
      ]);
    }
  });

  it('knows nothing of others, in the words that docker looks for', async () => {
    expect(await ask('get', 'docker.io')).toMatchObject({
      status: 1,
      stdout: 'credentials not found in native keychain\n',
    });
  });

  it('lists the registries, forgets without complaint, and stores nothing', async () => {
    const { stdout } = await ask('list', '');
    expect(JSON.parse(stdout)).toEqual({ [site.bootstrap.registry.loginServer]: NOBODY });
    expect(await ask('erase', host)).toMatchObject({ status: 0, stdout: '' });
    const stored = await ask('store', JSON.stringify({ ServerURL: host, Username: 'x', Secret: 'secret-word' }));
    expect([stored.status, stored.stderr]).toEqual([1, expect.stringContaining('holdfast login')]);
    expect(stored.stderr).not.toContain('secret-word');
    expect((await ask('jump', '')).status).toBe(2);
  });
});

describe('holdfast-credential-provider', () => {
  // What kubelet writes, byte for byte: kubernetes/pkg/credentialprovider/plugin/plugin_test.go, TestEncodeRequest.
  const recorded = (version: string, image: string) =>
    `{"kind":"CredentialProviderRequest","apiVersion":"credentialprovider.kubelet.k8s.io/${version}","image":"${image}"}\n`;
  const ask = (input: string) => cli.start([], { input, program: 'holdfast-credential-provider' }).ended;

  it.each(['v1', 'v1beta1', 'v1alpha1'])('answers kubelet in %s with a token that signs in', async (version) => {
    const { status, stdout } = await ask(recorded(version, `${host}/team/app:v1`));
    const answer = JSON.parse(stdout) as {
      auth: Record<string, { username: string; password: string }>;
      cacheDuration: string;
    };
    expect([status, answer]).toEqual([
      0,
      {
        kind: 'CredentialProviderResponse',
        apiVersion: `credentialprovider.kubelet.k8s.io/${version}`,
        cacheKeyType: 'Registry',
        // Half of the three hours that a refresh token lives, in the form of a Go duration.
        cacheDuration: expect.stringMatching(/^5[34]\d\ds$/),
        auth: { [host]: { username: NOBODY, password: expect.stringMatching(/^ey/) } },
      },
    ]);
    expect(await signsIn(NOBODY, answer.auth[host]?.password ?? '')).toBe(true);
  });

  it('has nothing for images of others, and does not remember that', async () => {
    const { status, stdout } = await ask(recorded('v1', 'docker.io/library/alpine:3'));
    expect([status, JSON.parse(stdout)]).toMatchObject([0, { auth: {}, cacheDuration: '0s' }]);
  });

  it('refuses what is no request, and versions that it does not know', async () => {
    for (const input of ['', '{', '{}', recorded('v1', 'x').replace('Request', 'Response'), recorded('v2', 'x')]) {
      const { status, stdout, stderr } = await ask(input);
      expect([status, stdout, stderr.startsWith('ERROR: ')], input).toEqual([2, '', true]);
    }
  });
});
