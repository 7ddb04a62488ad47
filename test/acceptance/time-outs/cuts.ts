import type { Random } from '../../fault/random.ts';
import type { Answer } from '../../support/http-client.ts';
import { newContent } from './content.ts';
import { type Kind, kinds } from './kinds.ts';
import { type Cut, type Manner, type Passed, type Plan, Relay } from './relay.ts';
import { type Attempt, ask, attempt, type Site } from './site.ts';
import { Trial } from './trial.ts';

const MANNERS: readonly Manner[] = ['closed', 'reset', 'silent'];
const LAYER_BYTES = 100_000;

/** What an uncut run looks like: whoever was cut and went on must end there, too. */
interface Reference {
  readonly passed: Passed;
  readonly result: string;
  readonly state: string;
}

export interface CutCounts {
  readonly trials: number;
  readonly inRequest: number;
  readonly inAnswer: number;
  readonly complaints: readonly string[];
}

/** Cuts every kind of request at random bytes, goes on as a client would, and compares with an uncut run. */
export class Cuts {
  readonly #site: Site;
  readonly #random: Random;
  readonly #prefix: string;
  readonly #each: number;
  #trials = 0;
  #plan: Plan = { cut: undefined, passed: newPassed() };
  readonly #counts = { request: 0, answer: 0 };
  readonly #complaints: string[] = [];

  constructor(site: Site, options: { random: Random; prefix: string; each: number }) {
    this.#site = site;
    this.#random = options.random;
    this.#prefix = options.prefix;
    this.#each = options.each;
  }

  async run(): Promise<CutCounts> {
    const relay = await Relay.open(this.#site.port, () => this.#plan);
    try {
      for (const kind of kinds) await this.#cutKind(kind, relay);
    } finally {
      await relay.close();
    }
    const { request, answer } = this.#counts;
    return { trials: this.#trials, inRequest: request, inAnswer: answer, complaints: this.#complaints };
  }

  async #cutKind(kind: Kind, relay: Relay): Promise<void> {
    const uncut = await this.#newTrial(kind);
    const { attempted, passed } = await this.#send(uncut, kind, relay, undefined);
    if (attempted.answer?.status !== kind.status) {
      this.#complaints.push(`${kind.name}, uncut: ${attempted.answer?.status} ${attempted.answer?.text}`);
      return;
    }
    const result = resultOf(kind, uncut, attempted.answer);
    await kind.next?.(uncut, attempted.answer);
    const reference = { passed, result, state: await uncut.state() };
    for (const cut of this.#cutsOf(passed)) {
      const complaint = await this.#cutOnce(kind, relay, cut, reference).catch((error: unknown) => String(error));
      if (complaint)
        this.#complaints.push(`${kind.name}, cut ${JSON.stringify(cut)} of ${JSON.stringify(passed)}: ${complaint}`);
      relay.hangUp();
    }
  }

  /** Half of the places in the request, half in its answer; the last byte of the request and the one behind it always. */
  #cutsOf({ request, answer }: Passed): Cut[] {
    const manner = () => this.#random.pick(MANNERS);
    const places = Array.from({ length: this.#each }, (_, i): Cut => {
      if (i % 2 === 1) return { side: 'answer', after: this.#random.below(answer), manner: manner() };
      const after = i === 0 ? request - 1 : i === 2 ? request : this.#random.below(request);
      return { side: 'request', after, manner: manner() };
    });
    return places;
  }

  /** What is wrong with how it went; undefined when all is well. */
  async #cutOnce(kind: Kind, relay: Relay, cut: Cut, reference: Reference): Promise<string | undefined> {
    const trial = await this.#newTrial(kind);
    const before = await trial.state();
    const { attempted, passed } = await this.#send(trial, kind, relay, cut);
    if (passed.broken) this.#counts[cut.side] += 1;
    // Over TLS nobody outside can tell where the request ends.
    const arrived = cut.side === 'answer' || cut.after >= reference.passed.request || this.#site.ca !== undefined;
    if (!arrived && (await trial.state()) !== before) return 'a request that had not arrived whole had an effect';
    const answer =
      attempted.answer ?? (await (kind.repeat?.(trial, attempted) ?? ask(this.#site, kind.request(trial))));
    const wasDone = arrived && answer.status === kind.onceDone;
    const result = resultOf(kind, trial, answer);
    if (!wasDone && result !== reference.result) return `repeated: ${result}\ninstead of ${reference.result}`;
    await kind.next?.(trial, answer);
    const state = await trial.state();
    return state === reference.state ? undefined : `the end is ${state}\ninstead of ${reference.state}`;
  }

  async #newTrial(kind: Kind): Promise<Trial> {
    const number = String(this.#trials++).padStart(5, '0');
    const content = newContent(this.#random.fork(), kind.layerBytes ?? LAYER_BYTES);
    const trial = new Trial(this.#site, `${this.#prefix}-${number}`, content);
    await kind.prepare?.(trial);
    return trial;
  }

  async #send(
    trial: Trial,
    kind: Kind,
    relay: Relay,
    cut: Cut | undefined,
  ): Promise<{ attempted: Attempt; passed: Passed }> {
    const passed = newPassed();
    this.#plan = { cut, passed };
    const attempted = await attempt(this.#site, relay.port, kind.request(trial));
    return { attempted, passed: { ...passed } };
  }
}

const newPassed = (): Passed => ({ request: 0, answer: 0, broken: false });

function resultOf(kind: Kind, trial: Trial, answer: Answer): string {
  return kind.result ? kind.result(trial, answer) : trial.normal(answer);
}
