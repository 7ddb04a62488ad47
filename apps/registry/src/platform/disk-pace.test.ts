import { expect, test } from 'vitest';
import { FakeClock } from './clock.ts';
import { DiskPace } from './disk-pace.ts';

const clock = new FakeClock();
const takes = (pace: DiskPace, ms: number) => pace.blocking(() => clock.advance(ms));

test('blocks as long as the disk is quick', () => {
  const pace = new DiskPace(clock);
  for (let i = 0; i < 100; i++) takes(pace, 5);
  expect(pace.quick).toBe(true);
  expect(pace.blocking(() => 'the answer')).toBe('the answer');
});

test('after a slow answer it leaves the disk to threads for a second, then twice as long each time, a minute at most', () => {
  const pace = new DiskPace(clock);
  for (const seconds of [1, 2, 4, 8, 16, 32, 60, 60]) {
    takes(pace, 6);
    clock.advance(seconds * 1000 - 1);
    expect([seconds, pace.quick]).toEqual([seconds, false]);
    clock.advance(1);
    expect([seconds, pace.quick]).toEqual([seconds, true]);
  }
});

test('a slow answer after a long quick time counts as the first', () => {
  const pace = new DiskPace(clock);
  for (let i = 0; i < 3; i++) {
    takes(pace, 6);
    clock.advance(1000 * 2 ** i);
  }
  clock.advance(10_000);
  takes(pace, 6);
  clock.advance(1000);
  expect(pace.quick).toBe(true);
});

test('an error passes through, and its time counts', () => {
  const pace = new DiskPace(clock);
  const failing = () => {
    clock.advance(30);
    throw new Error('gone');
  };
  expect(() => pace.blocking(failing)).toThrow('gone');
  expect(pace.quick).toBe(false);
});
