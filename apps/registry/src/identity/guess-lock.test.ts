import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../platform/clock.ts';
import { GuessLock, network } from './guess-lock.ts';

let clock: FakeClock;
let lock: GuessLock;
beforeEach(() => {
  clock = new FakeClock();
  lock = new GuessLock(clock);
});
const miss = (times: number, name = 'ana@site.test', address = '192.0.2.1') => {
  for (let i = 0; i < times; i++) expect(lock.guess(name, address)).toBe(0);
};

describe('who guesses passwords', () => {
  it('has five guesses, then waits 2, 4, 8 … seconds for each further one', () => {
    miss(5);
    for (const seconds of [2, 4, 8, 16, 32]) {
      expect(lock.guess('ana@site.test', '192.0.2.1')).toBe(seconds);
      clock.advance(seconds * 1000 - 1);
      expect(lock.guess('ana@site.test', '192.0.2.1')).toBe(1);
      clock.advance(1);
      miss(1);
    }
  });

  it('waits a quarter of an hour at the most', () => {
    for (let i = 0; i < 40; i++) {
      const wait = lock.guess('ana@site.test', '192.0.2.1');
      expect(wait).toBeLessThanOrEqual(900);
      clock.advance(wait * 1000);
    }
  });

  it('is told apart by name and by address: nobody is shut out from elsewhere', () => {
    miss(5);
    expect(lock.guess('ANA@site.test', '192.0.2.1')).toBeGreaterThan(0);
    miss(5, 'ana@site.test', '192.0.2.2');
    miss(5, 'bo@site.test');
  });

  it('is forgiven by a right one, and after an hour', () => {
    miss(4);
    lock.right('ana@site.test', '192.0.2.1');
    miss(5);
    clock.advance(3_600_000);
    miss(5);
  });

  it('cannot fill the memory, however many names and addresses it makes up', () => {
    for (let i = 0; i < 50_000; i++) lock.guess(`x${i}@site.test`, `10.0.${i % 256}.${i % 251}`);
    expect(lock.size).toBeLessThanOrEqual(20_000);
  });
});

describe('an address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:0DB8:1:2::1', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
  ])('%s counts as %s: an IPv6 customer has a whole /64', (address, expected) => {
    expect(network(address)).toBe(expected);
  });
});
