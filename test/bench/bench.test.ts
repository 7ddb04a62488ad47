import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Kept } from '../../bench/kept.ts';
import { orderOf } from '../../bench/measure.ts';
import { budgetSection, isBeyondHttp, isBeyondLog, isBeyondRows, isBeyondSockets } from '../../bench/report-budget.ts';
import { dutiesSection, isBeyondDuties } from '../../bench/report-duties.ts';
import { DUTIES, DUTIES_TWICE, type Facts, type Measurement } from '../../bench/results.ts';

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

describe('what Node can reach', () => {
  const facts = {
    cores: 2,
    client: {
      logLine: 4,
      bareNode: [
        { connections: 1, microseconds: 40, requestsPerSecond: 25_000 },
        { connections: 16, microseconds: 13 },
        { connections: 32, microseconds: 13 },
      ],
      bareNet: [
        { connections: 1, microseconds: 20, requestsPerSecond: 62_500 },
        { connections: 16, microseconds: 5, requestsPerSecond: 100_000, clientMicroseconds: 11 },
        { connections: 32, microseconds: 5, requestsPerSecond: 100_000, clientMicroseconds: 9 },
      ],
    },
  } as unknown as Facts;
  /** A peer that answers `peer` requests a second; a client that takes 10 µs for each, a floor that takes `floor`. */
  const measured = (connections: number, peer: number, floor: number) => {
    const sample = (value: number, cpu: number) => ({ value, cpu, detail: { clientCpuSeconds: 1, done: 100_000 } });
    const sides = { distribution: [sample(peer, 150)], floor: [sample(50_000, floor)] };
    return {
      id: `manifest-get-tag-c${connections}`,
      unit: 'requests/s',
      target: { ratio: 10 },
      sides,
    } as unknown as Measurement;
  };

  it.each([
    // 9 µs of the client and 13 of a constant answer, on two cores: 90,909 requests a second, and 5 % more to be sure are 95,455.
    ['many connections, a little too many requests', 16, 9_550, 14, true],
    ['many connections, just as many as can be', 16, 9_540, 14, false],
    ['a floor that takes less than the constant answer, a little too many', 16, 10_010, 12, true],
    ['a floor that takes less than the constant answer, just as many', 16, 9_990, 12, false],
    // The floor of these has 50,000, whatever processor time it takes, and 5 % more are 52,500.
    ['one connection, quicker than both take turns', 1, 5_260, 31, true],
    ['one connection, just as quick', 1, 5_240, 31, false],
  ])('%s', (_, connections, peer, floor, beyond) => {
    expect(isBeyondHttp(measured(connections, peer, floor), facts)).toBe(beyond);
  });

  it.each([
    // 9 µs of the client, which it took with 32 of the server that does nothing, and 5 of the sockets: 142,857, and 5 % more are 150,000.
    ['many connections, a little too many requests', 16, 15_010, true],
    ['many connections, just as many as can be', 16, 14_990, false],
    ['one connection, quicker than both take turns', 1, 6_570, true],
    ['one connection, just as quick', 1, 6_560, false],
  ])('on its sockets: %s', (_, connections, peer, beyond) => {
    expect(isBeyondSockets(measured(connections, peer, 14), facts)).toBe(beyond);
  });

  it.each([
    // 9 µs of the client, 13 of a constant answer and 4 of a line of the log: 76,923, and 5 % more are 80,769.
    ['many connections, a little too many requests', 16, 8_080, true],
    ['many connections, just as many as can be', 16, 8_070, false],
    // 20 µs of both in turn and 4 for the line: 41,667, and 5 % more are 43,750.
    ['one connection, a little too quick', 1, 4_380, true],
    ['one connection, just as quick as can be', 1, 4_370, false],
  ])('with a log: %s', (_, connections, peer, beyond) => {
    expect(isBeyondLog(measured(connections, peer, 14), facts)).toBe(beyond);
    const before = { ...facts, client: { ...facts.client, logLine: undefined } } as unknown as Facts;
    expect(isBeyondLog(measured(connections, peer, 14), before)).toBe(false);
  });

  it.each([
    // 4 µs of the floor, which wakes its client less often: 153,846, and 5 % more are 161,538.
    ['a little too many requests', 16_160, true],
    ['just as many as can be', 16_150, false],
  ])('on its sockets, where a server that parses takes less than one that does not: %s', (_, peer, beyond) => {
    expect(isBeyondSockets(measured(16, peer, 4), facts)).toBe(beyond);
  });

  it('says what each target is beyond', () => {
    const peers = [8_080, 9_550, 15_010, 8_070];
    const missed = peers.map((peer) => ({ ...measured(16, peer, 14), title: `ten times ${peer}` }));
    const [, , table = ''] = budgetSection(missed, () => facts);
    const beyond = table
      .split('\n')
      .slice(2)
      .map((line) => line.split('|').map((cell) => cell.trim()));
    expect(beyond.map((cells) => [cells[1], cells.at(-2)])).toEqual([
      ['ten times 8080', '`node:http` and our log'],
      ['ten times 9550', '`node:http`'],
      ['ten times 15010', 'Node’s sockets'],
    ]);
  });

  it('takes the least of the whole run, of those with many connections or with one', () => {
    const beyond = (m: Measurement, ...others: Measurement[]) => isBeyondHttp(m, facts, [m, ...others]);
    const [many, one] = [measured(16, 9_550, 14), measured(1, 5_260, 31)];
    expect([beyond(many), beyond(many, measured(32, 1, 12)), beyond(many, measured(1, 1, 5))]).toEqual([
      true,
      false,
      true,
    ]);
    const quicker = measured(1, 1, 31);
    const sides = { ...quicker.sides, floor: [{ value: 51_000 }] } as unknown as Measurement['sides'];
    expect([beyond(one), beyond(one, { ...quicker, sides }), beyond(one, many)]).toEqual([true, false, true]);
    const table = (all?: Measurement[]) => budgetSection([many], () => facts, all);
    expect(table()).not.toEqual([]);
    expect(table([many, measured(32, 1, 5)])).toEqual([]);
  });

  it('says nothing of what has no peer, no target, or was not measured', () => {
    const whole = measured(16, 100_000, 14);
    expect([isBeyondHttp(whole, facts), isBeyondSockets(whole, facts)]).toEqual([true, true]);
    const before = { ...facts, client: { ...facts.client, bareNet: undefined } } as unknown as Facts;
    expect([isBeyondHttp(whole, before), isBeyondSockets(whole, before)]).toEqual([true, false]);
    expect(isBeyondHttp({ ...whole, sides: { floor: whole.sides.floor ?? [] } }, facts)).toBe(false);
    expect(isBeyondHttp({ ...whole, target: {} }, facts)).toBe(false);
    expect(isBeyondHttp({ ...whole, id: 'manifest-get-tag-c64' }, facts)).toBe(false);
  });
});

describe('what one writer of rows can reach', () => {
  const client = {
    rows: [
      { connections: 1, microseconds: 500 },
      { connections: 16, microseconds: 200 },
    ],
    bareNode: [
      { connections: 1, microseconds: 40, requestsPerSecond: 20_000 },
      { connections: 16, microseconds: 13, requestsPerSecond: 50_000, clientMicroseconds: 10 },
    ],
  };
  const facts = { client, cores: 2 } as unknown as Facts;
  const measured = (id: string, peer: number) =>
    ({
      id,
      unit: 'requests/s',
      target: { ratio: 4 },
      sides: { distribution: [{ value: peer, detail: { clientCpuSeconds: 1, done: 100_000 } }] },
    }) as unknown as Measurement;

  it.each([
    // 500 µs for the rows and 50 for request and answer: 1,818 pushes a second, and 5 % more are four times 477.3.
    ['one connection, a little too many', 'manifest-put-c1', 478, true],
    ['one connection, just as many as can be', 'manifest-put-c1', 477, false],
    // 200 µs for the rows, while other requests come and go: 5,000 pushes a second, and 5 % more are four times 1,312.5.
    ['many connections, a little too many', 'manifest-put-c16', 1313, true],
    ['many connections, just as many as can be', 'manifest-put-c16', 1312, false],
    ['what is no push of a manifest', 'manifest-get-tag-c16', 100_000, false],
    ['what was not measured', 'manifest-put-c64', 100_000, false],
  ])('%s', (_, id, peer, beyond) => {
    expect(isBeyondRows(measured(id, peer), facts)).toBe(beyond);
  });
});

describe('what a server with the duties of a registry can reach', () => {
  const measured = (rates: Readonly<Record<string, number>>) => {
    const sides = Object.fromEntries(Object.entries(rates).map(([side, value]) => [side, [{ value }]]));
    return {
      id: 'manifest-get-tag-c1',
      title: 'ten times',
      unit: 'requests/s',
      target: { ratio: 10 },
      sides,
    } as unknown as Measurement;
  };
  const short = { distribution: 100, holdfast: 500, [DUTIES]: 950, [DUTIES_TWICE]: 940 };

  it.each([
    // Ten times 100 is wanted, and 5 % more than 952 are 1,000.
    ['short in one process and in two', short, true],
    ['as quick as it must be in one', { ...short, [DUTIES]: 953 }, false],
    ['as quick as it must be in two', { ...short, [DUTIES_TWICE]: 953 }, false],
    ['short, but ours is quicker', { ...short, holdfast: 953 }, false],
    ['without a peer', { ...short, distribution: Number.NaN }, false],
    ['measured in one process only', { distribution: 100, holdfast: 500, [DUTIES]: 950 }, false],
  ])('%s', (_, rates, beyond) => {
    expect(isBeyondDuties(measured(rates))).toBe(beyond);
  });

  it('is asked in one process of pushes, whose rows have one writer', () => {
    const pushed = (rate: number) => ({
      ...measured({ distribution: 100, holdfast: 500, [DUTIES]: rate }),
      id: 'manifest-put-c16',
    });
    expect([isBeyondDuties(pushed(950)), isBeyondDuties(pushed(953))]).toEqual([true, false]);
  });

  it('is told with what is within reach, too', () => {
    const [, , table = ''] = dutiesSection([measured(short), measured({ ...short, [DUTIES]: 990 })]);
    const last = table.split('\n').slice(2);
    expect(last.map((line) => line.split('|').at(-2)?.trim())).toEqual(['beyond', 'within reach']);
    expect(dutiesSection([measured({ distribution: 100, holdfast: 500 })])).toEqual([]);
  });
});
