import type { Profile } from './site/profile.ts';

/** One option of a command. `flags` are all its spellings, `-n` beside `--name`; the first long one names it in messages. */
export interface Option {
  readonly flags: readonly [string, ...string[]];
  /** What stands for the value in help; a switch has none. */
  readonly value?: string;
  /** As with az: `--write-enabled`, `--write-enabled true` and `--write-enabled false`. Excludes `value`. */
  readonly threeState?: true;
  /** Takes several words, may be repeated, or both: `--actions push delete`. */
  readonly many?: true;
  readonly required?: true;
  readonly choices?: readonly string[];
  readonly text: string;
}

export type Options = Readonly<Record<string, Option>>;

type ValueOf<O extends Option> = O extends { readonly many: true }
  ? readonly string[] | undefined
  : O extends { readonly required: true }
    ? string
    : O extends { readonly value: string }
      ? string | undefined
      : O extends { readonly threeState: true }
        ? boolean | undefined
        : boolean;

export type Values<O extends Options> = { readonly [K in keyof O]: ValueOf<O[K]> };

export interface Positional {
  readonly name: string;
  readonly text: string;
  readonly required?: true;
  /** The last one only: takes all that follow. */
  readonly many?: true;
}

/** What is shown in help and in the reference. Each was tried: test/acceptance/faq and the tests beside the commands. */
export interface Example {
  readonly text: string;
  readonly command: string;
}

/** Rows of `-o table`, in place of the ones that are made from the result itself. */
export type TableRows = readonly Readonly<Record<string, unknown>>[];

export interface Command {
  readonly summary: string;
  /** More than the summary says: shown in help and in the reference. */
  readonly details?: string;
  readonly options: Options;
  readonly positionals: readonly Positional[];
  readonly examples: readonly [Example, ...Example[]];
  table?(result: unknown): TableRows;
  run(context: Context, values: Values<Options>, positionals: readonly string[]): Promise<unknown>;
}

interface CommandDefinition<O extends Options> {
  readonly summary: string;
  readonly details?: string;
  readonly options?: O;
  readonly positionals?: readonly Positional[];
  readonly examples: readonly [Example, ...Example[]];
  readonly table?: (result: unknown) => TableRows;
  /** What it gives back is printed in the format that is asked for; undefined prints nothing. */
  readonly run: (context: Context, values: Values<O>, positionals: readonly string[]) => Promise<unknown>;
}

/** Gives `run` the types that its options say; the parser sees to it that the values are of them. */
export function defineCommand<const O extends Options>(definition: CommandDefinition<O>): Command {
  const { options, positionals = [], run, ...rest } = definition;
  return { ...rest, options: options ?? {}, positionals, run: run as unknown as Command['run'] };
}

/** A result that goes out byte by byte, whatever format is asked for. */
export class RawOutput {
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

type LoadCommand = () => Promise<{ readonly command: Command }>;

export interface FoundCommand {
  readonly path: string;
  readonly load: LoadCommand;
  readonly rest: readonly string[];
}

/** The commands that there are, for those that speak about others. */
export interface CommandTable {
  /** The command that the first words name; the rest are its arguments. */
  find(argv: readonly string[]): FoundCommand | undefined;
  /** The names right below a group, `''` for all: commands and groups. */
  namesBelow(group: string): readonly string[];
}

/** What a command has of the world: none reads `process` itself, so that tests can give it another one. */
export interface Context {
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly platform: NodeJS.Platform;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  /** `--progress`: how long work says how far it is; undefined lets the terminal decide. */
  readonly progress: 'bar' | 'json' | 'none' | undefined;
  /** The format of `-o`, for the few commands that print differently by it. */
  readonly output: string;
  /** `--subscription`. */
  readonly subscription: string | undefined;
  /** Folder of what the command line keeps for its user. */
  readonly configDir: string;
  /** What `holdfast login` remembered, and the environment above it. */
  readonly profile: Profile;
  readonly commands: CommandTable;
  /** A line for people on stderr. */
  say(line: string): void;
}
