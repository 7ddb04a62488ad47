import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Answer, DeliveryBench } from './test-delivery.ts';

const HOSTS = ['one', 'two'] as const;
const REPOSITORIES = ['app', 'base', 'tool'] as const;

type Step =
  | { readonly what: 'push'; readonly repository: (typeof REPOSITORIES)[number] }
  | { readonly what: 'behave'; readonly host: (typeof HOSTS)[number]; readonly answers: readonly Answer[] }
  | { readonly what: 'pass'; readonly ms: number }
  | { readonly what: 'restart' };

const answer = fc.constantFrom<Answer>(200, 204, 302, 400, 429, 500, 503, 'unreachable', 'heard-and-gone');

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ what: fc.constant('push' as const), repository: fc.constantFrom(...REPOSITORIES) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('behave' as const),
      host: fc.constantFrom(...HOSTS),
      answers: fc.array(answer, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ what: fc.constant('pass' as const), ms: fc.constantFrom(0, 200, 1500, 61_000, 900_000) }),
  },
  { weight: 1, arbitrary: fc.constant({ what: 'restart' as const }) },
);

/** Each in its turn, over and over. */
function inTurn(answers: readonly Answer[]): () => Answer {
  let next = 0;
  return () => answers[next++ % answers.length] as Answer;
}

async function take(b: DeliveryBench, one: Step, pushed: { repository: string; tag: string }[]): Promise<void> {
  if (one.what === 'push') {
    const tag = `v${pushed.length}`;
    await b.push(one.repository, tag);
    pushed.push({ repository: one.repository, tag });
  } else if (one.what === 'behave') b.receivers.set(one.host, inTurn(one.answers));
  else if (one.what === 'restart') await b.restart();
  else {
    b.clock.advance(one.ms);
    await b.round();
  }
}

/** The first time that each was heard of. */
function firstHeard(b: DeliveryBench, host: string): { id: string; repository?: string; tag?: string }[] {
  const seen = new Set<string>();
  return b.told(host).filter(({ id }) => !seen.has(id) && seen.add(id));
}

/** The receiver has it, and the server dies before it knows. */
const killedWhileSending: Step[] = [
  { what: 'behave', host: 'one', answers: ['heard-and-gone'] },
  { what: 'push', repository: 'app' },
  { what: 'pass', ms: 200 },
  { what: 'restart' },
  { what: 'push', repository: 'app' },
];

it('whatever receivers, restarts and the clock do, every event is told at least once, and those of a repository in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const b = await DeliveryBench.open();
      try {
        for (const host of HOSTS) await b.hook(host);
        const pushed: { repository: string; tag: string }[] = [];
        for (const one of steps) await take(b, one, pushed);
        // Whatever was wrong is over, within the day for which an event is tried.
        b.receivers.clear();
        await b.run(40 * 60_000, 60_000);
        for (const host of HOSTS) {
          const heard = firstHeard(b, host);
          for (const repository of REPOSITORIES) {
            const of = <T extends { repository?: string; tag?: string }>(list: readonly T[]) =>
              list.filter((one) => one.repository === repository).map(({ tag }) => tag);
            expect(of(heard)).toEqual(of(pushed));
          }
          expect((await b.events(host)).filter(({ state }) => state !== 'done')).toEqual([]);
        }
      } finally {
        await b.close();
      }
    }),
    { numRuns: 60, examples: [[killedWhileSending]] },
  );
}, 60_000);
