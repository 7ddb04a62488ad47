import jmespath from 'jmespath';
import { CommandError, wrongUsage } from '../command-error.ts';

/** What a JMESPath query finds. */
export function applyQuery(value: unknown, query: string): unknown {
  try {
    return jmespath.search(value, query);
  } catch (error) {
    const { message, name } = error as Error;
    if (name === 'ParserError' || name === 'LexerError') throw wrongUsage(`--query: ${message}`);
    throw new CommandError(`--query: ${message}`);
  }
}
