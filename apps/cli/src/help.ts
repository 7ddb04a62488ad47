import { GLOBAL_OPTIONS } from './arguments.ts';
import type { Command, Option, Options } from './command.ts';
import { COMMANDS, GROUPS, namesBelow } from './command-table.ts';

/** `holdfast COMMAND --help`. */
export function commandHelp(path: string, command: Command): string {
  const words = command.positionals.map(({ name, required, many }) => {
    const shown = many ? `${name}...` : name;
    return required ? shown : `[${shown}]`;
  });
  const parts = [`Usage: holdfast ${[path, ...words].join(' ')} [OPTIONS]`, '', command.summary];
  if (command.details) parts.push('', command.details);
  if (command.positionals.length > 0) {
    parts.push('', 'Arguments', ...command.positionals.map(({ name, text }) => row(name, text)));
  }
  if (Object.keys(command.options).length > 0) parts.push('', 'Options', ...optionRows(command.options));
  parts.push('', 'Options of every command', ...optionRows(GLOBAL_OPTIONS));
  parts.push('', 'Examples', ...command.examples.flatMap(({ text, command: line }) => [`  ${text}`, `    ${line}`]));
  parts.push('', EXIT_CODES);
  return `${parts.join('\n')}\n`;
}

/** `holdfast acr`, and `holdfast` itself for the group `''`. `siteCommands` are those that bin/holdfast hands to the server. */
export async function groupHelp(group: string, siteCommands = ''): Promise<string> {
  const prefix = group === '' ? '' : `${group} `;
  const parts = [`Usage: holdfast ${prefix}COMMAND [OPTIONS]`];
  if (group !== '') parts.push('', GROUPS[group] ?? '');
  parts.push('', 'Commands');
  for (const name of namesBelow(group)) parts.push(row(name, await summaryOf(`${prefix}${name}`)));
  parts.push('', `Say holdfast ${prefix}COMMAND --help for its options and an example.`);
  if (group === '' && siteCommands) {
    parts.push('', `Where the site's data is, its server has more commands, each with --help: ${siteCommands}.`);
  }
  parts.push('', EXIT_CODES);
  return `${parts.join('\n')}\n`;
}

const EXIT_CODES = 'Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found.';

async function summaryOf(path: string): Promise<string> {
  const load = Object.hasOwn(COMMANDS, path) ? COMMANDS[path] : undefined;
  return load ? (await load()).command.summary : (GROUPS[path] ?? '');
}

const optionRows = (options: Options): string[] =>
  Object.values<Option>(options).map((option) => row(spelling(option), textOf(option)));

export function spelling({ flags, value, threeState, many }: Option): string {
  const shown = threeState ? '[true|false]' : value && many ? `${value}...` : value;
  return [flags.join(' '), shown].filter(Boolean).join(' ');
}

export function textOf({ required, text, choices }: Option): string {
  const values = choices ? ` One of ${choices.join(', ')}.` : '';
  return `${required ? '[Required] ' : ''}${text}${values}`;
}

const row = (left: string, right: string) => `  ${left.padEnd(30)} ${right}`;
