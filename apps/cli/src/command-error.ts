/** Exit codes of the contract, section 8. */
export const EXIT = { done: 0, failed: 1, usage: 2, notFound: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command. The message says what was asked, why it was refused and what to do next; no stack is printed. */
export class CommandError extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = EXIT.failed, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}

export const wrongUsage = (message: string): CommandError => new CommandError(message, EXIT.usage);
export const notFound = (message: string): CommandError => new CommandError(message, EXIT.notFound);
