import { CREDENTIALS } from '../acr/options.ts';
import { defineCommand } from '../command.ts';
import { notFound } from '../command-error.ts';
import { openRegistry } from './registry-store.ts';
import { plain } from './repository-source.ts';

export const command = defineCommand({
  summary: 'List the repositories of a registry, or the tags of a repository.',
  options: CREDENTIALS,
  positionals: [{ name: 'WHERE', required: true, text: 'REGISTRY or REGISTRY/REPOSITORY.' }],
  examples: [
    { text: 'Repositories, one a line:', command: 'holdfast ls myregistry -o tsv' },
    { text: 'Tags:', command: 'holdfast ls myregistry/team/app -o tsv' },
  ],
  run: async (context, values, [where = '']) => {
    const [registry = '', ...rest] = where.replace(/\/+$/, '').split('/');
    const client = await openRegistry(context, registry, values);
    const repository = rest.join('/');
    const found = await plain(all(repository === '' ? client.repositories() : client.tags(repository)));
    if (repository !== '' && found.length === 0) throw notFound(`${where} has no tags, or is not there.`);
    return found;
  },
});

async function all(names: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const name of names) found.push(name);
  return found;
}
