import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { signInClient } from '../attacks/support/sign-in.ts';
import { type AzureSite, startAzureSite } from '../support/azure-site.ts';
import { CommandLine } from '../support/command-line.ts';

let site: AzureSite;
let cli: CommandLine;
beforeAll(async () => {
  site = await startAzureSite();
});
afterAll(async () => {
  expect(site.problems).toEqual([]);
  await site.stop();
});
beforeEach(() => {
  cli = new CommandLine();
});
afterEach(() => cli.remove());

const profilePath = () => join(cli.home, 'config/profile.json');
const profile = () =>
  JSON.parse(readFileSync(profilePath(), 'utf8')) as Record<string, never> & {
    tokens: object;
    user: { refreshToken?: string };
  };
const robotLogin = () => {
  const { appId, password } = site.bootstrap.servicePrincipal;
  return ['login', '--server', site.http, '--service-principal', '-u', appId, '-p', password, '--tenant', 'any'];
};
const ownerLogin = (password = site.bootstrap.owner.password) =>
  cli.start(['login', '--server', site.http, '-u', site.bootstrap.owner.username], { input: `${password}\n` }).ended;

describe('holdfast login', () => {
  it('signs a service principal in, keeps it for its owner alone, and says nothing secret', async () => {
    const { status, stdout, stderr } = await cli.run(...robotLogin());
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual([
      expect.objectContaining({
        id: site.bootstrap.subscriptionId,
        isDefault: true,
        user: { name: site.bootstrap.servicePrincipal.appId, type: 'servicePrincipal' },
      }),
    ]);
    expect(statSync(profilePath()).mode & 0o777).toBe(0o600);
    expect(statSync(join(cli.home, 'config')).mode & 0o777).toBe(0o700);
    for (const args of [
      ['account', 'show'],
      ['acr', 'list'],
    ]) {
      expect(await cli.text(...args)).not.toContain(site.bootstrap.servicePrincipal.password);
    }
  });

  it('signs a person in by a password on stdin, and goes on with the refresh token when the token ends', async () => {
    expect((await ownerLogin()).status).toBe(0);
    const before = profile();
    expect(JSON.stringify(before)).not.toContain(site.bootstrap.owner.password);
    writeFileSync(profilePath(), JSON.stringify({ ...before, tokens: {} }));
    expect(await cli.json('acr', 'list', '--query', '[].name')).toEqual(['registry']);
    const after = profile();
    expect(Object.keys(after.tokens)).toHaveLength(1);
    expect(after.user.refreshToken).not.toBe(before.user.refreshToken);
    expect(statSync(profilePath()).mode & 0o777).toBe(0o600);
  });

  it('signs a person in by a code that is typed in elsewhere', async () => {
    const running = cli.start(['login', '--server', site.http]);
    const said = async (): Promise<string> => {
      for (;;) {
        const code = /\b([A-Z]{4}-[A-Z]{4})\b/.exec(running.told.stderr)?.[1];
        if (code) return code;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    const user_code = await said();
    const path = '/adfs/oauth2/deviceauth';
    const { post } = signInClient(site);
    const page = await site.ask('GET', path, { as: 'none' });
    const headers = { Cookie: (page.header('Set-Cookie') ?? '').split(';')[0] ?? '' };
    const formOf = (text: string) => /name="form" value="([^"]+)"/.exec(text)?.[1] ?? '';
    const { username, password } = site.bootstrap.owner;
    const confirm = await post(path, { form: formOf(page.text), username, password, user_code }, headers);
    await post(path, { form: formOf(confirm.text), answer: 'yes' }, headers);
    const { status, stdout } = await running.ended;
    expect([status, (JSON.parse(stdout) as { user: object }[])[0]?.user]).toEqual([
      0,
      { name: username, type: 'user' },
    ]);
    expect(await cli.json('acr', 'list', '--query', '[].name')).toEqual(['registry']);
  });

  it('keeps nothing of a sign-in that failed', async () => {
    const wrong = await ownerLogin('wrong');
    expect([wrong.status, wrong.stdout]).toEqual([1, '']);
    expect(wrong.stderr).toMatch(/^ERROR: .*password/i);
    expect(existsSync(profilePath())).toBe(false);
    const robot = await cli.run(
      ...robotLogin().map((word) => (word === site.bootstrap.servicePrincipal.password ? 'x' : word)),
    );
    expect([robot.status, existsSync(profilePath())]).toEqual([1, false]);
  });

  it('sends no password in clear to another machine, and says where nothing is', async () => {
    const plain = await cli.run('login', '--server', 'http://192.0.2.1', '-u', 'x', '-p', 'y');
    expect([plain.status, plain.stderr]).toEqual([2, expect.stringContaining('plain HTTP')]);
    const nobody = await cli.run('login', '--server', 'https://127.0.0.1:2', '-u', 'x', '-p', 'y');
    expect([nobody.status, nobody.stderr]).toEqual([1, expect.stringContaining('ECONNREFUSED')]);
    expect((await cli.run('login', '-u', 'x', '-p', 'y')).status).toBe(2);
  });

  it('is forgotten by logout', async () => {
    await cli.text(...robotLogin());
    await cli.text('logout');
    expect(existsSync(profilePath())).toBe(false);
    const after = await cli.run('acr', 'list');
    expect([after.status, after.stderr]).toEqual([1, expect.stringContaining("run 'holdfast login'")]);
  });

  it('is not needed beside credentials in the environment, which write nothing', async () => {
    const { appId, password } = site.bootstrap.servicePrincipal;
    Object.assign(cli.env, { HOLDFAST_SERVER: site.http, HOLDFAST_CLIENT_ID: appId, HOLDFAST_CLIENT_SECRET: password });
    expect(await cli.json('acr', 'show', '-n', 'registry', '--query', 'name')).toBe('registry');
    expect(existsSync(profilePath())).toBe(false);
  });

  it('counts at the next command when the right is taken away', async () => {
    const robot = await site.robot('AcrPull', site.group);
    await cli.text('login', '--server', site.http, '--service-principal', '-u', robot.appId, '-p', robot.secret);
    expect((await cli.run('acr', 'repository', 'list', '-n', 'registry')).status).toBe(0);
    const assignments = `${site.group}/providers/Microsoft.Authorization/roleAssignments`;
    const found = (await site.arm('GET', assignments)).json<{
      value: { id: string; properties: { principalId: string } }[];
    }>();
    const [own] = found.value.filter(({ properties }) => properties.principalId === robot.objectId);
    await site.arm('DELETE', own?.id ?? '');
    expect((await cli.run('acr', 'repository', 'list', '-n', 'registry')).status).toBe(1);
  });
});

describe('the certificate of the site', () => {
  it('that is none is refused', async () => {
    mkdirSync(join(cli.home, 'config'), { recursive: true });
    writeFileSync(join(cli.home, 'ca.pem'), 'no certificate');
    const { status, stderr } = await cli.run('acr', 'list', '--ca', join(cli.home, 'ca.pem'));
    expect([status, stderr]).toEqual([2, expect.stringContaining('PEM')]);
    expect((await cli.run('acr', 'list', '--ca', '/nowhere')).status).toBe(2);
  });

  it('is remembered by login, so that later commands need no --ca', async () => {
    const secure = await startAzureSite({ https: true });
    try {
      const { appId, password } = secure.bootstrap.servicePrincipal;
      const login = ['login', '--server', secure.https ?? '', '--service-principal', '-u', appId, '-p', password];
      const untrusted = await cli.run(...login);
      expect([untrusted.status, untrusted.stderr]).toEqual([1, expect.stringContaining('--ca FILE')]);
      await cli.text(...login, '--ca', join(secure.dataDir, 'tls/ca.pem'));
      expect(await cli.json('acr', 'repository', 'list', '-n', 'registry')).toEqual([]);
    } finally {
      await secure.stop();
    }
  });
});
