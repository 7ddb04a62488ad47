import { DomainError } from '../platform/domain-error.ts';

/** What a command on a data folder opened; says so and ends with 3 where no registry ever was. */
export async function whereRegistryIs<T>(open: () => Promise<T>): Promise<T | undefined> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind !== 'not-found') throw error;
    process.stderr.write(`holdfast: ${error.message}\n`);
    process.exitCode = 3;
    return undefined;
  }
}

/** The system clock's sleepers keep no process alive, and nothing else need do so while one of them waits. Answers how to end that. */
export function stayAlive(): () => void {
  const timer = setInterval(() => undefined, 60_000);
  return () => clearInterval(timer);
}
