import { wrongUsage } from './command-line-exit.ts';

/** What a command has besides the flags of every command. */
export interface CommandOptions<V extends string, S extends string> {
  readonly values: Readonly<Partial<Record<V, string>>>;
  readonly switches: Readonly<Record<S, boolean>>;
  /** The other arguments, in their order. */
  readonly rest: readonly string[];
}

/** Takes `--name value`, `--name=value` and switches out of the arguments. Of a repeated one the last counts. */
export function takeOptions<V extends string, S extends string>(
  args: readonly string[],
  known: { readonly values?: readonly V[]; readonly switches?: readonly S[] },
): CommandOptions<V, S> {
  const values: Partial<Record<V, string>> = {};
  const switches = Object.fromEntries((known.switches ?? []).map((name) => [name, false])) as Record<S, boolean>;
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const argument = args[i] ?? '';
    const [flag = '', ...given] = argument.split('=');
    if (known.switches?.includes(argument as S)) switches[argument as S] = true;
    else if (known.values?.includes(flag as V)) {
      const value = argument.includes('=') ? given.join('=') : args[++i];
      if (!value || (value.startsWith('--') && !argument.includes('='))) throw wrongUsage(`${flag} needs a value.`);
      values[flag as V] = value;
    } else rest.push(argument);
  }
  return { values, switches, rest };
}
