import { CommandLineExit, wrongUsage } from './command-line-exit.ts';
import { nearest } from './nearest.ts';
import { environmentName, type Setting, type SettingKey, settings } from './settings.ts';

export interface Arguments {
  /** What each flag was given, by the setting it sets. */
  readonly flags: ReadonlyMap<SettingKey | 'config', string>;
  readonly positionals: readonly string[];
}

const keyByFlag = new Map<string, SettingKey | 'config'>([['--config', 'config']]);
for (const [key, setting] of Object.entries<Setting>(settings)) {
  if (setting.flag) keyByFlag.set(setting.flag, key as SettingKey);
}

/** Reads `--flag value` and `--flag=value`; of a repeated flag the last counts, so that scripts can append. */
export function parseArguments(argv: readonly string[]): Arguments {
  const flags = new Map<SettingKey | 'config', string>();
  const positionals: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i] ?? '';
    if (argument === '--') {
      positionals.push(...argv.slice(i + 1));
      break;
    }
    if (argument === '--help' || argument === '-h') throw new CommandLineExit(0, helpText());
    if (!argument.startsWith('-') || argument === '-') {
      positionals.push(argument);
      continue;
    }
    const equals = argument.indexOf('=');
    const flag = equals < 0 ? argument : argument.slice(0, equals);
    const key = keyByFlag.get(flag);
    if (!key) throw wrongUsage(`unknown flag ${flag}; the nearest is ${nearest(flag, [...keyByFlag.keys()])}.`);
    let value: string | undefined = argument.slice(equals + 1);
    if (equals < 0) {
      value = argv[++i];
      // `--data --http …` is a forgotten value far more often than a folder named `--http`; `--data=--http` still works.
      if (value?.startsWith('--')) value = undefined;
    }
    if (!value) throw wrongUsage(`${flag} needs a value.`);
    flags.set(key, value);
  }
  return { flags, positionals };
}

const commands = {
  serve: 'run the registry (the flags are below)',
  bootstrap: 'show [KEY] | forget: what the first start made, such as registry.password',
  scrub: 'check everything that is stored and name what is damaged (scrub --help)',
  gc: 'free what nothing needs, or say what that is (gc --help)',
  cleanup: 'take what clean-up policies take, or say what that is (cleanup --help)',
  explain: 'blob | manifest | usage: why it is kept, what it takes (explain --help)',
  backup: 'back everything up into a folder while the server runs (backup --help)',
  restore: 'make a data folder from a backup (restore --help)',
  fsck: 'compare what is stored with what the database says of it, and repair it (fsck --help)',
  config: 'check | explain | schema: the configuration file',
} as const;

export type CommandName = keyof typeof commands;

/** The sub command and what follows it. Asks for help are answered, and unknown commands refused, by CommandLineExit. */
export function parseCommand(argv: readonly string[]): { readonly command: CommandName; readonly args: string[] } {
  const [command, ...args] = argv;
  if (command === undefined) throw new CommandLineExit(2, helpText());
  if (command === 'help' || command === '--help' || command === '-h') throw new CommandLineExit(0, helpText());
  if (Object.hasOwn(commands, command)) return { command: command as CommandName, args };
  const what = command.startsWith('-')
    ? `the command comes first, then flags such as ${command}`
    : `unknown command '${command}'`;
  throw new CommandLineExit(2, `holdfast: ${what}.\n\n${helpText()}`);
}

export function helpText(): string {
  const flagLine = (flag: string, value: string, text: string) =>
    `  ${`${flag} ${value}`.padEnd(28)}${text} [${environmentName(flag)}]`;
  const rows = Object.values<Setting>(settings).flatMap((setting) => {
    if (!setting.flag) return [];
    const value =
      { '--data': 'DIR', '--domain': 'NAME', '--public-port': 'N' }[setting.flag as string] ?? 'HOST:PORT|off';
    const standard = setting.default === undefined ? '' : ` Default ${setting.default}.`;
    return [flagLine(setting.flag, value, `${setting.description}${standard}`)];
  });
  return [
    'Usage: holdfast COMMAND [FLAGS]',
    '',
    ...Object.entries(commands).map(([name, text]) => `  ${name.padEnd(12)}${text}`),
    '',
    'Flags, each with its environment variable (order: flag, environment, file, default):',
    ...rows,
    flagLine('--config', 'FILE', 'Configuration file (YAML).'),
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found.',
  ].join('\n');
}
