import { beforeEach, describe, expect, it } from 'vitest';
import type { UserRow } from '../metadata/directory.ts';
import { FakeClock } from '../platform/clock.ts';
import { systemIds } from '../platform/ids.ts';
import { requireGoodPassword } from './password-rules.ts';
import { PasswordHasher } from './passwords.ts';
import { People } from './people.ts';

const PASSWORD = 'seven quiet lanterns';
const hasher = new PasswordHasher({ ids: systemIds, atATime: 2 });
const ana: UserRow = {
  id: 'u1',
  upn: 'ana@site.test',
  displayName: 'Ana',
  enabled: true,
  siteOperator: false,
  passwordId: 'p1',
  passwordHash: await hasher.hash(PASSWORD),
  passwordChangedAt: new Date(0),
  createdAt: new Date(0),
};

/** Counts what costs 90 ms each. */
class CountingHasher extends PasswordHasher {
  count = 0;
  override async verify(password: string, stored: string): Promise<boolean> {
    this.count += 1;
    return super.verify(password, stored);
  }
}

let user: UserRow;
let counting: CountingHasher;
let clock: FakeClock;
let people: People;
beforeEach(() => {
  user = ana;
  clock = new FakeClock();
  counting = new CountingHasher({ ids: systemIds, atATime: 2 });
  const byUpn = (upn: string) => (upn.toLowerCase() === user.upn ? user : undefined);
  const read = { users: { byUpn, find: () => undefined, list: () => [] } };
  people = new People({ read, hasher: counting, clock, ids: systemIds });
});
const signIn = (password = PASSWORD, username = 'ana@site.test', source = '192.0.2.1') =>
  people.verify({ username, password, source });

describe('a person', () => {
  it('signs in with name, whatever its case, and password', async () => {
    expect(await signIn(PASSWORD, 'ANA@Site.Test')).toEqual({ user });
    expect(await signIn(PASSWORD.toUpperCase())).toEqual({ refused: 'wrong' });
  });

  it('types the same password on every keyboard: composed and decomposed letters are one', async () => {
    user = { ...ana, passwordHash: await hasher.hash('café au lait très') };
    expect(await signIn('café au lait très'.normalize('NFD'))).toEqual({ user });
  });

  it('has a password whose every byte counts: nothing is cut off behind 72 bytes or a NUL', async () => {
    const long = `${'a'.repeat(80)}\0b`;
    user = { ...ana, passwordHash: await hasher.hash(long) };
    expect(await signIn(`${'a'.repeat(80)}\0c`)).toEqual({ refused: 'wrong' });
    expect(await signIn('a'.repeat(80))).toEqual({ refused: 'wrong' });
    expect(await signIn(long)).toEqual({ user });
    expect(await signIn('x'.repeat(2000))).toEqual({ refused: 'wrong' });
  });

  it('costs as much work for a name that does not exist, or is disabled, as for a wrong password', async () => {
    for (const [password, name] of [
      [PASSWORD, 'nobody@site.test'],
      ['wrong password', 'ana@site.test'],
    ] as const) {
      counting.count = 0;
      expect(await signIn(password, name)).toEqual({ refused: 'wrong' });
      expect(counting.count, name).toBe(1);
    }
    user = { ...ana, enabled: false };
    counting.count = 0;
    expect(await signIn()).toEqual({ refused: 'wrong' });
    expect(counting.count).toBe(1);
  });

  it('who shows the right password again and again is asked for no work, until it changes', async () => {
    for (let i = 0; i < 20; i++) expect(await signIn()).toEqual({ user });
    expect(counting.count).toBe(1);
    user = { ...ana, passwordId: 'p2', passwordHash: await hasher.hash('wholly different words') };
    expect(await signIn()).toEqual({ refused: 'wrong' });
  });

  it('who comes ten times at once is one guess and one piece of work', async () => {
    expect(new Set((await Promise.all(Array.from({ length: 10 }, () => signIn()))).map((v) => 'user' in v))).toEqual(
      new Set([true]),
    );
    expect(counting.count).toBe(1);
  });

  it('is not guessed: a hundred guesses at once are five, then even the right one waits', async () => {
    const verdicts = await Promise.all(Array.from({ length: 100 }, (_, i) => signIn(`guess number ${i}`)));
    expect(verdicts.filter((v) => 'refused' in v && v.refused === 'wrong')).toHaveLength(5);
    expect(counting.count).toBe(5);
    expect(await signIn()).toEqual({ refused: 'guessed-too-often', waitSeconds: 2 });
    expect(await signIn(PASSWORD, 'ana@site.test', '192.0.2.2')).toEqual({ user });
    clock.advance(2000);
    expect(await signIn()).toEqual({ user });
  });

  it('that does not exist is locked in the same way', async () => {
    for (let i = 0; i < 5; i++) await signIn(`guess ${i}`, 'nobody@site.test');
    expect(await signIn('x', 'nobody@site.test')).toEqual({ refused: 'guessed-too-often', waitSeconds: 2 });
  });
});

describe('scrypt', () => {
  it('runs as many at a time as it is told, and refuses those who would wait for seconds', async () => {
    const one = new PasswordHasher({ ids: systemIds, atATime: 1 });
    const results = await Promise.allSettled(
      Array.from({ length: 66 }, () => one.verify('x', 'scrypt$2$1$1$AAAA$AAAA')),
    );
    expect(results.filter((r) => r.status === 'rejected')).toHaveLength(1);
    expect(results.find((r) => r.status === 'rejected')).toMatchObject({
      reason: { code: 'server.unavailable', retryAfter: 5 },
    });
    expect(await one.verify('x', 'scrypt$2$1$1$AAAA$AAAA')).toBe(false);
  });

  it('is salted, and never right for a text that is no hash', async () => {
    expect(await hasher.hash(PASSWORD)).not.toBe(ana.passwordHash);
    for (const stored of ['', 'plain', PASSWORD, 'scrypt$32768$8$1$AAAA$', 'scrypt$x$8$1$AAAA$AAAA']) {
      expect(await hasher.verify(PASSWORD, stored)).toBe(false);
    }
  });
});

describe('a new password', () => {
  const refusal = (password: string) => {
    try {
      requireGoodPassword(password, ['maria.ferreira@site.test', 'Maria Ferreira']);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  };
  it.each([
    ['short one', /9 characters, and at least 12/],
    ['ferreira and more', /a part of the name/],
    ['Password12345!', /guessed first/],
    ['P@ssw0rd-2026', /guessed first/],
    ['aaaaaaaaaaaaaa', /too few different/],
    ['123456789012345', /follow each other/],
    ['qwertyuiop[]asdf', /follow each other/],
    ['x'.repeat(1100), /1024 bytes/],
  ])('%j is refused with the reason', (password, reason) => expect(refusal(password)).toMatch(reason));

  it.each(['seven quiet lanterns', 'Tr0ubador&3xyz', '红色的马跑得很快而且从不休息', 'kR7#vQp2!mZx'])(
    '%j is good',
    (password) => expect(refusal(password)).toBeUndefined(),
  );
});
