import type { Options, Positional } from '../../command.ts';
import { wrongUsage } from '../../command-error.ts';
import { CREDENTIALS, REGISTRY } from '../options.ts';

const { required: _required, ...optionalRegistry } = REGISTRY;
const { username, password } = CREDENTIALS;

/** `-r myregistry -n team/app:v1`, or all in one word: `myregistry.azsacr.local.holdfast.internal/team/app:v1`. */
export const SPECIFIER_OPTIONS = {
  registry: { ...optionalRegistry, text: 'Name of the registry, or its login server.' },
  name: { flags: ['--name', '-n'], value: 'NAME', text: 'The repository, with a tag or a digest where one is meant.' },
  suffix: { flags: ['--suffix'], value: 'SUFFIX', text: 'Accepted as az does; the login server is known.' },
  username,
  password,
} as const satisfies Options;

export const SPECIFIER = [
  { name: 'SPECIFIER', text: 'LOGIN_SERVER/REPOSITORY[:TAG|@DIGEST], in place of --registry and --name.' },
] as const satisfies readonly Positional[];

interface Given {
  readonly registry: string | undefined;
  readonly name: string | undefined;
}

/** The registry and what is meant in it. */
export function specified(
  { registry, name }: Given,
  [word]: readonly string[],
): { readonly registry: string; readonly name: string } {
  if (word === undefined && registry !== undefined && name !== undefined) return { registry, name };
  const parts = /^(?:https:\/\/)?([^/]+)\/(.+)$/.exec(word ?? '');
  if (name === undefined && parts?.[1] !== undefined && parts[2] !== undefined)
    return { registry: parts[1], name: parts[2] };
  throw wrongUsage(
    "You must provide either a fully qualified specifier such as 'myregistry.azsacr.local.holdfast.internal/team/app:v1' as a positional parameter or '-r myregistry -n team/app:v1'.",
  );
}
