import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { OutboxPayload } from '../../metadata/outbox.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { cleanUpRegistry } from './carry-out.ts';
import { digest, Stock } from './test-stock.ts';

// Whatever others do while policies are carried out, between any look and any transaction: nothing that can be reached is lost, and
// everything that goes is told.

const OLD = 8;
const TAGS = ['a', 'b', 'c', 'd'];

type Step =
  | { readonly do: 'tag'; readonly name: string; readonly n: number }
  | { readonly do: 'untag'; readonly name: string }
  | { readonly do: 'index'; readonly children: readonly number[] }
  | { readonly do: 'lock'; readonly n: number }
  | { readonly do: 'wait' };

const one = fc.integer({ min: 0, max: OLD - 1 });
const name = fc.constantFrom(...TAGS);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('tag' as const), name, n: one }),
  fc.record({ do: fc.constant('untag' as const), name }),
  fc.record({ do: fc.constant('index' as const), children: fc.uniqueArray(one, { minLength: 1, maxLength: 2 }) }),
  fc.record({ do: fc.constant('lock' as const), n: one }),
  fc.constant({ do: 'wait' as const }),
);
const world = fc.record({
  /** Children of each, all of smaller numbers. */
  manifests: fc.tuple(
    ...[...Array(OLD).keys()].map((n) =>
      n === 0 ? fc.constant<number[]>([]) : fc.uniqueArray(fc.integer({ min: 0, max: n - 1 }), { maxLength: 2 }),
    ),
  ),
  tags: fc.uniqueArray(fc.record({ name, n: one }), { selector: (tag) => tag.name, maxLength: TAGS.length }),
  steps: fc.array(step, { minLength: 3, maxLength: 12 }),
});

/** What must be there at the end, since somebody was told so. */
class Promised {
  readonly tags = new Map<string, number>();
  readonly manifests = new Set<number>();
  readonly children = new Map<number, readonly number[]>();
  next = 100;
}

async function act(stock: Stock, promised: Promised, what: Step): Promise<void> {
  const there = new Set(await stock.manifests());
  switch (what.do) {
    case 'tag':
      // As a push does: refused when the manifest is gone by then.
      await stock.tag(what.name, what.n).then(
        () => promised.tags.set(what.name, what.n),
        (error: unknown) => expect(error).toBeInstanceOf(DomainError),
      );
      return;
    case 'untag':
      await stock.untag(what.name);
      promised.tags.delete(what.name);
      return;
    case 'index': {
      if (!what.children.every((n) => there.has(n))) return;
      const n = promised.next++;
      await stock.push(n, { children: what.children });
      promised.children.set(n, what.children);
      promised.manifests.add(n);
      return;
    }
    case 'lock':
      if (!there.has(what.n)) return;
      await stock.lock('manifest', digest(what.n));
      promised.manifests.add(what.n);
      return;
    case 'wait':
  }
}

it('loses nothing that can be reached, and tells everything that goes', async () => {
  await fc.assert(
    fc.asyncProperty(world, async ({ manifests, tags, steps }) => {
      const stock = await Stock.open({ retention: { status: 'enabled', days: 7 } });
      try {
        const promised = new Promised();
        for (const [n, children] of manifests.entries()) {
          await stock.push(n, { children });
          promised.children.set(n, children);
        }
        for (const { name: tag, n } of tags) await stock.tag(tag, n);
        await stock.days(8);
        await stock.policy('old', { tags: { match: ['a', 'b'], olderThanDays: 1 } });
        const waiting = [...steps];
        const disturb = async () => {
          const next = waiting.shift();
          if (next) await act(stock, promised, next);
        };
        const pulls = { flush: disturb };
        for (let round = 0; round < 3; round++) {
          await cleanUpRegistry({ ...stock.dependencies, pulls }, stock.registry, async () => {
            await disturb();
            return true;
          });
          await disturb();
        }
        await check(stock, promised);
      } finally {
        await stock.metadata.close();
      }
    }),
    { numRuns: 80 },
  );
}, 120_000);

async function check(stock: Stock, promised: Promised): Promise<void> {
  const left = new Set(await stock.manifests());
  for (const n of promised.manifests) expect(left).toContain(n);
  for (const [tag, n] of promised.tags) {
    expect((await stock.metadata.read.tags.find(stock.id, tag as never))?.digest).toBe(digest(n));
  }
  for (const n of left) for (const child of promised.children.get(n) ?? []) expect(left).toContain(child);
  const events = await stock.metadata.read.outbox.pending(1000);
  const gone = [...promised.children.keys()].filter((n) => !left.has(n));
  const told = events
    .filter(({ kind }) => kind === 'delete')
    .map(({ payload }) => JSON.parse(payload) as OutboxPayload);
  expect(told.map(({ target }) => target.digest).sort()).toEqual(gone.map(digest).sort());
}
