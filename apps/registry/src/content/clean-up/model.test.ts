import { matchesTag } from '@holdfast/oci/patterns';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { TagRule } from '../../metadata/policies.ts';
import { companion, DAY, digest, Stock } from './test-stock.ts';

// The policies against a model that knows no order, no pages and no transactions: what goes is the least set that contains all that
// a policy takes and all that hangs on it, and that nothing outside of it holds.

const COUNT = 8;
const TAGS = ['a1', 'a2', 'b1', 'b2', 'c', companion(0), companion(1), companion(9)];

interface Manifest {
  readonly children: readonly number[];
  readonly subject: number | undefined;
  readonly pulledDay: number | undefined;
  readonly locked: boolean;
}

interface Tag {
  readonly name: string;
  readonly of: number;
  /** Its place in the order of pushes; days since then are `20 - day`. */
  readonly day: number;
  readonly locked: boolean;
}

interface World {
  readonly manifests: readonly Manifest[];
  readonly tags: readonly Tag[];
  readonly untaggedDays: number | undefined;
  readonly rules: readonly TagRule[];
}

const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const manifest = (n: number): fc.Arbitrary<Manifest> =>
  fc.record({
    children: n === 0 ? fc.constant([]) : fc.uniqueArray(fc.integer({ min: 0, max: n - 1 }), { maxLength: 2 }),
    subject: some(fc.constantFrom(...[...Array(n).keys()], 99)),
    pulledDay: some(fc.integer({ min: 12, max: 20 })),
    locked: fc.boolean().map((yes) => yes && n % 3 === 0),
  });
const rule: fc.Arbitrary<TagRule> = fc
  .record({
    match: fc.subarray(['a*', 'b*', '*', 'sha256-*', 'c'], { minLength: 1 }),
    except: fc.subarray(['a2', '*1']),
    keepLatest: some(fc.integer({ min: 1, max: 3 })),
    olderThanDays: some(fc.integer({ min: 1, max: 12 })),
    notPulledForDays: some(fc.integer({ min: 1, max: 12 })),
  })
  .filter((r) => r.keepLatest !== undefined || r.olderThanDays !== undefined || r.notPulledForDays !== undefined);
const world: fc.Arbitrary<World> = fc.record({
  manifests: fc.tuple(...[...Array(COUNT).keys()].map(manifest)),
  tags: fc.uniqueArray(
    fc.record({
      name: fc.constantFrom(...TAGS),
      of: fc.integer({ min: 0, max: COUNT - 1 }),
      day: fc.integer({ min: 1, max: 19 }),
      locked: fc.boolean().map((yes) => yes),
    }),
    { selector: (tag) => tag.name, maxLength: TAGS.length },
  ),
  untaggedDays: some(fc.integer({ min: 0, max: 25 })),
  rules: fc.array(rule, { maxLength: 2 }),
});

/** Tags and manifests that are left. */
function model({ manifests, tags, untaggedDays, rules }: World) {
  const ageOf = (day: number) => 20 - day;
  const subjectOf = (tag: Tag) => [0, 1].find((n) => tag.name === companion(n));
  const taken = new Set<Tag>();
  const newest = tags.toSorted((a, b) => b.day - a.day || (a.name < b.name ? 1 : -1));
  const kept = rules.map(() => 0);
  for (const tag of newest) {
    const counted: number[] = [];
    for (const [i, { match, except = [], keepLatest = 0, olderThanDays, notPulledForDays }] of rules.entries()) {
      const inScope = match.some((p) => matchesTag(p, tag.name)) && !except.some((p) => matchesTag(p, tag.name));
      if (!inScope || subjectOf(tag) !== undefined || taken.has(tag)) continue;
      if ((kept[i] ?? 0) < keepLatest) {
        kept[i] = (kept[i] ?? 0) + 1;
        counted.push(i);
        continue;
      }
      const { pulledDay = 0, locked } = manifests[tag.of] as Manifest;
      if (olderThanDays !== undefined && ageOf(tag.day) < olderThanDays) continue;
      if (notPulledForDays !== undefined && ageOf(Math.max(tag.day, pulledDay)) < notPulledForDays) continue;
      if (!tag.locked && !locked) taken.add(tag);
    }
    if (taken.has(tag)) for (const i of counted) kept[i] = (kept[i] ?? 1) - 1;
  }
  const gone = new Set<number>();
  const isGone = (tag: Tag) => taken.has(tag) || (!tag.locked && gone.has(subjectOf(tag) ?? -1));
  const lost = (n: number) => tags.some((tag) => tag.of === n && taken.has(tag));
  const hangsOn = (n: number) =>
    [...gone].some((m) => manifests[m]?.children.includes(n) || manifests[n]?.subject === m) ||
    tags.some((tag) => tag.of === n && isGone(tag));
  // Pushed on day 0, and without a tag since then, unless it has one.
  const isOld = (n: number) => untaggedDays !== undefined && untaggedDays <= 20 && !tags.some((tag) => tag.of === n);
  for (let before = -1; before !== gone.size; ) {
    before = gone.size;
    for (const [n, { subject, locked }] of manifests.entries()) {
      if (gone.has(n) || locked || tags.some((tag) => tag.of === n && !isGone(tag))) continue;
      if (manifests.some(({ children }, m) => children.includes(n) && !gone.has(m))) continue;
      if (subject !== undefined && subject < COUNT && !gone.has(subject)) continue;
      if (lost(n) || isOld(n) || hangsOn(n)) gone.add(n);
    }
  }
  return {
    tags: tags
      .filter((tag) => !isGone(tag))
      .map(({ name }) => name)
      .sort(),
    manifests: [...manifests.keys()].filter((n) => !gone.has(n)),
  };
}

async function build({ manifests, tags, untaggedDays, rules }: World): Promise<Stock> {
  const stock = await Stock.open(
    untaggedDays === undefined ? {} : { retention: { status: 'enabled', days: untaggedDays } },
  );
  for (const [n, { children, subject }] of manifests.entries()) {
    await stock.push(n, { children, ...(subject === undefined ? {} : { subject }) });
  }
  const begin = stock.clock.now().getTime();
  for (let day = 1; day <= 20; day++) {
    stock.clock.advance(DAY);
    for (const tag of tags) if (tag.day === day) await stock.tag(tag.name, tag.of);
    for (const [n, { pulledDay }] of manifests.entries()) if (pulledDay === day) await stock.pull(n);
  }
  expect(stock.clock.now().getTime()).toBe(begin + 20 * DAY);
  for (const [n, { locked }] of manifests.entries()) if (locked) await stock.lock('manifest', digest(n));
  for (const { name, locked } of tags) if (locked && name !== 'c') await stock.lock('tag', name);
  for (const [i, tagRule] of rules.entries()) await stock.policy(`policy${i}`, { tags: tagRule });
  return stock;
}

it('takes what a naive model takes, and the preview says just that', async () => {
  await fc.assert(
    fc.asyncProperty(
      world.map((w) => ({
        ...w,
        tags: w.tags.map((tag) => ({ ...tag, locked: tag.locked && tag.name !== 'c' && tag.day % 4 === 0 })),
      })),
      async (w) => {
        const stock = await build(w);
        try {
          const expected = model(w);
          const going = (await stock.preview())
            .filter((line) => line.startsWith('goes '))
            .map((line) => line.split(' ')[1]);
          const numbers = [...w.manifests.keys()];
          const left = {
            tags: w.tags
              .map(({ name }) => name)
              .filter((name) => !going.includes(name))
              .sort(),
            manifests: numbers.filter((n) => !going.includes(String(n))),
          };
          expect(left).toEqual(expected);
          expect(new Set(going).size).toBe(going.length);
          await stock.run();
          expect({ tags: (await stock.tags()).sort(), manifests: await stock.manifests() }).toEqual(expected);
          expect(await stock.run()).toEqual({ tags: 0, manifests: 0 });
        } finally {
          await stock.metadata.close();
        }
      },
    ),
    { numRuns: 150 },
  );
}, 120_000);
