import type { GenerationReader } from '../rights.ts';
import type { Session } from './session.ts';
import { command, hotQuery } from './statements.ts';

const currentGeneration = hotQuery('SELECT value FROM generation WHERE id = 1');
const raise = command('UPDATE generation SET value = value + 1 WHERE id = 1');

/** For every statement that changes who somebody is or what somebody may: in the same transaction as the change. */
export function raiseGeneration(session: Session): void {
  session.run(raise);
}

export class SqliteGenerationReader implements GenerationReader {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  current(): number {
    return this.#session.get<{ value: number }>(currentGeneration)?.value ?? 0;
  }
}
