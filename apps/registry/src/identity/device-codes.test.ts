import { beforeEach, describe, expect, it } from 'vitest';
import { AUDIENCE, AZURE_CLI, CALLER, createSignInSite, type SignInSite } from './test-sign-in.ts';
import { DEVICE_GRANT } from './token-grants.ts';

let site: SignInSite;
beforeEach(async () => {
  site = await createSignInSite();
});
const ask = (source = '192.0.2.1') =>
  site.signIn.deviceCodes.issue({ clientId: AZURE_CLI, scope: `${AUDIENCE}/.default openid offline_access`, source });
const poll = (deviceCode: string, more: Record<string, string> = {}) =>
  site.grant({ grant_type: DEVICE_GRANT, client_id: AZURE_CLI, device_code: deviceCode, ...more });
const wait = (seconds: number) => site.clock.advance(seconds * 1000);
const approve = async (userCode: string) => {
  const row = await site.signIn.deviceCodes.pending(userCode);
  return site.signIn.deviceCodes.decide(row?.digest ?? '', site.owner);
};
const pending = { code: 'oauth.authorization-pending' };

describe('a device', () => {
  it('waits until a person says Yes, then signs in as that person, once', async () => {
    const { deviceCode, userCode } = await ask();
    await expect(poll(deviceCode)).rejects.toMatchObject(pending);
    expect(await approve(userCode)).toBe(true);
    wait(5);
    const { answer } = await poll(deviceCode);
    expect(await site.signInTokens.verify(answer.access_token, 'management')).toMatchObject({
      principal: { id: site.owner.id },
    });
    expect(answer).toMatchObject({ refresh_token: expect.any(String), id_token: expect.any(String) });
    wait(5);
    await expect(poll(deviceCode)).rejects.toMatchObject({ code: 'oauth.invalid-grant' });
  });

  it('gets one sign-in, however many times it polls at once', async () => {
    const { deviceCode, userCode } = await ask();
    await approve(userCode);
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => poll(deviceCode)));
    expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
  });

  it('may poll by the short name, and with the parameter that az sends beside', async () => {
    const { deviceCode } = await ask();
    await expect(poll(deviceCode, { grant_type: 'device_code', code: deviceCode })).rejects.toMatchObject(pending);
  });

  it('is told No, and that its time is up', async () => {
    const { deviceCode, userCode } = await ask();
    const row = await site.signIn.deviceCodes.pending(userCode);
    expect(await site.signIn.deviceCodes.decide(row?.digest ?? '', undefined)).toBe(true);
    await expect(poll(deviceCode)).rejects.toMatchObject({ code: 'oauth.access-denied' });
    const late = await ask();
    wait(900);
    await expect(poll(late.deviceCode)).rejects.toMatchObject({ code: 'oauth.expired-token' });
    expect(await approve(late.userCode)).toBe(false);
  });

  it('is slowed down when it polls too often, by five seconds more each time', async () => {
    const { deviceCode } = await ask();
    await expect(poll(deviceCode)).rejects.toMatchObject(pending);
    wait(4); // networks deliver late, and early after late
    await expect(poll(deviceCode)).rejects.toMatchObject(pending);
    wait(1);
    await expect(poll(deviceCode)).rejects.toMatchObject({ code: 'oauth.slow-down' });
    wait(6);
    await expect(poll(deviceCode)).rejects.toMatchObject({ code: 'oauth.slow-down' });
    wait(15);
    await expect(poll(deviceCode)).rejects.toMatchObject(pending);
  });

  it('is of one client', async () => {
    const { deviceCode, userCode } = await ask();
    await approve(userCode);
    const powershell = '1950a258-227b-4e31-a9cf-717495945fc2';
    await expect(poll(deviceCode, { client_id: powershell })).rejects.toMatchObject({ code: 'oauth.invalid-grant' });
  });

  it('that was approved is refused once the password of who approved it has changed', async () => {
    const { deviceCode, userCode } = await ask();
    await approve(userCode);
    await site.directory.setPassword(CALLER, site.owner, 'wholly different words');
    await expect(poll(deviceCode)).rejects.toMatchObject({
      code: 'oauth.invalid-grant',
      message: expect.stringMatching(/revoked/),
    });
    const next = await ask();
    // A page that was opened before the change still holds the old password's id.
    expect(await approve(next.userCode)).toBe(false);
  });
});

describe('a code to type', () => {
  it('has eight letters that make no words and are not taken for others, and is read however it is typed', async () => {
    const codes = await Promise.all(Array.from({ length: 60 }, () => ask()));
    for (const { userCode } of codes) expect(userCode).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    expect(new Set(codes.map((c) => c.userCode)).size).toBe(60);
    const [first] = codes;
    const typed = first?.userCode.toLowerCase().replace('-', ' ') ?? '';
    expect(await site.signIn.deviceCodes.pending(` ${typed} `)).toBeDefined();
    expect(await site.signIn.deviceCodes.pending('BBBB-BBBB')).toBeUndefined();
    expect(await site.signIn.deviceCodes.pending('')).toBeUndefined();
  });

  it('is not given out without end: a hundred in ten minutes to an address', async () => {
    for (let i = 0; i < 100; i++) await ask();
    await expect(ask()).rejects.toMatchObject({ code: 'server.unavailable', retryAfter: 600 });
    await ask('192.0.2.2');
    wait(600);
    await ask();
  });
});
