import type { Context } from '../command.ts';
import { defineCommand } from '../command.ts';
import { CommandError, wrongUsage } from '../command-error.ts';
import { withSpinner } from '../output/progress.ts';
import { listRegistries } from '../site/registries.ts';
import { REGISTRY_NAME, RESOURCE_GROUP } from './options.ts';
import { RegistryAtSite } from './registry-resource.ts';

export const command = defineCommand({
  summary: 'Let the site copy an image into a registry, from another one of the site or from elsewhere.',
  options: {
    name: REGISTRY_NAME,
    group: RESOURCE_GROUP,
    source: {
      flags: ['--source'],
      value: 'IMAGE',
      required: true,
      text: 'The image: with its login server, or without it beside --registry.',
    },
    registry: {
      flags: ['--registry', '-r'],
      value: 'REGISTRY',
      text: 'The registry of this site that it is in: name, login server or resource id.',
    },
    image: { flags: ['--image', '-t'], value: 'IMAGE', many: true, text: 'What it is called here. Default: as there.' },
    repository: { flags: ['--repository'], value: 'NAME', many: true, text: 'Repository that gets it without a tag.' },
    username: { flags: ['--username', '-u'], value: 'NAME', text: 'Name to sign in to a source elsewhere with.' },
    password: { flags: ['--password', '-p'], value: 'SECRET', text: 'The password to it.' },
    force: { flags: ['--force'], text: 'Take the tag away from another image that has it.' },
  },
  examples: [
    {
      text: 'From another registry of the site:',
      command: 'holdfast acr import -n myregistry --source team/app:v1 -r otherregistry',
    },
    {
      text: 'From elsewhere, under another name:',
      command:
        'holdfast acr import -n myregistry --source peer.example:5000/team/app:v1 -u NAME -p SECRET -t app:v1 --force',
    },
  ],
  run: async (context, values) => {
    if (values.username !== undefined && values.password === undefined)
      throw wrongUsage('Authentication failed. Please provide password.');
    const target = await RegistryAtSite.open(context, values);
    const source = await sourceOf(context, target, values);
    const tags =
      values.image ?? (values.repository === undefined ? [source.sourceImage.replace(/@.*$/, '')] : undefined);
    const body = {
      source,
      ...(tags === undefined ? {} : { targetTags: tags }),
      ...(values.repository === undefined ? {} : { untaggedTargetRepositories: values.repository }),
      mode: values.force ? 'Force' : 'NoForce',
    };
    await withSpinner(context, 'Importing image', () => target.call('POST', '/importImage', body));
  },
});

interface Source {
  readonly sourceImage: string;
  readonly resourceId?: string;
  readonly registryUri?: string;
  readonly credentials?: { readonly username?: string; readonly password: string };
}

interface Given {
  readonly source: string;
  readonly registry: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** A registry of this site is named by its resource id, so that no credentials are needed; all others by their host. */
async function sourceOf(
  context: Context,
  target: RegistryAtSite,
  { source, registry, username, password }: Given,
): Promise<Source> {
  if (registry?.startsWith('/subscriptions/')) return { resourceId: registry, sourceImage: source };
  const known = async (name: string) => {
    const all = await listRegistries(target.session, undefined, context.subscription);
    const lower = name.toLowerCase();
    return all.find((one) => one.name.toLowerCase() === lower || one.properties.loginServer === lower);
  };
  if (registry !== undefined) {
    const found = await known(registry);
    if (!found)
      throw new CommandError(
        `The source container registry '${registry}' can not be found in the current subscription. Give a valid address in --source, and credentials.`,
        3,
      );
    const prefix = `${found.properties.loginServer}/`;
    return {
      resourceId: found.id,
      sourceImage: source.toLowerCase().startsWith(prefix) ? source.slice(prefix.length) : source,
    };
  }
  const slash = source.indexOf('/');
  const host = source.slice(0, Math.max(slash, 0));
  if (!/[.:]/.test(host) && host !== 'localhost') {
    throw wrongUsage(
      `Source cannot be found: '${source}' names no registry. Put its login server in front, or name it with --registry.`,
    );
  }
  const sourceImage = source.slice(slash + 1);
  if (password !== undefined)
    return {
      registryUri: host,
      sourceImage,
      credentials: { ...(username === undefined ? {} : { username }), password },
    };
  const found = await known(host);
  return found ? { resourceId: found.id, sourceImage } : { registryUri: host, sourceImage };
}
