import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { AUDIENCE, AZURE_CLI, createSignInSite, ENDPOINTS, type SignInSite } from './test-sign-in.ts';

let site: SignInSite;
beforeEach(async () => {
  site = await createSignInSite();
});

const refresh = async (token: string, scope = `${AUDIENCE}/.default openid`) =>
  (await site.grant({ grant_type: 'refresh_token', client_id: AZURE_CLI, refresh_token: token, scope })).answer;
const first = async () => (await site.personToken()).refresh_token ?? '';
const refused = { code: 'oauth.invalid-grant' };

describe('a refresh token', () => {
  it('gives a token for whatever audience is asked for, and its successor', async () => {
    const token = await first();
    const graph = await refresh(token, `${ENDPOINTS.graph}/.default`);
    expect(await site.signInTokens.verify(graph.access_token, 'graph')).toHaveProperty('principal');
    expect(graph.refresh_token).not.toBe(token);
    const management = await refresh(graph.refresh_token ?? '');
    expect(await site.signInTokens.verify(management.access_token, 'management')).toHaveProperty('principal');
  });

  it('may be used by several at the same time: each gets a good successor', async () => {
    const token = await first();
    const answers = await Promise.all([refresh(token), refresh(token), refresh(token)]);
    for (const { access_token: access } of answers) {
      expect(await site.signInTokens.verify(access, 'management')).toHaveProperty('principal');
    }
    site.clock.advance(60_000);
    // All of them have the same successor, so whichever the client keeps is good.
    for (const answer of answers.slice(0, 1)) await refresh(answer.refresh_token ?? '');
  });

  it('used again after half a minute ends the whole family, with the access tokens got by it', async () => {
    const token = await first();
    const { refresh_token: second = '', access_token: access } = await refresh(token);
    site.clock.advance(30_001);
    await expect(refresh(token)).rejects.toMatchObject(refused);
    await expect(refresh(second)).rejects.toMatchObject(refused);
    expect(await site.signInTokens.verify(access, 'management')).toMatchObject({
      problem: expect.stringMatching(/revoked/),
    });
    const [entry] = await site.store.read.auditLog.list({ from: new Date(0), until: site.clock.now() }, 1);
    expect(entry).toMatchObject({ action: 'session.end', principal: site.owner.id });
  });

  it('in the hands of another client ends the family', async () => {
    const token = await first();
    const powershell = '1950a258-227b-4e31-a9cf-717495945fc2';
    const stolen = site.grant({ grant_type: 'refresh_token', client_id: powershell, refresh_token: token });
    await expect(stolen).rejects.toMatchObject(refused);
    await expect(refresh(token)).rejects.toMatchObject(refused);
  });

  it('ends when nobody uses it for two weeks, and after 90 days however much it is used', async () => {
    const idle = await first();
    site.clock.advance(14 * 86_400_000);
    await expect(refresh(idle)).rejects.toMatchObject(refused);
    let busy = await first();
    for (let day = 0; day < 81; day += 9) {
      site.clock.advance(9 * 86_400_000);
      busy = (await refresh(busy)).refresh_token ?? '';
    }
    site.clock.advance(9 * 86_400_000);
    await expect(refresh(busy)).rejects.toMatchObject(refused);
  });

  it('that was made up or changed is refused, whatever it looks like', async () => {
    const token = await first();
    const sealed = Buffer.from(site.box.seal(JSON.stringify(['x', 1]), 'other')).toString('base64url');
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.base64String(), fc.constant(sealed)), async (text) => {
        await expect(refresh(text || 'x')).rejects.toMatchObject(refused);
      }),
      { numRuns: 50 },
    );
    for (let i = 0; i < token.length; i += 7) {
      const changed = `${token.slice(0, i)}${token[i] === 'A' ? 'B' : 'A'}${token.slice(i + 1)}`;
      await expect(refresh(changed), String(i)).rejects.toMatchObject(refused);
    }
    await refresh(token);
  });

  it('agrees with a small model over any sequence of uses', async () => {
    const step = fc.record({ age: fc.nat(4), wait: fc.constantFrom(0, 1000, 29_000, 31_000) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const tokens = [await first()];
        let rotated = Number.NEGATIVE_INFINITY;
        let alive = true;
        for (const { age, wait } of steps) {
          site.clock.advance(wait);
          const now = site.clock.monotonic();
          const place = Math.max(0, tokens.length - 1 - age);
          const newest = place === tokens.length - 1;
          const good = alive && (newest || (place === tokens.length - 2 && now - rotated <= 30_000));
          const answer = await refresh(tokens[place] ?? '').catch(() => undefined);
          expect(answer !== undefined).toBe(good);
          if (!good) alive = false;
          else if (newest) {
            tokens.push(answer?.refresh_token ?? '');
            rotated = now;
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
