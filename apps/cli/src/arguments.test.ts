import { describe, expect, it } from 'vitest';
import { parseArguments } from './arguments.ts';
import { CommandError } from './command-error.ts';

const options = {
  name: { flags: ['--name', '-n'], value: 'NAME', required: true, text: '' },
  namespace: { flags: ['--namespace'], value: 'NAME', text: '' },
  actions: { flags: ['--actions'], value: 'ACTION', many: true, choices: ['push', 'delete'], text: '' },
  write: { flags: ['--write-enabled'], threeState: true, text: '' },
  yes: { flags: ['--yes', '-y'], text: '' },
  password: { flags: ['--password', '-p'], value: 'SECRET', text: '' },
} as const;
const command = { options, positionals: [{ name: 'WORD', text: '' }] };
const parse = (...argv: string[]) => parseArguments(argv, command).values;
function refusal(...argv: string[]): string {
  try {
    parse(...argv);
  } catch (error) {
    if (error instanceof CommandError && error.exitCode === 2) return error.message;
    throw error;
  }
  throw new Error('was accepted');
}

describe('the grammar of az', () => {
  it.each([['--name', 'x'], ['--name=x'], ['-n', 'x'], ['-nx'], ['-n=x']])('takes %s %s', (...argv) => {
    expect(parse(...argv).name).toBe('x');
  });

  it('takes a long name that is cut short, as long as one fits', () => {
    expect(parse('-n', 'x', '--pass', 's', '--act', 'push')).toMatchObject({ password: 's', actions: ['push'] });
    expect(refusal('--na', 'x')).toContain('--name, --namespace');
  });

  it('takes several words up to the next option, and an option again', () => {
    const parsed = parseArguments(['--actions', 'push', 'delete', '-n', 'x', 'word', '--actions', 'push'], command);
    expect([parsed.values.actions, parsed.positionals]).toEqual([['push', 'delete', 'push'], ['word']]);
  });

  it('lets the last of a repeated option count', () => {
    expect(parse('-n', 'x', '--name', 'y').name).toBe('y');
  });

  it('knows three states: not named, with a value, and without one', () => {
    expect(parse('-n', 'x').write).toBeUndefined();
    expect(parse('-n', 'x', '--write-enabled', 'false').write).toBe(false);
    expect(parse('--write-enabled', '-n', 'x').write).toBe(true);
    expect(parse('--write-enabled=FALSE', '-n', 'x').write).toBe(false);
    expect(refusal('-n', 'x', '--write-enabled=no')).toContain('true or false');
  });

  it('gives a switch its no', () => {
    expect([parse('-n', 'x').yes, parse('-n', 'x', '-y').yes]).toEqual([false, true]);
  });

  it('takes a password that begins with a dash, but no option for one', () => {
    expect(parse('-n', 'x', '-p', '-secret').password).toBe('-secret');
    expect(parse('-n', 'x', '--password=--yes').password).toBe('--yes');
    expect(refusal('-n', 'x', '-p', '--yes')).toContain('expected a value');
  });

  it('takes everything after -- as it is', () => {
    expect(parseArguments(['-n', 'x', '--', '--yes'], command).positionals).toEqual(['--yes']);
  });

  it('says what is wrong', () => {
    expect(refusal()).toContain('required: --name/-n');
    expect(refusal('-n')).toContain('expected a value');
    expect(refusal('-n', 'x', '--frob', 'y')).toContain('unrecognized argument --frob');
    expect(refusal('-n', 'x', '--actions', 'jump')).toContain("'jump' is not one of push, delete");
    expect(refusal('-n', 'x', 'one', 'two')).toContain('unrecognized arguments: two');
    expect(refusal('-n', 'x', '--yes=true')).toContain('takes no value');
  });

  it('asks for nothing when help is wanted', () => {
    expect(parse('--help').help).toBe(true);
  });
});
