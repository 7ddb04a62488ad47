import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dockerFile, findCredentials, hasPodman, podmanFile, storeCredentials, useHelper } from './auth-files.ts';

let folder: string;
let path: string;
let oldPath: string | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-auth-'));
  path = join(folder, 'config.json');
  oldPath = process.env.PATH;
  process.env.PATH = `${folder}:${oldPath}`;
});
afterEach(() => {
  process.env.PATH = oldPath;
  rmSync(folder, { recursive: true });
});

const host = 'my.azsacr.local.example:5443';
const credentials = { username: 'me', password: 'with:colon' };
const content = () => JSON.parse(readFileSync(path, 'utf8')) as unknown;
/** A credential store that keeps what it is given in a file, and says so. */
function installHelper(): void {
  const script = `#!/bin/sh\ncase $1 in store) cat >'${folder}/stored' ;; get) cat >/dev/null; cat '${folder}/stored' ;; esac\n`;
  writeFileSync(join(folder, 'docker-credential-kept'), script);
  chmodSync(join(folder, 'docker-credential-kept'), 0o755);
}

describe("Docker's and Podman's files", () => {
  it('are where these look for them', () => {
    const env = { HOME: '/home/me', XDG_RUNTIME_DIR: '/run/user/1000' };
    expect(dockerFile({ env, platform: 'linux' })).toBe('/home/me/.docker/config.json');
    expect(dockerFile({ env: { ...env, DOCKER_CONFIG: '/d' }, platform: 'linux' })).toBe('/d/config.json');
    expect(podmanFile({ env, platform: 'linux' })).toBe('/run/user/1000/containers/auth.json');
    expect(podmanFile({ env, platform: 'darwin' })).toBe('/home/me/.config/containers/auth.json');
    expect(podmanFile({ env: { ...env, REGISTRY_AUTH_FILE: '/a.json' }, platform: 'linux' })).toBe('/a.json');
  });

  it('tell whether Podman is used: by its file or its program', async () => {
    const env = { PATH: folder, REGISTRY_AUTH_FILE: path };
    expect(await hasPodman({ env, platform: 'linux' })).toBe(false);
    writeFileSync(join(folder, 'podman'), '');
    expect(await hasPodman({ env, platform: 'linux' })).toBe(true);
  });

  it('get the password beside what they hold, for their owner alone', async () => {
    writeFileSync(path, JSON.stringify({ auths: { other: { auth: 'eDp5' } }, proxies: { a: 1 } }), { mode: 0o644 });
    await storeCredentials(path, host, credentials);
    expect(content()).toEqual({
      auths: { other: { auth: 'eDp5' }, [host]: { auth: Buffer.from('me:with:colon').toString('base64') } },
      proxies: { a: 1 },
    });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await findCredentials(path, host)).toEqual(credentials);
    expect(await findCredentials(path, 'other')).toEqual({ username: 'x', password: 'y' });
    expect(await findCredentials(path, 'nobody')).toBeUndefined();
  });

  it('that are links stay links', async () => {
    const real = join(folder, 'real.json');
    writeFileSync(real, '{}');
    symlinkSync(real, path);
    await storeCredentials(path, host, credentials);
    expect(JSON.parse(readFileSync(real, 'utf8'))).toHaveProperty('auths');
  });

  it('that name a store get no password: the store does', async () => {
    installHelper();
    writeFileSync(path, JSON.stringify({ credsStore: 'kept' }));
    await storeCredentials(path, host, credentials);
    expect(content()).toEqual({ credsStore: 'kept', auths: { [host]: {} } });
    expect(JSON.parse(readFileSync(join(folder, 'stored'), 'utf8'))).toEqual({
      ServerURL: host,
      Username: 'me',
      Secret: 'with:colon',
    });
    expect(await findCredentials(path, host)).toEqual(credentials);
  });

  it('whose store is not there fail, and stay as they were', async () => {
    writeFileSync(path, JSON.stringify({ credsStore: 'missing' }));
    await expect(storeCredentials(path, host, credentials)).rejects.toThrow(/docker-credential-missing/);
    expect(content()).toEqual({ credsStore: 'missing' });
  });

  it('can ask a helper for one registry; a password that was there goes', async () => {
    await storeCredentials(path, host, credentials);
    await useHelper(path, host, 'holdfast');
    expect(content()).toEqual({ auths: {}, credHelpers: { [host]: 'holdfast' } });
  });

  it('that are broken are left alone', async () => {
    writeFileSync(path, '{"auths":');
    await expect(storeCredentials(path, host, credentials)).rejects.toThrow(/is no JSON/);
    expect(readFileSync(path, 'utf8')).toBe('{"auths":');
  });
});
