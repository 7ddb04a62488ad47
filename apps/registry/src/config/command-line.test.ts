import { describe, expect, it } from 'vitest';
import { helpText, parseArguments, parseCommand } from './command-line.ts';
import { CommandLineExit } from './command-line-exit.ts';

function exit(run: () => unknown): CommandLineExit {
  try {
    run();
  } catch (error) {
    if (error instanceof CommandLineExit) return error;
    throw error;
  }
  throw new Error('it did not exit');
}

describe('parseCommand', () => {
  it('parts the command from its arguments', () => {
    expect(parseCommand(['serve', '--http', 'off'])).toEqual({ command: 'serve', args: ['--http', 'off'] });
    expect(parseCommand(['bootstrap', 'show', 'registry.password'])).toEqual({
      command: 'bootstrap',
      args: ['show', 'registry.password'],
    });
  });

  it('answers a wish for help with 0', () => {
    for (const word of ['help', '--help', '-h'])
      expect(exit(() => parseCommand([word]))).toMatchObject({ exitCode: 0 });
    expect(exit(() => parseArguments(['--data', 'x', '--help']))).toMatchObject({ exitCode: 0, message: helpText() });
  });

  it('refuses no command, unknown ones and a flag in its place with 2 and help', () => {
    for (const argv of [[], ['push'], ['--data', 'x'], ['toString']]) {
      const { exitCode, message } = exit(() => parseCommand(argv));
      expect(exitCode).toBe(2);
      expect(message).toContain('Usage: holdfast COMMAND');
    }
    expect(exit(() => parseCommand(['--data', 'x'])).message).toContain('the command comes first');
  });
});

describe('helpText', () => {
  it('names every flag with its environment variable and default', () => {
    for (const [flag, variable] of [
      ['--data DIR', 'HOLDFAST_DATA'],
      ['--http HOST:PORT|off', 'HOLDFAST_HTTP'],
      ['--https HOST:PORT|off', 'HOLDFAST_HTTPS'],
      ['--domain NAME', 'HOLDFAST_DOMAIN'],
      ['--public-port N', 'HOLDFAST_PUBLIC_PORT'],
      ['--config FILE', 'HOLDFAST_CONFIG'],
    ] as const) {
      const line = helpText()
        .split('\n')
        .find((text) => text.includes(`${flag} `));
      expect(line).toContain(`[${variable}]`);
    }
    expect(helpText()).toContain('Default 127.0.0.1:5443.');
  });
});

describe('parseArguments', () => {
  it('takes what follows -- as it is', () => {
    expect(parseArguments(['show', '--', '--data']).positionals).toEqual(['show', '--data']);
  });

  it('takes a value that looks like a flag after an equals sign', () => {
    expect(parseArguments(['--data=--odd=1']).flags.get('data')).toBe('--odd=1');
  });
});
