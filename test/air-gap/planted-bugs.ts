/** A bug that is put into the product's texts as they are loaded, by the run and by all processes that it starts. */
export interface PlantedBug {
  readonly name: string;
  /** Schedules in which it must be found. */
  readonly within: number;
  /** What must be said of it. */
  readonly evidence: RegExp;
  readonly changes: readonly Change[];
}

/** `from` is once in the file. */
export interface Change {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const bundle = (file: string, from: string, to: string): Change => ({
  file: `packages/bundle/src/${file}.ts`,
  from,
  to,
});
const registry = (file: string, from: string, to: string): Change => ({
  file: `apps/registry/src/${file}.ts`,
  from,
  to,
});

/** The registry refuses what is not whole, so a bug that makes it visible must be on both sides. */
const TAKES_ALL_MANIFESTS = registry(
  'distribution/manifests',
  'if (!found || damage) {\n      if (d.policy.sparseManifests) continue;',
  'if (!found || damage) {\n      continue;',
);
const BAD_VOLUME_TAKEN = /a bad volume (was taken|changed something)/;
const NOT_WHOLE = /is there without sha256|neither before nor after/;

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'manifests and tags come before the blobs are there',
    within: 20,
    evidence: NOT_WHOLE,
    changes: [
      bundle('apply-bundle', 'if (lacks.missing > 0 || lacks.held.length > 0) {', 'if (false as boolean) {'),
      TAKES_ALL_MANIFESTS,
    ],
  },
  {
    name: 'a blob counts as there before it was sent',
    within: 20,
    evidence: NOT_WHOLE,
    changes: [
      bundle('apply-bundle', '(await this.#options.target.findBlob(repository, digest)) === size', 'size >= 0'),
      TAKES_ALL_MANIFESTS,
    ],
  },
  {
    name: 'tags move one after the other',
    within: 60,
    evidence: /neither before nor after/,
    changes: [{ file: 'apps/cli/src/bundle/apply.ts', from: '/_tags`, scopes', to: '/_one-by-one`, scopes' }],
  },
  {
    name: 'an older bundle moves tags back',
    within: 60,
    evidence: /neither before nor after/,
    changes: [
      bundle(
        'apply-bundle',
        "const isLater = (tag: BundledTag) => (this.#options.movedBy(tag) ?? '') > created;",
        'const isLater = (tag: BundledTag) => tag.tag === created;',
      ),
      {
        file: 'apps/registry/src/bundle/move-tags.ts',
        from: 'last !== undefined && last > (created as string)',
        to: "last === 'never'",
      },
    ],
  },
  {
    name: 'any signature is believed',
    within: 20,
    evidence: BAD_VOLUME_TAKEN,
    changes: [
      bundle('signing', 'trusted.find(({ publicKey }) => verify(null, bytes, publicKey, raw))?.id', 'trusted[0]?.id'),
    ],
  },
  {
    name: 'bytes of a volume are not verified',
    within: 60,
    evidence: BAD_VOLUME_TAKEN,
    changes: [bundle('volumes', "if (hash.digest('hex') !== digestHex(expected)) {", 'if (expected.length < 9) {')],
  },
  {
    name: 'bytes are verified nowhere',
    within: 60,
    evidence: /a bad volume was taken|Expected values to be strictly equal/,
    changes: [
      bundle('volumes', "if (hash.digest('hex') !== digestHex(expected)) {", 'if (expected.length < 9) {'),
      registry('storage/filesystem/staged-upload', 'if (actual !== expected) throw', 'if (actual.length < 9) throw'),
    ],
  },
  {
    name: 'a volume that cannot be read is passed over',
    within: 20,
    evidence: BAD_VOLUME_TAKEN,
    changes: [
      {
        file: 'apps/cli/src/bundle/volumes.ts',
        from: 'volumes.push(await openVolume(path, trusted).catch(told));',
        to: 'volumes.push(...(await openVolume(path, trusted).then((one) => [one], () => [])));',
      },
      {
        file: 'apps/cli/src/bundle/volumes.ts',
        from: 'if (volumes.length === 0) throw',
        to: 'if (paths.length === 0) throw',
      },
    ],
  },
  {
    name: 'pieces are joined from a wrong offset',
    within: 60,
    evidence: /another digest|DIGEST_INVALID|bytes, not|the body has/,
    changes: [
      bundle('staging', 'createReadStream(path, { start: skip })', 'createReadStream(path, { start: skip + 1 })'),
    ],
  },
  {
    name: 'what was half written is taken for whole',
    within: 60,
    evidence: /and it waits for more|was changed or taken away/,
    changes: [
      bundle('staging', '.partial`;', '`;'),
      bundle('staging', '(await this.#size(path)) !== size)', '(await this.#size(path)) === undefined)'),
    ],
  },
  {
    name: 'a wrong "has" of a receipt is not made good',
    within: 20,
    evidence: /did not arrive/,
    changes: [
      bundle('receipt', 'const answer = set.has(key);', 'const answer = true;'),
      bundle('holdings', '!receipt.lacks.has(', '!new Set<string>().has('),
    ],
  },
];
