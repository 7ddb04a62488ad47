import { DomainError } from '../platform/domain-error.ts';

/** The system clock's sleepers keep no process alive, and nothing else may either while one of them waits. */
export async function whileAlive<T>(work: () => Promise<T>): Promise<T> {
  const alive = setInterval(() => undefined, 60_000);
  try {
    return await work();
  } finally {
    clearInterval(alive);
  }
}

/** Where there is nothing to work on, the command says so and ends with 3 (contract, section 8). */
export async function tellNotFound<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind !== 'not-found') throw error;
    process.stderr.write(`holdfast: ${error.message}\n`);
    process.exitCode = 3;
    return undefined;
  }
}
