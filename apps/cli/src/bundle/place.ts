import { stat } from 'node:fs/promises';
import { openDockerArchive } from '@holdfast/oci/archive/docker-archive';
import { openFileTree } from '@holdfast/oci/archive/file-tree';
import { openOciLayout } from '@holdfast/oci/archive/oci-layout';
import { findRegistryFolder, openRegistryFolder } from '@holdfast/oci/archive/registry-folder';
import type { ContentSource } from '@holdfast/oci/content-source';
import type { PushClient } from '@holdfast/oci/registry/push-client';
import type { Context, Options } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { openRegistry } from '../images/registry-store.ts';

export const SIGN_IN = {
  username: { flags: ['--username', '-u'], value: 'NAME', text: 'User of the registry. [HOLDFAST_REGISTRY_USERNAME]' },
  password: {
    flags: ['--password', '-p'],
    value: 'PASSWORD',
    text: 'Its password; better by the environment, which other users do not see. [HOLDFAST_REGISTRY_PASSWORD]',
  },
} as const satisfies Options;

export interface SignInValues {
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** As `push` and `pull` open it, with the environment for those that run without a person. */
export function openPlace(context: Context, host: string, { username, password }: SignInValues): Promise<PushClient> {
  const { HOLDFAST_REGISTRY_USERNAME: name, HOLDFAST_REGISTRY_PASSWORD: secret } = context.env;
  return openRegistry(context, host, { username: username ?? name, password: password ?? secret });
}

/** A registry by its host, or what `openArchive` opens. */
export async function openSource(
  context: Context,
  from: string,
  values: SignInValues & { readonly repository: string | undefined },
): Promise<ContentSource> {
  return (await openArchive(from, values.repository)) ?? openPlace(context, from, values);
}

/**
 * A folder or file on this machine: an OCI layout, an archive of `docker save`, or the storage of a CNCF distribution
 * registry. Undefined when nothing is there, so that it is a registry's host.
 */
export async function openArchive(from: string, repository?: string): Promise<ContentSource | undefined> {
  const isHere = await stat(from).then(
    () => true,
    () => false,
  );
  if (!isHere) {
    if (/^[./~]/.test(from) || !/[.:]|^localhost$/.test(from))
      throw new CommandError(`${from} is neither a file or folder here nor a registry.`);
    return undefined;
  }
  const storage = await findRegistryFolder(from);
  if (storage !== undefined) return openRegistryFolder(storage);
  const tree = await openFileTree(from);
  return tree.paths.has('index.json') ? openOciLayout(tree, repository) : openDockerArchive(tree);
}
