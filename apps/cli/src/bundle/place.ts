import { stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { openDockerArchive } from '@holdfast/oci/archive/docker-archive';
import { openFileTree } from '@holdfast/oci/archive/file-tree';
import { openOciLayout } from '@holdfast/oci/archive/oci-layout';
import type { ContentSource } from '@holdfast/oci/content-source';
import { createFetchTransport } from '@holdfast/oci/registry/fetch-transport';
import { PushClient } from '@holdfast/oci/registry/push-client';
import type { Context, Options } from '../command.ts';
import { CommandError } from '../command-error.ts';

/** How often a request is sent again that met a passing trouble: waits of 0.5 s to 8 s. */
const RETRIES = 5;

export const SIGN_IN = {
  username: { flags: ['--username', '-u'], value: 'NAME', text: 'User of the registry. [HOLDFAST_REGISTRY_USERNAME]' },
  password: {
    flags: ['--password', '-p'],
    value: 'PASSWORD',
    text: 'Its password; better by the environment, which other users do not see. [HOLDFAST_REGISTRY_PASSWORD]',
  },
  plainHttp: { flags: ['--plain-http'], text: 'Speak HTTP to it. Of itself so for localhost and 127.0.0.1.' },
} as const satisfies Options;

export interface SignInValues {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly plainHttp: boolean;
}

export function openRegistry(context: Context, host: string, values: SignInValues): PushClient {
  const username = values.username ?? context.env.HOLDFAST_REGISTRY_USERNAME;
  const password = values.password ?? context.env.HOLDFAST_REGISTRY_PASSWORD;
  const name = host.replace(/^https?:\/\//, '').replace(/\/$/, '');
  return new PushClient({
    transport: createFetchTransport(),
    host: name,
    plainHttp:
      values.plainHttp || host.startsWith('http://') || /^(localhost|127\.0\.0\.1)(:(?!5443$)\d+)?$/.test(name),
    credentials: password === undefined ? undefined : { username, password },
    retries: RETRIES,
    userAgent: 'holdfast-bundle',
    sleep: async (ms, signal) => {
      await setTimeout(ms, undefined, signal ? { signal } : {});
    },
  });
}

/** A registry by its host, or a folder or file on this machine: an OCI layout, or an archive of `docker save`. */
export async function openSource(
  context: Context,
  from: string,
  values: SignInValues & { readonly repository: string | undefined },
): Promise<ContentSource> {
  const isHere = await stat(from).then(
    () => true,
    () => false,
  );
  if (!isHere) {
    if (/^[./~]/.test(from) || !/[.:]|^localhost$/.test(from))
      throw new CommandError(`${from} is neither a file or folder here nor a registry.`);
    return openRegistry(context, from, values);
  }
  const tree = await openFileTree(from);
  return tree.paths.has('index.json') ? openOciLayout(tree, values.repository) : openDockerArchive(tree);
}
