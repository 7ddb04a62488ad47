import type { Option, Options } from '../command.ts';
import { wrongUsage } from '../command-error.ts';

/** Options that many commands have, with the names that az gives them. */
export const REGISTRY_NAME = {
  flags: ['--name', '-n'],
  value: 'REGISTRY',
  required: true,
  text: 'Name of the registry.',
} as const satisfies Option;

/** Where `--name` is taken by something else. */
export const REGISTRY = { ...REGISTRY_NAME, flags: ['--registry', '-r'] } as const satisfies Option;

export const RESOURCE_GROUP = {
  flags: ['--resource-group', '-g'],
  value: 'GROUP',
  text: 'Name of the resource group; found by itself when it is left out.',
} as const satisfies Option;

export const YES = { flags: ['--yes', '-y'], text: 'Do not ask for confirmation.' } as const satisfies Option;

export const CREDENTIALS = {
  username: {
    flags: ['--username', '-u'],
    value: 'NAME',
    text: 'Name to sign in to the registry with, in place of the sign-in to the site.',
  },
  password: { flags: ['--password', '-p'], value: 'SECRET', text: 'The password to it.' },
} as const satisfies Options;

/** Of commands that ask the registry itself rather than the resource manager. */
export const CONTENT_OPTIONS = {
  name: { ...REGISTRY_NAME, text: 'Name of the registry, or its login server.' },
  group: { ...RESOURCE_GROUP, text: 'Accepted as az does; it is not needed.' },
  suffix: { flags: ['--suffix'], value: 'SUFFIX', text: 'Accepted as az does; the login server is known.' },
  ...CREDENTIALS,
} as const satisfies Options;

export const LIST_OPTIONS = {
  top: { flags: ['--top'], value: 'N', text: 'At most so many.' },
  orderby: {
    flags: ['--orderby'],
    value: 'ORDER',
    choices: ['time_asc', 'time_desc'],
    text: 'Order by time instead of by name.',
  },
} as const satisfies Options;

export const ATTRIBUTE_OPTIONS = {
  deleteEnabled: { flags: ['--delete-enabled'], threeState: true, text: 'Whether it may be deleted.' },
  listEnabled: { flags: ['--list-enabled'], threeState: true, text: 'Whether lists show it.' },
  readEnabled: { flags: ['--read-enabled'], threeState: true, text: 'Whether it may be read.' },
  writeEnabled: { flags: ['--write-enabled'], threeState: true, text: 'Whether it may be changed or deleted.' },
} as const satisfies Options;

/** The attributes that were named, as the registry takes them. */
export function attributesOf(
  values: Readonly<Record<keyof typeof ATTRIBUTE_OPTIONS, boolean | undefined>>,
): Record<string, boolean> {
  const named = Object.keys(ATTRIBUTE_OPTIONS).map(
    (key) => [key, values[key as keyof typeof ATTRIBUTE_OPTIONS]] as const,
  );
  return Object.fromEntries(
    named.filter((pair): pair is [keyof typeof ATTRIBUTE_OPTIONS, boolean] => pair[1] !== undefined),
  );
}

export function topOf(top: string | undefined): number | undefined {
  if (top === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(top)) throw wrongUsage(`--top takes a number from 1 up, not '${top}'.`);
  return Number(top);
}

/** `--tags a=b c=d`, `--headers X-A=1`; a single empty word takes all away, as with az. */
export function pairsOf(flag: string, words: readonly string[] | undefined): Record<string, string> | undefined {
  if (words === undefined) return undefined;
  const pairs = words
    .filter((word) => word !== '')
    .map((word) => {
      const equals = word.indexOf('=');
      if (equals === 0) throw wrongUsage(`${flag} takes NAME=VALUE, not '${word}'.`);
      return equals < 0 ? [word, ''] : [word.slice(0, equals), word.slice(equals + 1)];
    });
  return Object.fromEntries(pairs) as Record<string, string>;
}
