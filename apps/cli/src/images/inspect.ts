import { buffer } from 'node:stream/consumers';
import { digestAlgorithm, digestOf } from '@holdfast/oci/digest';
import { parseManifest } from '@holdfast/oci/manifest';
import { CREDENTIALS } from '../acr/options.ts';
import { defineCommand } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { IMAGE_TEXT, openSource } from './options.ts';
import type { Digest, ImageSource } from './store.ts';

/** Configs are small; one that is not is something else. */
const CONFIG_BYTES = 4 * 1024 * 1024;

export const command = defineCommand({
  summary: 'Show what an image is: platform, size, layers, configuration, and what refers to it.',
  options: CREDENTIALS,
  positionals: [{ name: 'IMAGE', required: true, text: `${IMAGE_TEXT} Or oci:FOLDER[:TAG].` }],
  examples: [{ text: 'The digest:', command: 'holdfast inspect myregistry/team/app:v1 --query digest -o tsv' }],
  run: async (context, values, [image = '']) => {
    const { store, reference = 'latest' } = await openSource(context, image, values);
    const { digest, mediaType, bytes } = await store.manifest(reference);
    const parsed = parseManifest(bytes, mediaType);
    if (!parsed.ok) throw new CommandError(`${store.name}@${digest} cannot be read: ${parsed.reason}.`);
    const { kind, references, artifactType = null, annotations = null, subject = null } = parsed.manifest;
    const layers = references.filter(
      (one) => one.kind === 'layer' || one.kind === 'foreign-layer' || one.kind === 'blob',
    );
    const children = references.filter((one) => one.kind === 'manifest');
    const config = references.find((one) => one.kind === 'config');
    return {
      name: store.name,
      digest,
      mediaType,
      kind,
      artifactType,
      annotations,
      subject: subject?.digest ?? null,
      // Of an index the sum is its children's, which are not read for it.
      size: children.length > 0 ? null : references.reduce((sum, one) => sum + one.size, bytes.length),
      platforms: children.map(({ digest: of, os = null, architecture = null }) => ({ os, architecture, digest: of })),
      layers: layers.map(({ digest: of, mediaType: type, size }) => ({ digest: of, mediaType: type, size })),
      config: config && config.size <= CONFIG_BYTES ? await readConfig(store, config.digest, config.size) : null,
      referrers: await store.referrers(digest),
    };
  },
});

/** Null when it is no JSON object, as of many artifacts. */
async function readConfig(store: ImageSource, digest: Digest, size: number): Promise<unknown> {
  const stream = await store.blob(digest, size);
  const bytes = stream && (await buffer(stream));
  if (!bytes) return null;
  if (digestOf(bytes, digestAlgorithm(digest)) !== digest)
    throw new CommandError(`${store.name} sent other bytes for ${digest}.`);
  try {
    return JSON.parse(bytes.toString()) as unknown;
  } catch {
    return null;
  }
}
