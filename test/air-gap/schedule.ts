import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { BLOCK, entryBytes, readTarHeader } from '@holdfast/oci/archive/tar-header';
import { type Digest, digestOf } from '@holdfast/oci/digest';
import { parseManifest } from '@holdfast/oci/manifest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { createFetchTransport } from '@holdfast/oci/registry/fetch-transport';
import { PushClient } from '@holdfast/oci/registry/push-client';
import { bytesOf, Random } from '../fault/random.ts';
import { holdfastHere } from './console.ts';
import { type CommandOptions, type Gap, holdfast, type Keys, type Site } from './sites.ts';
import type { Image } from './tool-images.ts';

/** What the run met, to be counted. */
export type Event =
  | 'lost volume'
  | 'doubled volume'
  | 'wrong order'
  | 'wrong signer'
  | 'flipped byte'
  | 'truncated file'
  | 'full disk'
  | 'apply killed'
  | 'server killed'
  | 'by receipt'
  | 'assumed'
  | 'topped up';

type Tags = ReadonlyMap<string, Digest>;

/**
 * One life of a few repositories: made near, brought over whole, upgraded near, brought over as a delta; and on the way
 * whatever the seed chooses. After every step the far side has, of each bundle, all tags or none that are new, and behind
 * each tag every byte of its image; at the end it has what the near side has. Every other image is one of `images`, if there are any.
 */
export async function runSchedule(seed: number, gap: Gap, images: readonly Image[] = []): Promise<Set<Event>> {
  const place = join(gap.folder, `seed-${seed}`);
  await mkdir(place);
  const met = await new Schedule(seed, { ...gap, folder: place }, images).run();
  await rm(place, { recursive: true });
  return met;
}

class Schedule {
  readonly #seed: number;
  readonly #random: Random;
  readonly #near: Site;
  readonly #far: Site;
  readonly #folder: string;
  readonly #keys: Keys;
  readonly #met = new Set<Event>();
  readonly #layers: Buffer[] = [];
  readonly #repositories: readonly string[];
  /** As others read the sites. */
  readonly #nearClient: PushClient;
  readonly #farClient: PushClient;
  /** States that the far side may be in: before a bundle, and after it. */
  #allowed: readonly Tags[] = [new Map()];
  /** Tags of the far side when it was last looked at. */
  #last: Tags = new Map();
  #files = 0;
  readonly #images: readonly Image[];

  constructor(seed: number, { near, far, folder, keys }: Gap, images: readonly Image[]) {
    this.#seed = seed;
    this.#random = new Random(seed);
    this.#near = near;
    this.#far = far;
    this.#folder = folder;
    this.#keys = keys;
    this.#images = images;
    this.#nearClient = clientOf(near);
    this.#farClient = clientOf(far);
    this.#repositories = ['app', 'db', 'web'].slice(0, 1 + this.#random.below(3)).map((name) => `s${seed}/${name}`);
  }

  async run(): Promise<Set<Event>> {
    const first = await this.#publish('1');
    const whole = await this.#create('whole', []);
    this.#allowed = [new Map(), first];
    await this.#bringOver(whole);
    const late = this.#random.chance(0.2); // the first bundle comes after the second, with it, or never
    if (!late) await this.#finish(whole, first);
    const second = await this.#publish('2');
    const delta = await this.#create('delta', await this.#against(late));
    this.#allowed = [...this.#allowed, second, new Map([...first, ...second])];
    const never = late && this.#random.chance(0.5);
    await this.#bringOver(late && !never && this.#random.chance(0.5) ? [...whole, ...delta] : delta);
    if (late && !never) {
      await this.#apply(delta);
      await this.#apply(whole);
      await this.#check();
      this.#met.add('wrong order');
    }
    await this.#finish(delta, second);
    return this.#met;
  }

  /** Pushes an image to each repository; most layers are those of before. Answers all tags that the near side has now. */
  async #publish(version: string): Promise<Tags> {
    const client = this.#nearClient;
    const tags = new Map<string, Digest>();
    for (const repository of this.#repositories) {
      const { blobs, manifests } =
        this.#images.length > 0 && this.#random.chance(0.5)
          ? this.#random.pick(this.#images)
          : this.#generated(repository, version);
      for (const bytes of blobs) {
        const blob = { digest: digestOf(bytes), size: bytes.length, open: () => Readable.from([bytes]) };
        await client.pushBlob(repository, blob);
      }
      for (const { digest, mediaType, bytes } of manifests) {
        const isRoot = digest === manifests.at(-1)?.digest;
        for (const reference of isRoot ? [version, 'latest'] : [digest]) {
          await client.putManifest(repository, reference, mediaType, bytes);
          if (isRoot) tags.set(`${repository}:${reference}`, digest);
        }
      }
      for await (const tag of client.tags(repository)) {
        const name = `${repository}:${tag}`;
        if (!tags.has(name)) tags.set(name, (await client.findManifest(repository, tag)) as Digest);
      }
    }
    return tags;
  }

  #generated(repository: string, version: string): Image {
    const layers = Array.from({ length: 1 + this.#random.below(4) }, () => this.#layer());
    const config = Buffer.from(JSON.stringify({ seed: this.#seed, repository, version }));
    const described = (bytes: Buffer, mediaType: string) => ({
      mediaType,
      digest: digestOf(bytes),
      size: bytes.length,
    });
    const bytes = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: MEDIA_TYPE.ociImage,
        config: described(config, MEDIA_TYPE.ociConfig),
        layers: layers.map((layer) => described(layer, MEDIA_TYPE.ociLayerGzip)),
      }),
    );
    const manifest = { digest: digestOf(bytes), mediaType: MEDIA_TYPE.ociImage, bytes };
    return { blobs: [config, ...layers], manifests: [manifest] };
  }

  #layer(): Buffer {
    const old = this.#layers[this.#random.below(this.#layers.length + 1)];
    if (old && this.#random.chance(0.7)) return old;
    const bytes = bytesOf(
      this.#random.below(2 ** 32),
      1 + this.#random.below(this.#random.chance(0.3) ? 60_000 : 3000),
    );
    this.#layers.push(bytes);
    return bytes;
  }

  async #create(name: string, more: readonly string[], key = this.#keys.near): Promise<string[]> {
    const directory = join(this.#folder, name);
    const images = [
      `s${this.#seed}/*`,
      '--from',
      this.#near.directHost,
      '-d',
      directory,
      '--state',
      join(this.#folder, 'near'),
    ];
    const size = this.#random.chance(0.7) ? ['--volume-size', String(20_000 + this.#random.below(50_000))] : [];
    const made = await holdfastHere(this.#near, [
      'bundle',
      'create',
      ...images,
      '--key',
      `${key}.key`,
      ...size,
      ...more,
    ]);
    assert.equal(made.code, 0, made.stderr);
    return (await readdir(directory)).sort().map((file) => join(directory, file));
  }

  /** How the second bundle knows what it may leave out. */
  async #against(late: boolean): Promise<string[]> {
    if (late || this.#random.chance(0.4)) {
      this.#met.add('assumed');
      return ['--assume-arrived'];
    }
    this.#met.add('by receipt');
    return this.#receipt();
  }

  async #receipt(): Promise<string[]> {
    const file = join(this.#folder, `receipt-${this.#files++}`);
    const args = ['bundle', 'receipt', `s${this.#seed}/*`, '--of', this.#far.host, '-f', file, '--state', this.#state];
    const made = await holdfastHere(this.#far, [...args, '--key', `${this.#keys.far}.key`]);
    assert.equal(made.code, 0, made.stderr);
    return ['--receipt', file, '--trust', `${this.#keys.far}.pub`];
  }

  get #state(): string {
    return join(this.#folder, 'far');
  }

  /** Steps of misfortune: any of the volumes, in any order, whole or not. */
  async #bringOver(volumes: readonly string[]): Promise<void> {
    for (let steps = 1 + this.#random.below(4); steps > 0; steps--) {
      const some = volumes.filter(() => this.#random.chance(0.7)).sort(() => this.#random.next() - 0.5);
      if (some.length < volumes.length) this.#met.add('lost volume');
      const [first] = some;
      if (first === undefined) continue;
      if (this.#random.chance(0.2)) {
        some.push(first);
        this.#met.add('doubled volume');
      }
      const before = this.#last;
      const bad = this.#random.chance(0.5) ? await this.#damaged(first) : undefined;
      if (bad === undefined) await this.#troubled(some);
      else {
        const result = await this.#apply([...some.slice(1), bad]);
        assert.notEqual(result.code, 0, `a bad volume was taken: ${bad}`);
        // Of two bundles in one folder the good one may be taken; `#check` sees to it that it is whole.
        if (!isMixed(volumes)) assert.deepEqual(await this.#seen(), before, 'a bad volume changed something');
      }
      await this.#check();
    }
  }

  async #damaged(volume: string): Promise<string> {
    const copy = join(this.#folder, `bad-${this.#files++}.tar`);
    const bytes = await readFile(volume);
    const kind = this.#random.below(3);
    if (kind === 0) {
      await copyFile(volume, copy);
      await truncate(copy, this.#random.below(bytes.length - 1024));
      this.#met.add('truncated file');
    } else if (kind === 1) {
      const at = this.#random.pick(
        contentsOf(bytes).flatMap(({ start, end }) => start + this.#random.below(end - start)),
      );
      bytes.writeUInt8((bytes[at] ?? 0) ^ (1 + this.#random.below(255)), at);
      await writeFile(copy, bytes);
      this.#met.add('flipped byte');
    } else {
      const [foreign = ''] = await this.#create(`foreign-${this.#files++}`, [], this.#keys.stranger);
      await copyFile(foreign, copy);
      this.#met.add('wrong signer');
    }
    return copy;
  }

  async #troubled(volumes: readonly string[]): Promise<void> {
    const kind = this.#random.below(4);
    if (kind === 0) {
      const { code } = await this.#apply(volumes, { killAt: this.#moment() });
      if (code === null) this.#met.add('apply killed');
    } else if (kind === 1) {
      const moment = this.#moment();
      const applied = this.#apply(volumes);
      await Promise.race([moment, applied]);
      await this.#far.killAndStart();
      await applied;
      this.#met.add('server killed');
    } else if (kind === 2) {
      await this.#apply(volumes, { fileLimit: 1 + this.#random.below(16) });
      this.#met.add('full disk');
    } else await this.#apply(volumes);
  }

  /** In the midst of what the far site is asked and told next, if it is asked so much. */
  async #moment(): Promise<void> {
    const milliseconds = this.#random.below(20);
    await this.#far.relay.after(1 + this.#random.below(1 + this.#random.below(80)));
    await setTimeout(milliseconds);
  }

  #apply(volumes: readonly string[], options?: CommandOptions) {
    const args = ['bundle', 'apply', ...volumes, '--to', this.#far.host, '--trust', `${this.#keys.near}.pub`];
    const line = [...args, '--state', this.#state];
    return options ? holdfast(this.#far, line, options) : holdfastHere(this.#far, line);
  }

  /** With all volumes at hand it converges; where the far side lacked something, by a top-up. */
  async #finish(volumes: readonly string[], expected: Tags): Promise<void> {
    await this.#plan(volumes);
    const done = await this.#apply(volumes);
    assert.equal(done.code, 0, done.stderr);
    const [result] = JSON.parse(done.stdout) as { state: string; lacks?: string[] }[];
    if (result?.state === 'incomplete') {
      assert.notEqual(result.lacks?.length, 0, 'all volumes are at hand, and it waits for more');
      this.#met.add('topped up');
      const topUp = await this.#create(`top-up-${this.#files++}`, await this.#receipt());
      const again = await this.#apply(topUp);
      assert.equal(again.code, 0, again.stderr);
    }
    await this.#check();
    for (const [name, digest] of expected) assert.equal(this.#last.get(name), digest, `${name} did not arrive`);
  }

  /** Asks the far registry, and changes nothing. */
  async #plan(volumes: readonly string[]): Promise<void> {
    const before = this.#last;
    const args = ['bundle', 'plan', ...volumes, '--to', this.#far.host, '--trust', `${this.#keys.near}.pub`];
    const planned = await holdfastHere(this.#far, [...args, '--state', this.#state]);
    assert.equal(planned.code, 0, planned.stderr);
    for (const { room, machine, quarantine, tags } of JSON.parse(planned.stdout)) {
      assert.deepEqual([room.fits, room.siteFits, machine.fits, quarantine], [true, true, true, false]);
      for (const { repository, tag, state, previous, locked, immutable } of tags) {
        assert.equal(previous, before.get(`${repository}:${tag}`));
        assert.equal(state === 'new', previous === undefined);
        assert.deepEqual([locked, immutable], [false, false]);
      }
    }
    assert.deepEqual(await this.#seen(), before, 'a plan changed something');
  }

  async #check(): Promise<void> {
    const seen = await this.#seen();
    const same = (tags: Tags) =>
      tags.size === seen.size && [...tags].every(([name, digest]) => seen.get(name) === digest);
    assert.ok(this.#allowed.some(same), `neither before nor after: ${JSON.stringify([...seen])}`);
    const images = new Map([...seen].map(([name, digest]) => [`${name.split(':')[0]}@${digest}`, digest]));
    for (const [name, digest] of images) await this.#readAll(name.split('@')[0] as string, digest);
  }

  async #readAll(repository: string, digest: Digest): Promise<void> {
    const { bytes, mediaType } = await this.#farClient.manifest(repository, digest);
    const parsed = parseManifest(bytes, mediaType);
    assert.ok(parsed.ok);
    for (const blob of parsed.manifest.references) {
      if (blob.kind === 'manifest') {
        await this.#readAll(repository, blob.digest);
        continue;
      }
      const stream = await this.#farClient.blob(repository, blob.digest, blob.size);
      assert.ok(stream, `${repository}@${digest} is there without ${blob.digest}`);
      assert.equal(digestOf(await buffer(stream)), blob.digest);
    }
  }

  /**
   * As of one moment: the server ends what an apply asked for that was killed meanwhile, and tags that are read one by one may be
   * of before and after. What two readings agree in was so between them, since no tag is moved and moved back.
   */
  async #seen(): Promise<Tags> {
    for (let before = await this.#read(); ; before = this.#last) {
      this.#last = await this.#read();
      if (isDeepStrictEqual(before, this.#last)) return this.#last;
    }
  }

  async #read(): Promise<Tags> {
    const client = this.#farClient;
    const seen = new Map<string, Digest>();
    for (const repository of this.#repositories) {
      for await (const tag of client.tags(repository)) {
        seen.set(`${repository}:${tag}`, (await client.findManifest(repository, tag)) as Digest);
      }
    }
    return seen;
  }
}

/** Where files of a volume are, with their headers; padding is left out, which nobody reads. */
function contentsOf(volume: Buffer): { start: number; end: number }[] {
  const found = [];
  for (let start = 0; ; ) {
    const read = readTarHeader(volume.subarray(start, start + BLOCK));
    if (read.kind === 'end') return found;
    const { size } = read.entry;
    found.push({ start, end: start + BLOCK + size });
    start += entryBytes(size);
  }
}

const isMixed = (volumes: readonly string[]) => new Set(volumes.map((path) => dirname(path))).size > 1;

function clientOf(site: Site): PushClient {
  return new PushClient({
    transport: createFetchTransport(),
    host: site.directHost,
    plainHttp: true,
    credentials: site.credentials,
    retries: 3,
    userAgent: 'air-gap-test',
    sleep: async (ms) => {
      await setTimeout(ms);
    },
  });
}
