import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Kept } from '../../bench/kept.ts';
import { orderOf } from '../../bench/measure.ts';
import type { Facts, Measurement } from '../../bench/results.ts';

describe('the order of sides', () => {
  it.each([2, 3, 4, 5])('has each of %d in each round, and none always behind the same one', (count) => {
    const sides = Array.from({ length: count }, (_, n) => n);
    const rounds = Array.from({ length: 5 }, (_, round) => orderOf(sides, round));
    for (const order of rounds) expect(order.toSorted((a, b) => a - b)).toEqual(sides);
    for (const side of sides) {
      const before = rounds.map((order) => order[order.indexOf(side) - 1]);
      expect(new Set(before).size, `side ${side}`).toBeGreaterThan(1);
    }
  });
});

describe('results that are kept', () => {
  const facts = { commit: 'a', changed: false, time: 'first' } as Facts;
  const measured = (id: string, errors = 0) => ({ id, target: {}, sides: { holdfast: [{ value: 1, errors }] } });

  it('go on where a run was ended, but not with those of another commit', () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-kept-'));
    try {
      const file = join(folder, 'results.json');
      expect(() => new Kept(file, facts, true)).toThrow('--continue');
      const first = new Kept(file, facts);
      for (const m of [measured('one'), measured('failed', 1)]) first.add(m as unknown as Measurement);
      const second = new Kept(file, { ...facts, time: 'second' }, true);
      expect(['one', 'failed', 'two'].map((id) => second.has(id))).toEqual([true, false, false]);
      expect(second.finish({ load: [1, 2] }).facts).toMatchObject({ time: 'first', sittings: 2, load: [1, 2] });
      expect(() => new Kept(file, { ...facts, commit: 'b' }, true)).toThrow('its commit is "a", here it is "b"');
      expect(() => new Kept(file, { ...facts, changed: true }, true)).toThrow('without changes');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
