import { type FileHandle, mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Collected, collect } from '@holdfast/bundle/collect';
import { type PlannedBundle, planBundle } from '@holdfast/bundle/create-bundle';
import { VolumeTooSmall } from '@holdfast/bundle/divide-volumes';
import { withForeignLayers } from '@holdfast/bundle/foreign-layers';
import {
  type Holdings,
  holdingsByBundles,
  holdingsByReceipt,
  knownAtSource,
  knownManifests,
  NOTHING_HELD,
  withoutDoubted,
} from '@holdfast/bundle/holdings';
import { type Receipt, readReceipt } from '@holdfast/bundle/receipt';
import { type Pattern, parseList, parsePattern, select } from '@holdfast/bundle/select';
import type { ContentSource } from '@holdfast/oci/content-source';
import { digestHex, parseDigest } from '@holdfast/oci/digest';
import { createFetchTransport } from '@holdfast/oci/registry/fetch-transport';
import { type Context, defineCommand } from '../command.ts';
import { CommandError, wrongUsage } from '../command-error.ts';
import { Progress } from '../output/progress.ts';
import { KEY, loadSigningKey, loadTrustedKeys } from './keys.ts';
import { openSource, SIGN_IN } from './place.ts';
import { BundleState, STATE } from './state.ts';
import { countBytes } from './volumes.ts';

export const command = defineCommand({
  summary: 'Pack images, charts and artifacts, with all that refers to them, into volumes for the far side.',
  details:
    'IMAGE is [host/]repository[:tags][@digest]; repository may be a glob, tags a tag, a glob or a range of versions, and all tags when there is none. A volume is a tar file and an OCI image layout, so a bundle of one volume is read by skopeo, oras and, unpacked, crane.',
  options: {
    from: {
      flags: ['--from'],
      value: 'PLACE',
      required: true,
      text: 'Registry (host), OCI layout, archive of docker save, or storage folder of a CNCF distribution registry.',
    },
    repository: { flags: ['--repository'], value: 'NAME', text: 'Name of what a layout has under tags alone.' },
    list: { flags: ['--list'], value: 'FILE', text: 'One IMAGE a line, or the output of kubectl get pods -A -o json.' },
    platform: {
      flags: ['--platform'],
      value: 'OS/ARCH',
      text: 'Of an index only this image, which the tag then names.',
    },
    foreignLayersFrom: {
      flags: ['--foreign-layers-from'],
      value: 'HOST',
      many: true,
      text: 'Fetch non-distributable layers that the source has not from their URLs at these hosts, as far as their terms let you.',
    },
    directory: {
      flags: ['--directory', '-d'],
      value: 'DIR',
      text: 'Where the volumes go; - writes the one volume to stdout.',
    },
    name: { flags: ['--name', '-n'], value: 'NAME', text: 'Begin of the names of the volumes. Default: bundle.' },
    volumeSize: {
      flags: ['--volume-size'],
      value: 'SIZE',
      text: 'Bytes of a volume at most: 4.7GB, 50MB, 64GiB, dvd.',
    },
    receipt: {
      flags: ['--receipt'],
      value: 'FILE',
      text: 'Leave out what the far side has by its receipt (needs --trust).',
    },
    trust: { flags: ['--trust'], value: 'FILE', many: true, text: 'Public keys that receipts are believed by.' },
    assume: {
      flags: ['--assume-arrived'],
      text: 'Without a receipt: leave out what the bundles brought that were made before.',
    },
    doubt: {
      flags: ['--doubt'],
      value: 'BUNDLE',
      many: true,
      text: 'With --assume-arrived: bundles that may be lost.',
    },
    ...KEY,
    ...SIGN_IN,
    ...STATE,
  },
  positionals: [{ name: 'IMAGE', text: 'What it shall have.', many: true }],
  examples: [
    {
      text: 'All tags of a team from 1.2 on, on DVDs:',
      command:
        "holdfast bundle create --from registry.example:5443 'team/*:>=1.2' -d out --volume-size dvd --key connected.key",
    },
    {
      text: 'A Windows image, with the layers that its registry does not have:',
      command:
        'holdfast bundle create --from registry.example:5443 team/windows:1 -d out --foreign-layers-from mcr.microsoft.com --key connected.key',
    },
    {
      text: 'Only what the far side lacks:',
      command:
        'holdfast bundle create --from registry.example:5443 team/app -d out --receipt far.receipt --trust far.pub --key connected.key',
    },
  ],
  run: async (context, values, images) => {
    const key = await loadSigningKey(values.key);
    const patterns = await patternsOf(values, images);
    const state = new BundleState(context, values.state);
    const source = withLayersFrom(await openSource(context, values.from, values), values.foreignLayersFrom ?? []);
    const collected = await collect(source, await select(source, patterns), { platform: values.platform });
    sayLeftOut(context, collected);
    const held = await holdingsOf(source, collected, state, values);
    const planned = plan({
      source,
      sourceName: values.from,
      collected,
      held,
      key,
      created: new Date(),
      volumeBytes: values.volumeSize === undefined ? Number.POSITIVE_INFINITY : bytesIn(values.volumeSize),
    });
    const files = await write(context, planned, values.directory ?? '.', values.name ?? 'bundle');
    await state.keepMade(planned.bytes);
    const { digest: bundle, document } = planned;
    const { created } = document;
    await state.log({ action: 'created', bundle, of: document.volumes, signer: key.id, place: values.from, created });
    return values.directory === '-' ? undefined : summaryOf(planned, collected, files);
  },
});

function withLayersFrom(source: ContentSource, hosts: readonly string[]): ContentSource {
  if (hosts.length === 0) return source;
  return withForeignLayers(source, { transport: createFetchTransport(), hosts: new Set(hosts) });
}

/** The images come without them, and nobody on the far side reaches their URLs. */
function sayLeftOut(context: Context, { leftOut }: Collected): void {
  for (const { digest, urls = [] } of leftOut.values()) {
    const hosts = new Set(urls.flatMap((url) => (URL.canParse(url) ? new URL(url).host : [])));
    const advice =
      hosts.size === 0 ? 'no URL of it is known' : `--foreign-layers-from ${[...hosts].join(' ')} fetches it`;
    context.say(`The non-distributable layer ${digest} is not at the source and stays out; ${advice}.`);
  }
}

function summaryOf({ digest, document, contents }: PlannedBundle, { leftOut }: Collected, files: readonly string[]) {
  return {
    bundle: digest,
    created: document.created,
    tags: document.tags.length,
    manifests: document.manifests.filter(({ held }) => !held).length,
    manifestsHeld: document.manifests.filter(({ held }) => held).length,
    blobs: document.blobs.filter(({ held }) => !held).length,
    blobsHeld: document.blobs.filter(({ held }) => held).length,
    contentBytes: contents.reduce((sum, { size }) => sum + size, 0),
    layersLeftOut: [...leftOut.keys()],
    volumes: files,
  };
}

async function patternsOf(
  { list, from }: { readonly list: string | undefined; readonly from: string },
  images: readonly string[],
): Promise<Pattern[]> {
  try {
    const listed = list === undefined ? [] : parseList(await readFile(list, 'utf8'));
    const all = [...images.map(parsePattern), ...listed];
    if (all.length === 0) throw new Error('it names no image; name some, or give --list');
    const host = from.replace(/^https?:\/\//, '');
    const foreign = all.filter((one) => one.host !== undefined && one.host !== host && /^[^/]+$/.test(host));
    if (foreign.length > 0) {
      const names = foreign.map(({ text }) => text).slice(0, 5);
      throw new Error(`${names.join(', ')} are of another registry than ${host}; make a bundle of each`);
    }
    return all;
  } catch (error) {
    throw wrongUsage(`The list of images is not taken: ${(error as Error).message}.`);
  }
}

interface HeldValues {
  readonly receipt: string | undefined;
  readonly trust: readonly string[] | undefined;
  readonly assume: boolean;
  readonly doubt: readonly string[] | undefined;
}

async function holdingsOf(
  source: ContentSource,
  collected: Collected,
  state: BundleState,
  { receipt: path, trust, assume, doubt = [] }: HeldValues,
): Promise<Holdings> {
  const made = await state.made();
  if (path !== undefined) {
    const text = await readFile(path, 'utf8');
    const receipt = await believedReceipt(path, text, trust);
    const known = [
      ...made.flatMap(({ document }) => knownManifests(document)),
      ...(await knownAtSource(source, collected, receipt)),
    ];
    return holdingsByReceipt(receipt, text, known);
  }
  if (!assume) return NOTHING_HELD;
  const doubted = new Set(doubt.map((text) => parseDigest(text.includes(':') ? text : `sha256:${text}`)));
  return holdingsByBundles(withoutDoubted(made, (digest) => doubted.has(digest)));
}

async function believedReceipt(path: string, text: string, trust: readonly string[] | undefined): Promise<Receipt> {
  try {
    return readReceipt(text, await loadTrustedKeys(trust));
  } catch (error) {
    throw new CommandError(
      `The receipt ${path} is not believed: ${(error as Error).message}. Name its public key with --trust.`,
    );
  }
}

function plan(order: Parameters<typeof planBundle>[0]): PlannedBundle {
  try {
    return planBundle(order);
  } catch (error) {
    if (!(error instanceof VolumeTooSmall)) throw error;
    throw wrongUsage(`--volume-size is too small: this bundle needs volumes of ${error.needed} bytes or more.`);
  }
}

async function write(context: Context, planned: PlannedBundle, directory: string, name: string): Promise<string[]> {
  const of = planned.document.volumes;
  if (directory === '-') {
    if (of !== 1)
      throw wrongUsage('Only a bundle of one volume goes to stdout; give --directory, or no --volume-size.');
    for await (const volume of planned.volumes()) await pipeline(Readable.from(volume), context.stdout, { end: false });
    return [];
  }
  await mkdir(directory, { recursive: true });
  const files: string[] = [];
  const total = planned.contents.reduce((sum, { size }) => sum + size, 0);
  const progress = new Progress(context, `create ${name}`);
  const onBytes = countBytes(progress, total);
  for await (const volume of planned.volumes()) {
    const number = String(files.length + 1).padStart(String(of).length, '0');
    const path = join(directory, of === 1 ? `${name}.tar` : `${name}-${number}-of-${of}.tar`);
    await writeDurably(path, volume, onBytes);
    progress.end();
    context.say(`${path} (bundle ${digestHex(planned.digest).slice(0, 12)})`);
    files.push(path);
  }
  return files;
}

async function writeDurably(
  path: string,
  content: AsyncIterable<Buffer>,
  onBytes: (count: number) => void,
): Promise<void> {
  const partial = `${path}.partial`;
  const file = await open(partial, 'w');
  try {
    for await (const bytes of content) {
      await writeAll(file, bytes);
      onBytes(bytes.length);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(partial, path);
}

/** A write may take less than it was given. */
async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    written += (await file.write(bytes, written)).bytesWritten;
  }
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
};
const MEDIA: Readonly<Record<string, number>> = { cd: 700e6, dvd: 4.7e9, bluray: 25e9 };

/** `4.7GB`, `50MB`, `64GiB`, `dvd`. */
export function bytesIn(text: string): number {
  const known = MEDIA[text.toLowerCase()];
  if (known !== undefined) return known;
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([kmgt]i?)?b?$/i.exec(text) ?? [];
  const factor = UNITS[(unit ?? '').toLowerCase()];
  if (number === undefined || factor === undefined)
    throw wrongUsage(`'${text}' is no size; write 4.7GB, 50MB, 64GiB or dvd.`);
  return Math.floor(Number(number) * factor);
}
