import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SiteSettings } from '../settings.ts';

vi.stubGlobal('document', { baseURI: 'https://portal.site/' });
const { Session, SessionEnded } = await import('./session.ts');

// A page that stands open for days: only time passes.

const HOUR_MS = 3_600_000;
/** Three quarters of the hour that a token lives. */
const RENEWED_MS = 0.75 * HOUR_MS;
const settings = {
  authority: 'https://adfs.site/adfs',
  clientId: 'portal',
  managementAudience: 'https://management.site',
  graphAudience: 'https://graph.site',
} as SiteSettings;

let asked: { readonly path: string; readonly form: URLSearchParams }[];
let answer: (count: number) => Response;
const renewed = (count: number) =>
  Response.json({ access_token: `access ${count}`, refresh_token: `refresh ${count}`, expires_in: 3600 });
const grants = () => asked.map(({ form }) => form.get('refresh_token') ?? form.get('grant_type') ?? form.get('token'));

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  answer = renewed;
  vi.stubGlobal('fetch', (url: string, { body }: { body: URLSearchParams }) => {
    asked.push({ path: new URL(url).pathname, form: body });
    return new Promise((resolve) => resolve(answer(asked.length)));
  });
});
afterEach(() => vi.useRealTimers());

async function started() {
  const session = new Session(settings);
  let ended = 0;
  session.onEnded = () => {
    ended += 1;
  };
  await session.start({ grant_type: 'authorization_code', code: 'c' });
  return { session, ended: () => ended };
}

describe('a session', () => {
  it('is renewed without anybody noticing, each time by the refresh token that came last', async () => {
    const { session, ended } = await started();
    await vi.advanceTimersByTimeAsync(RENEWED_MS - 1);
    expect(grants()).toEqual(['authorization_code']);
    await vi.advanceTimersByTimeAsync(1);
    expect(grants()).toEqual(['authorization_code', 'refresh 1']);
    await vi.advanceTimersByTimeAsync(3 * RENEWED_MS);
    expect(grants().slice(2)).toEqual(['refresh 2', 'refresh 3', 'refresh 4']);
    expect(await session.token('management')).toBe('access 5');
    expect(asked).toHaveLength(5);
    expect(ended()).toBe(0);
  });

  it('uses a refresh token once, however many requests wait for it', async () => {
    const { session } = await started();
    session.forget('management');
    const tokens = await Promise.all([1, 2, 3].map(() => session.token('management')));
    expect(tokens).toEqual(['access 2', 'access 2', 'access 2']);
    await session.token('graph');
    expect(grants()).toEqual(['authorization_code', 'refresh 1', 'refresh 2']);
  });

  it('asks for a new token a minute before the old one is over, though no timer ran', async () => {
    const { session } = await started();
    vi.setSystemTime(Date.now() + HOUR_MS - 60_001);
    expect(await session.token('management')).toBe('access 1');
    vi.setSystemTime(Date.now() + 1);
    expect(await session.token('management')).toBe('access 2');
  });

  it('says once that it ended, and asks for nothing more by itself', async () => {
    const { session, ended } = await started();
    answer = () => Response.json({ error: 'invalid_grant', error_description: 'it is over' }, { status: 400 });
    await vi.advanceTimersByTimeAsync(RENEWED_MS);
    expect(ended()).toBe(1);
    await vi.advanceTimersByTimeAsync(100 * HOUR_MS);
    expect(asked).toHaveLength(2);
    await expect(session.token('management')).rejects.toThrow(SessionEnded);
  });

  it('outlives a site that is down: the next request asks again', async () => {
    const { session, ended } = await started();
    answer = () => new Response('', { status: 503 });
    await vi.advanceTimersByTimeAsync(RENEWED_MS);
    await expect(session.token('management')).rejects.toThrow('503');
    answer = renewed;
    expect(await session.token('management')).toBe('access 4');
    expect(ended()).toBe(0);
  });

  it('is over once somebody leaves: its refresh token is revoked, and no timer brings it back', async () => {
    const { session } = await started();
    await session.end();
    expect(asked.at(-1)).toMatchObject({ path: '/adfs/oauth2/revoke' });
    expect(grants().at(-1)).toBe('refresh 1');
    await vi.advanceTimersByTimeAsync(100 * HOUR_MS);
    expect(asked).toHaveLength(2);
  });
});
