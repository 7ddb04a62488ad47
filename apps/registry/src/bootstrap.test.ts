import { mkdirSync, mkdtempSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../test/support/start-registry.ts';
import { bootstrapPath, bootstrapSite, forgetBootstrap, readBootstrap } from './bootstrap.ts';
import { AdminUsers } from './identity/admin-user.ts';
import { Directory } from './identity/directory.ts';
import { PasswordHasher } from './identity/passwords.ts';
import { createSecretBox } from './identity/sealed-secrets.ts';
import { openMemoryMetadataStore } from './metadata/sqlite/open.ts';
import { FakeClock } from './platform/clock.ts';
import { systemIds } from './platform/ids.ts';

const AZURE_CLI = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';

async function signIn(registry: TestRegistry, form: Record<string, string>): Promise<number> {
  const file = await readBootstrap(registry.dataDir);
  const scope = `${file?.endpoints.management ?? registry.bootstrap.endpoints.management}/audience/.default`;
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams({ scope, ...form }).toString();
  return (await registry.ask('POST', '/adfs/oauth2/token', { as: 'none', headers, body })).status;
}
const asOwner = ({ owner }: TestRegistry['bootstrap']) => ({ grant_type: 'password', client_id: AZURE_CLI, ...owner });
const asRobot = ({ servicePrincipal: { appId, password } }: TestRegistry['bootstrap']) => ({
  grant_type: 'client_credentials',
  client_id: appId,
  client_secret: password,
});

describe('the first start', () => {
  it('makes an owner, an operator and a service principal whose passwords work, in a file for one pair of eyes', async () => {
    const registry = await startRegistry();
    const { bootstrap } = registry;
    expect(statSync(bootstrapPath(registry.dataDir)).mode & 0o777).toBe(0o600);
    expect(bootstrap.owner.username).toBe(`owner@${bootstrap.domain}`);
    expect(bootstrap.operator.username).toBe(`operator@${bootstrap.domain}`);
    expect(bootstrap.endpoints.management).toMatch(/^http:\/\/management\.local\.holdfast\.internal:\d+$/);
    expect(await signIn(registry, asOwner(bootstrap))).toBe(200);
    expect(await signIn(registry, { ...asOwner(bootstrap), ...bootstrap.operator })).toBe(200);
    expect(await signIn(registry, asRobot(bootstrap))).toBe(200);
    await registry.stop();
  });

  it('is made once: later ones keep accounts and passwords, follow the port, and bring back nothing that was forgotten', async () => {
    const registry = await startRegistry();
    await registry.restart();
    const { endpoints, registry: own, ...kept } = (await readBootstrap(registry.dataDir)) ?? registry.bootstrap;
    expect(registry.bootstrap).toMatchObject(kept);
    expect(endpoints.management).not.toBe(registry.bootstrap.endpoints.management);
    expect(own.loginServer.split(':')[1]).toBe(endpoints.management.split(':')[2]);
    expect(await signIn(registry, asOwner(registry.bootstrap))).toBe(200);
    await forgetBootstrap(registry.dataDir);
    await registry.restart();
    expect(await readBootstrap(registry.dataDir)).toBeUndefined();
    await registry.stop();
  });

  it('that ended between the accounts and their file is finished by the next one: no password is lost', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
    const [metadata, clock, ids] = [openMemoryMetadataStore(), new FakeClock(), systemIds];
    await metadata.migrate();
    const box = createSecretBox(ids.bytes(32), ids);
    const adminUsers = new AdminUsers({ store: metadata, box, clock, ids });
    const hasher = new PasswordHasher({ ids, atATime: 2 });
    const directory = new Directory({ metadata, hasher, clock, ids });
    const site = {
      dataDir,
      domain: 'local.test',
      region: 'local',
      loginServer: 'registry.azsacr.local.test',
      endpoints: { management: 'https://management.local.test', portal: 'https://portal.local.test' },
      caCertificate: undefined,
    };
    const start = () => bootstrapSite({ metadata, adminUsers, directory, box, clock, ids }, site);
    mkdirSync(bootstrapPath(dataDir)); // so that the file cannot be put there
    await expect(start()).rejects.toThrow();
    const made = await metadata.read.users.byUpn('owner@local.test');
    rmdirSync(bootstrapPath(dataDir));
    await start();
    const file = await readBootstrap(dataDir);
    const row = await metadata.read.users.byUpn(file?.owner.username ?? '');
    expect(row).toEqual(made);
    expect(await hasher.verify(file?.owner.password ?? '', row?.passwordHash ?? '')).toBe(true);
    // Once they are handed over, the store forgets them.
    expect(await metadata.read.settings.get('bootstrapSecrets')).toBe('');
    await metadata.close();
    rmSync(dataDir, { recursive: true });
  });
});
