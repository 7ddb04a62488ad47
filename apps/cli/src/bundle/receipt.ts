import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { writeReceipt } from '@holdfast/bundle/receipt';
import { repositoryFinder } from '@holdfast/bundle/select';
import type { Digest } from '@holdfast/oci/digest';
import { parseManifest } from '@holdfast/oci/manifest';
import type { PushClient } from '@holdfast/oci/registry/push-client';
import { defineCommand } from '../command.ts';
import { KEY, loadSigningKey } from './keys.ts';
import { openPlace, SIGN_IN } from './place.ts';
import { BundleState, STATE } from './state.ts';

export const command = defineCommand({
  summary: 'Write a signed receipt of what a registry has, for the side that makes bundles.',
  details:
    'Without REPOSITORY of all that the registry shows. 10,000 manifests take about 61 kB. After an apply that lacked something, it is the top-up receipt: it names what must be sent again.',
  options: {
    of: { flags: ['--of'], value: 'REGISTRY', required: true, text: 'Host of the registry.' },
    file: { flags: ['--file', '-f'], value: 'FILE', required: true, text: 'Where the receipt goes.' },
    ...KEY,
    ...SIGN_IN,
    ...STATE,
  },
  positionals: [{ name: 'REPOSITORY', text: 'Only these; each a name or a glob, such as team/*.', many: true }],
  examples: [
    {
      text: 'Of everything:',
      command: 'holdfast bundle receipt --of registry.far.example:5443 --key far.key -f far.receipt',
    },
    {
      text: 'Of what one team has:',
      command: "holdfast bundle receipt 'team/**' --of registry.far.example:5443 --key far.key -f far.receipt",
    },
  ],
  run: async (context, values, repositories) => {
    const key = await loadSigningKey(values.key);
    const state = new BundleState(context, values.state);
    const client = await openPlace(context, values.of, values);
    const lacks = new Set(await state.lacks(values.of));
    const manifests = await manifestsOf(client, repositories, lacks);
    const facts = { registry: values.of, created: new Date(), manifests, lacks };
    const text = await writeReceipt(facts, key, randomBytes(16));
    await writeFile(values.file, text);
    await state.log({ action: 'receipt', place: values.of, signer: key.id });
    return { file: values.file, manifests: manifests.size, bytes: text.length, lacks: lacks.size, signer: key.id };
  },
});

/**
 * `repository@digest` of all that tags lead to, with what refers to it. `lacks` takes the non-distributable layers, without
 * which a registry takes a manifest.
 */
async function manifestsOf(client: PushClient, wanted: readonly string[], lacks: Set<string>): Promise<Set<string>> {
  const found = new Set<string>();
  const visit = async (repository: string, reference: string): Promise<void> => {
    if (found.has(`${repository}@${reference}`)) return;
    const { digest, bytes, mediaType } = await client.manifest(repository, reference);
    if (found.has(`${repository}@${digest}`)) return;
    found.add(`${repository}@${digest}`);
    const parsed = parseManifest(bytes, mediaType);
    for (const child of parsed.ok ? parsed.manifest.references : []) {
      if (child.kind === 'manifest') await visit(repository, child.digest);
      const mayBeMissing = child.kind === 'foreign-layer' && !lacks.has(child.digest);
      if (mayBeMissing && (await client.findBlob(repository, child.digest)) === undefined) lacks.add(child.digest);
    }
    for (const referrer of await client.referrers(repository, digest as Digest))
      await visit(repository, referrer.digest);
  };
  const named = repositoryFinder(client);
  for (const name of wanted.length > 0 ? wanted : ['**']) {
    for (const repository of await named(name)) {
      for await (const tag of client.tags(repository)) await visit(repository, tag);
    }
  }
  return found;
}
