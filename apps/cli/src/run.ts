import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { type ParsedArguments, parseArguments } from './arguments.ts';
import { type Command, type Context, RawOutput } from './command.ts';
import { CommandError, wrongUsage } from './command-error.ts';
import { COMMANDS, findCommand, GROUPS, namesBelow } from './command-table.ts';
import { configDirOf, type Profile, readProfile } from './site/profile.ts';

/** argv → command → its result on stdout. Throws CommandError. */
export async function run(argv: readonly string[]): Promise<void> {
  const found = findCommand(argv);
  if (!found) return explainGroup(argv);
  const { command } = await found.load();
  const parsed = parseArguments(found.rest, command);
  if (parsed.values.help) {
    const { commandHelp } = await import('./help.ts');
    process.stdout.write(commandHelp(found.path, command));
    return;
  }
  const context = await createContext(parsed.values);
  const result = await command.run(context, parsed.values as never, parsed.positionals);
  await print(result, command, context, parsed.values);
}

async function createContext(values: ParsedArguments['values']): Promise<Context> {
  const { env, platform, stdin, stdout, stderr } = process;
  const configDir = configDirOf(env, platform);
  const remembered = await readProfile(configDir);
  const wanted = (values.ca as string | undefined) ?? env.HOLDFAST_CA;
  const ca = wanted === undefined ? remembered.ca : await readCa(wanted);
  if (ca !== undefined) trust(ca);
  const quiet = values.onlyShowErrors === true;
  return {
    env,
    platform,
    stdin,
    stdout,
    stderr,
    configDir,
    profile: { ...remembered, ...(ca === undefined ? {} : { ca }) } satisfies Profile,
    output: (values.output as string | undefined) ?? 'json',
    subscription: values.subscription as string | undefined,
    progress: quiet ? 'none' : (values.progress as Context['progress']),
    commands: { find: findCommand, namesBelow },
    say: (line) => {
      if (!quiet) stderr.write(`${line}\n`);
    },
  };
}

async function readCa(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new CommandError(`The certificate ${path} cannot be read: ${(error as Error).message}.`, 2);
  }
}

/** For every connection of this process, besides what is trusted anyway. */
function trust(ca: string): void {
  try {
    new X509Certificate(ca); // what is none would be ignored without a word
    setDefaultCACertificates([...getCACertificates('default'), ca]);
  } catch (error) {
    throw new CommandError(
      `The certificate to trust is none in PEM form: ${(error as Error).message}. Name the site's CA with --ca.`,
      2,
    );
  }
}

async function print(result: unknown, command: Command, context: Context, values: ParsedArguments['values']) {
  if (result instanceof RawOutput) {
    context.stdout.write(result.bytes);
  } else if (result !== undefined) {
    const { formatResult } = await import('./output/format-result.ts');
    const color = context.stdout.isTTY === true && !context.env.NO_COLOR;
    const query = values.query as string | undefined;
    context.stdout.write(await formatResult(result, { format: context.output, query, color, table: command.table }));
  }
}

async function explainGroup(argv: readonly string[]): Promise<void> {
  const { groupHelp } = await import('./help.ts');
  const isHelp = (word: string | undefined) => word === 'help' || word === '--help' || word === '-h';
  const words = isHelp(argv[0]) ? argv.slice(1) : argv;
  const group = words.filter((word) => !word.startsWith('-')).join(' ');
  if (isHelp(argv[0])) {
    const load = Object.hasOwn(COMMANDS, group) ? COMMANDS[group] : undefined;
    if (load) {
      const { commandHelp } = await import('./help.ts');
      process.stdout.write(commandHelp(group, (await load()).command));
      return;
    }
  }
  if (group === '' || Object.hasOwn(GROUPS, group)) {
    const text = await groupHelp(group, process.env.HOLDFAST_SITE_COMMANDS);
    if (argv.length > 0) process.stdout.write(text);
    else throw wrongUsage(`say what to do.\n\n${text}`);
    return;
  }
  const last = words.findIndex((_, index) => !isBeginning(words.slice(0, index + 1).join(' ')));
  const known = words.slice(0, last).join(' ');
  throw wrongUsage(
    `'${words[last]}' is misspelled or not recognized by the system.\n\n${await groupHelp(known, process.env.HOLDFAST_SITE_COMMANDS)}`,
  );
}

const isBeginning = (words: string): boolean =>
  [...Object.keys(COMMANDS), ...Object.keys(GROUPS)].some((path) => path === words || path.startsWith(`${words} `));
