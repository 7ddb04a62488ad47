/**
 * Ends the program before it has begun its work: wrong usage (2) goes to stderr, wanted help (0) to stdout. `message`
 * is all that the caller prints; a stack trace would only hide it.
 */
export class CommandLineExit extends Error {
  readonly exitCode: 0 | 2;

  constructor(exitCode: 0 | 2, message: string) {
    super(message);
    this.name = 'CommandLineExit';
    this.exitCode = exitCode;
  }
}

export const wrongUsage = (message: string): CommandLineExit =>
  new CommandLineExit(2, `holdfast: ${message}\nTry 'holdfast --help'.`);

/** Several problems are told together, so that a file is mended in one go. */
export const wrongConfig = (problems: readonly string[]): CommandLineExit =>
  new CommandLineExit(2, problems.map((problem) => `holdfast: ${problem}`).join('\n'));
