import type { Command } from './command.ts';

type Load = () => Promise<{ readonly command: Command }>;

/** Every command and the file that has it. Loaded one by one, since each start of the program waits for what it loads. */
export const COMMANDS: Readonly<Record<string, Load>> = {
  login: () => import('./account/login.ts'),
  logout: () => import('./account/logout.ts'),
  'account show': () => import('./account/show.ts'),
  'acr list': () => import('./acr/list.ts'),
  'acr show': () => import('./acr/show.ts'),
  'bundle apply': () => import('./bundle/apply.ts'),
  'bundle create': () => import('./bundle/create.ts'),
  'bundle inspect': () => import('./bundle/inspect.ts'),
  'bundle keygen': () => import('./bundle/keygen.ts'),
  'bundle list': () => import('./bundle/list.ts'),
  'bundle plan': () => import('./bundle/plan.ts'),
  'bundle receipt': () => import('./bundle/receipt.ts'),
  'bundle verify': () => import('./bundle/verify.ts'),
};

/** What a group of commands is for. */
export const GROUPS: Readonly<Record<string, string>> = {
  account: 'Who is signed in, and where.',
  acr: 'Registries and what is in them, as az acr.',
  bundle: 'Images across an air gap: signed bundles, deltas by receipts.',
};

/** Other spellings, such as one that the FAQ has although az knows none like it. */
export const ALIASES: Readonly<Record<string, string>> = {};

export interface FoundCommand {
  readonly path: string;
  readonly load: Load;
  readonly rest: readonly string[];
}

/** The command that the first words name; the rest are its arguments. */
export function findCommand(argv: readonly string[]): FoundCommand | undefined {
  for (let words = Math.min(argv.length, 4); words > 0; words--) {
    const spelled = argv.slice(0, words).join(' ');
    const path = ALIASES[spelled] ?? spelled;
    const load = Object.hasOwn(COMMANDS, path) ? COMMANDS[path] : undefined;
    if (load) return { path, load, rest: argv.slice(words) };
  }
  return undefined;
}

/** The names right below a group, `''` for all: commands and groups. */
export function namesBelow(group: string): string[] {
  const prefix = group === '' ? '' : `${group} `;
  const below = Object.keys(COMMANDS).filter((path) => path.startsWith(prefix));
  return [...new Set(below.map((path) => path.slice(prefix.length).split(' ')[0] ?? ''))];
}
