import { Random } from '../../fault/random.ts';
import { type Manner, Relay } from './relay.ts';

/** Signing in is done with less: what is cut is a pull. */
const LEAST_BYTES = 20_000;

export interface Flaky {
  readonly port: number;
  readonly cuts: number;
  /** A connection is cut before it has carried that many bytes to its client. */
  readonly within: number;
  readonly manners: readonly Manner[];
  readonly seed: number;
}

/**
 * A relay in front of a server, for real clients: it cuts connections behind a random byte of what the client gets, until
 * it has cut enough of them; those that are open by then are cut, too. A connection that ends before is no cut. Prints its
 * port, then a line for each cut.
 */
export async function flakyRelay({ port, cuts, within, manners, seed }: Flaky): Promise<void> {
  const random = new Random(seed);
  let done = 0;
  const relay = await Relay.open(port, () => {
    const passed = { request: 0, answer: 0, broken: false };
    if (done >= cuts) return { cut: undefined, passed };
    const manner = random.pick(manners);
    const cut = { side: 'answer', after: LEAST_BYTES + random.below(within - LEAST_BYTES), manner } as const;
    const broke = () => console.log(`cut ${++done}: ${manner} behind ${cut.after} bytes`);
    return { cut, passed, broke };
  });
  console.log(`port ${relay.port}`);
}
