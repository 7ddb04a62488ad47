import type { Command, Option, Options } from './command.ts';
import { wrongUsage } from './command-error.ts';

/** Options that every command has. */
export const GLOBAL_OPTIONS = {
  output: {
    flags: ['--output', '-o'],
    value: 'FORMAT',
    choices: ['json', 'jsonc', 'none', 'table', 'tsv', 'yaml', 'yamlc'],
    text: 'Output format. Default: json.',
  },
  query: { flags: ['--query'], value: 'JMESPATH', text: 'JMESPath query that is applied to the result.' },
  ca: { flags: ['--ca'], value: 'FILE', text: 'Certificate (PEM) to trust besides the usual ones. [HOLDFAST_CA]' },
  subscription: { flags: ['--subscription'], value: 'ID', text: 'Name or id of the subscription.' },
  progress: {
    flags: ['--progress'],
    value: 'HOW',
    choices: ['bar', 'json', 'none'],
    text: 'How long work tells how far it is. Default: bar on a terminal, else json.',
  },
  onlyShowErrors: { flags: ['--only-show-errors'], text: 'Say nothing on stderr but errors.' },
  help: { flags: ['--help', '-h'], text: 'Show this help and exit.' },
} as const satisfies Options;

export interface ParsedArguments {
  readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly positionals: readonly string[];
}

/**
 * The grammar of az: `--name value`, `--name=value`, `-n value`, `-nvalue`, unambiguous beginnings of long names; an option
 * of several values takes all the words up to the next option. Of a repeated single one the last counts.
 */
export function parseArguments(
  argv: readonly string[],
  command: Pick<Command, 'options' | 'positionals'>,
): ParsedArguments {
  const reader = new Reader({ ...GLOBAL_OPTIONS, ...command.options });
  const { values, positionals } = reader.read(argv);
  if (values.help) return { values, positionals };
  const missing = Object.entries(command.options).flatMap(([name, option]) =>
    option.required && values[name] === undefined ? [option.flags.join('/')] : [],
  );
  const needed = command.positionals.filter(({ required }) => required);
  missing.push(...needed.slice(positionals.length).map(({ name }) => name));
  if (missing.length > 0) throw wrongUsage(`the following arguments are required: ${missing.join(', ')}`);
  if (!command.positionals.at(-1)?.many && positionals.length > command.positionals.length) {
    throw wrongUsage(`unrecognized arguments: ${positionals.slice(command.positionals.length).join(' ')}`);
  }
  return { values, positionals };
}

class Reader {
  readonly #options: Options;
  readonly #byFlag = new Map<string, string>();
  readonly #values: Record<string, string | boolean | string[] | undefined> = {};
  readonly #positionals: string[] = [];
  #words: readonly string[] = [];
  #at = 0;

  constructor(options: Options) {
    this.#options = options;
    for (const [name, { flags }] of Object.entries(options)) for (const flag of flags) this.#byFlag.set(flag, name);
  }

  read(argv: readonly string[]): ParsedArguments {
    this.#words = argv;
    while (this.#at < argv.length) {
      const word = argv[this.#at++] ?? '';
      if (word === '--') {
        this.#positionals.push(...argv.slice(this.#at));
        break;
      }
      if (word.startsWith('-') && word !== '-') this.#option(word);
      else this.#positionals.push(word);
    }
    for (const [name, option] of Object.entries(this.#options)) {
      if (option.value === undefined && !option.threeState) this.#values[name] ??= false;
    }
    return { values: this.#values, positionals: this.#positionals };
  }

  #option(word: string): void {
    const { name, flag, inline } = this.#find(word);
    const option = this.#options[name] as Option;
    if (option.threeState) {
      const given = inline ?? (/^(true|false)$/i.test(this.#next() ?? '') ? this.#take() : 'true');
      if (!/^(true|false)$/i.test(given)) throw wrongUsage(`${flag} takes true or false, not '${given}'.`);
      this.#values[name] = given.toLowerCase() === 'true';
      return;
    }
    if (option.value === undefined) {
      if (inline !== undefined) throw wrongUsage(`${flag} takes no value.`);
      this.#values[name] = true;
      return;
    }
    const given = inline ?? (this.#isValue(this.#next()) ? this.#take() : undefined);
    if (given === undefined) throw wrongUsage(`argument ${option.flags.join('/')}: expected a value.`);
    const all = [given];
    if (option.many) while (inline === undefined && this.#isValue(this.#next())) all.push(this.#take());
    for (const value of all) this.#check(option, flag, value);
    this.#values[name] = option.many ? [...((this.#values[name] as string[] | undefined) ?? []), ...all] : given;
  }

  #find(word: string): { name: string; flag: string; inline: string | undefined } {
    const equals = word.indexOf('=');
    const flag = word.startsWith('--') && equals > 0 ? word.slice(0, equals) : word;
    const inline = flag === word ? undefined : word.slice(equals + 1);
    const exact = this.#byFlag.get(flag);
    if (exact !== undefined) return { name: exact, flag, inline };
    if (!word.startsWith('--')) {
      const short = word.slice(0, 2);
      const name = this.#byFlag.get(short);
      if (name !== undefined) return { name, flag: short, inline: word.slice(word[2] === '=' ? 3 : 2) };
    } else {
      const longer = [...this.#byFlag].filter(([known]) => known.startsWith(flag));
      const names = new Set(longer.map(([, name]) => name));
      if (names.size > 1) throw wrongUsage(`${flag} could be ${longer.map(([known]) => known).join(', ')}.`);
      const [first] = longer;
      if (first) return { name: first[1], flag: first[0], inline };
    }
    throw wrongUsage(`unrecognized argument ${word}; there are ${[...this.#byFlag.keys()].join(', ')}.`);
  }

  #check(option: Option, flag: string, value: string): void {
    if (option.choices?.includes(value) === false) {
      throw wrongUsage(`${flag}: '${value}' is not one of ${option.choices.join(', ')}.`);
    }
  }

  #next(): string | undefined {
    return this.#words[this.#at];
  }

  #take(): string {
    return this.#words[this.#at++] ?? '';
  }

  /** A password may begin with `-`; only what is an option here is taken for one. `--password=-x` always works. */
  #isValue(word: string | undefined): word is string {
    if (word === undefined || word === '--') return false;
    if (!word.startsWith('-') || word === '-') return true;
    return !(word.startsWith('--') || this.#byFlag.has(word));
  }
}
