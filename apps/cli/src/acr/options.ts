import type { Option } from '../command.ts';

/** Options that many commands have, with the names that az gives them. */
export const REGISTRY_NAME = {
  flags: ['--name', '-n'],
  value: 'REGISTRY',
  required: true,
  text: 'Name of the registry, or its login server.',
} as const satisfies Option;

/** Where `--name` is taken by something else. */
export const REGISTRY = { ...REGISTRY_NAME, flags: ['--registry', '-r'] } as const satisfies Option;

export const RESOURCE_GROUP = {
  flags: ['--resource-group', '-g'],
  value: 'GROUP',
  text: 'Name of the resource group; found by itself when it is left out.',
} as const satisfies Option;
