import { dirname, resolve } from 'node:path';
import { parseArguments } from './command-line.ts';
import { wrongUsage } from './command-line-exit.ts';
import type { FileValue } from './config-file.ts';
import { environmentName, type SettingKey, type SettingValue, settingKeys, settingOf } from './settings.ts';

/** Where a value came from. */
export type Origin =
  | { readonly kind: 'flag'; readonly name: string }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string; readonly line: number }
  | { readonly kind: 'default' };

export type Environment = Readonly<Record<string, string | undefined>>;

/** Each setting's raw value from the strongest source that has it: flag, environment, file, default. */
export interface ResolvedSettings {
  readonly file: string | undefined;
  value<K extends SettingKey>(key: K): SettingValue<K>;
  origin(key: SettingKey): Origin;
  /** Relative paths in the file are meant from the file's folder, all others from the working directory. */
  baseFolder(key: SettingKey): string;
}

export interface LoadOptions {
  /** How many arguments that are no flags the command takes; `serve` takes none. */
  readonly positionals?: number;
}

export async function resolveSettings(
  argv: readonly string[],
  env: Environment,
  cwd: string,
  { positionals: wanted = 0 }: LoadOptions = {},
): Promise<ResolvedSettings> {
  const { flags, positionals } = parseArguments(argv);
  const surplus = positionals[wanted];
  if (surplus !== undefined) throw wrongUsage(`unexpected argument '${surplus}'.`);
  const named = flags.get('config') ?? (env[environmentName('--config')] || undefined);
  const file = named === undefined ? undefined : resolve(cwd, named);
  const fromFile: ReadonlyMap<SettingKey, FileValue> = file
    ? await (await import('./config-file.ts')).readConfigFile(file)
    : new Map();

  const values = new Map<SettingKey, { readonly value: unknown; readonly origin: Origin }>();
  for (const key of settingKeys) values.set(key, pick(key));
  return {
    file,
    value: <K extends SettingKey>(key: K) => values.get(key)?.value as SettingValue<K>,
    origin: (key) => values.get(key)?.origin ?? { kind: 'default' },
    baseFolder: (key) => (file && values.get(key)?.origin.kind === 'file' ? dirname(file) : cwd),
  };

  function pick(key: SettingKey): { readonly value: unknown; readonly origin: Origin } {
    const { flag, default: standard } = settingOf(key);
    if (flag) {
      const given = flags.get(key);
      if (given !== undefined) return { value: given, origin: { kind: 'flag', name: flag } };
      const name = environmentName(flag);
      // An empty variable is an unset one: unit files and compose files cannot unset.
      if (env[name]) return { value: env[name], origin: { kind: 'environment', name } };
    }
    const found = fromFile.get(key);
    if (found && file) return { value: found.value, origin: { kind: 'file', path: file, line: found.line } };
    return { value: standard, origin: { kind: 'default' } };
  }
}
