import { GLOBAL_OPTIONS } from '../../apps/cli/src/arguments.ts';
import type { Command, Options } from '../../apps/cli/src/command.ts';
import { ALIASES, COMMANDS, GROUPS } from '../../apps/cli/src/command-table.ts';
import { spelling, textOf } from '../../apps/cli/src/help.ts';

type Table = (titles: readonly string[], rows: readonly (readonly string[])[]) => string;

/** `docs/reference/command-line.md`: every command with its options and examples, as its help has them. */
export async function commandLinePage(table: Table): Promise<string> {
  const sections: string[] = [];
  for (const [path, load] of Object.entries(COMMANDS)) sections.push(section(path, (await load()).command, table));
  const groups = Object.entries(GROUPS).map(([name, text]) => [`\`holdfast ${name}\``, text]);
  const aliases = Object.entries(ALIASES).map(([alias, path]) => `\`holdfast ${alias}\` is \`holdfast ${path}\`.`);
  return `# Command line

\`holdfast\` on a client: grammar, option names and output are those of \`az\`. Options may be written \`--name VALUE\`, \`--name=VALUE\`,
\`-n VALUE\` or \`-nVALUE\`, and long names may be cut short as long as only one fits. Results go to stdout, everything else to stderr.
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found. The commands of the site itself (\`serve\`, \`bootstrap\`, \`gc\`, …) tell of
themselves with \`--help\`.

${table(['Group', 'For'], groups)}

${aliases.join(' ')}

## Options of every command

${optionTable(GLOBAL_OPTIONS, table)}

## Environment

${table(
  ['Variable', 'Meaning'],
  [
    [
      '`HOLDFAST_CONFIG_DIR`',
      'Folder of what `holdfast login` remembers. Default: `holdfast` in `$XDG_CONFIG_HOME` or `~/.config`, on Windows in `%APPDATA%`.',
    ],
    ['`HOLDFAST_SERVER`', "The site's management endpoint, for `login` and for a sign-in by the environment."],
    [
      '`HOLDFAST_CLIENT_ID`, `HOLDFAST_CLIENT_SECRET`',
      'A service principal that commands sign in as; nothing is written then.',
    ],
    ['`HOLDFAST_CA`', 'Certificate (PEM) to trust, as `--ca`.'],
    ['`DOCKER_CONFIG`, `REGISTRY_AUTH_FILE`', "Where Docker's and Podman's files are, as for these."],
    ['`NO_COLOR`', 'Set to anything: no colours with `-o jsonc`.'],
  ],
)}

${sections.join('\n')}`;
}

function section(path: string, command: Command, table: Table): string {
  const words = command.positionals.map(
    ({ name, required, many }) => (required ? name : `[${name}]`) + (many ? '...' : ''),
  );
  const parts = [`## holdfast ${[path, ...words].join(' ')}`, '', command.summary, ''];
  if (command.details) parts.push(command.details, '');
  const rows = command.positionals.map(({ name, text }) => [`\`${name}\``, text]);
  if (rows.length > 0) parts.push(table(['Argument', 'Meaning'], rows), '');
  if (Object.keys(command.options).length > 0) parts.push(optionTable(command.options, table), '');
  for (const { text, command: line } of command.examples) parts.push(text, '', '```', line, '```', '');
  return parts.join('\n');
}

function optionTable(options: Options, table: Table): string {
  return table(
    ['Option', 'Meaning'],
    Object.values(options).map((option) => [`\`${spelling(option)}\``, textOf(option)]),
  );
}
