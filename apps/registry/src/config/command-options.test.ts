import { describe, expect, it } from 'vitest';
import { takeOptions } from './command-options.ts';

const take = (...args: string[]) => takeOptions(args, { values: ['--to'], switches: ['--json'] });

describe('the options of a command', () => {
  it('are taken out of the arguments, wherever they stand; the rest keeps its order', () => {
    const expected = { values: { '--to': '/b' }, switches: { '--json': true }, rest: ['--data', '/d'] };
    expect(take('--to', '/b', '--data', '/d', '--json')).toEqual(expected);
    expect(take('--json', '--data', '/d', '--to=/b')).toEqual(expected);
  });

  it('are not there when nobody gave them; of a repeated one the last counts', () => {
    expect(take('--data', '/d')).toEqual({ values: {}, switches: { '--json': false }, rest: ['--data', '/d'] });
    expect(take('--to', '/a', '--to=b=c').values).toEqual({ '--to': 'b=c' });
  });

  it.each([[['--to']], [['--to=']], [['--to', '--json']]])('need their values: %j', (args) => {
    expect(() => take(...args)).toThrow('--to needs a value');
  });
});
