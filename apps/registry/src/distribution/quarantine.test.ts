import { type Digest, digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import type { TagName } from '@holdfast/oci/reference';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Verdict } from '../content/quarantine-verdict.ts';
import { updateManifest } from '../metadata-api/manifests.ts';
import { DomainError } from '../platform/domain-error.ts';
import { findBlob } from './blobs.ts';
import type { Caller } from './context.ts';
import { deleteManifest } from './delete-manifest.ts';
import { listReferrers } from './listings.ts';
import { getManifest, putManifest } from './manifests.ts';
import type { Reference } from './reference.ts';
import { manifestBytes } from './test-content.ts';
import { openTestDistribution, type TestDistribution } from './test-distribution.ts';
import { mountBlob } from './uploads.ts';

const APP = 'team/app';
let t: TestDistribution;
beforeEach(async () => {
  t = await openTestDistribution();
});

interface Pushed {
  readonly digest: Digest;
  readonly layer: Digest;
  readonly size: number;
}

const described = (text: string, mediaType: string) => ({ mediaType, digest: digestOf(text), size: text.length });

/** An image of one config, which all have in common, and one layer of its own. */
async function image(
  name: string,
  tag?: string,
  repository = APP,
  more: Record<string, unknown> = {},
): Promise<Pushed> {
  for (const text of ['{}', name]) await t.upload(repository, text);
  const bytes = manifestBytes({
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.ociImage,
    config: described('{}', MEDIA_TYPE.ociConfig),
    layers: [described(name, MEDIA_TYPE.ociLayerGzip)],
    ...more,
  });
  const digest = digestOf(bytes);
  await t.push(repository, tag === undefined ? { digest } : { tag: tag as TagName }, MEDIA_TYPE.ociImage, bytes);
  return { digest, layer: digestOf(name), size: bytes.length };
}

async function index(children: readonly Pushed[], tag?: string): Promise<Digest> {
  const manifests = children.map(({ digest, size }) => ({ mediaType: MEDIA_TYPE.ociImage, digest, size }));
  const bytes = manifestBytes({ schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests });
  const digest = digestOf(bytes);
  await t.push(APP, tag === undefined ? { digest } : { tag: tag as TagName }, MEDIA_TYPE.ociIndex, bytes);
  return digest;
}

const judge = (digest: Digest, state: Verdict['state'], repository = APP) =>
  updateManifest(t.d, t.scanner(repository), digest, { locks: {}, verdict: { state } });

/** The code with which it is refused; `open` when it is not. */
async function outcome(work: () => unknown): Promise<string> {
  try {
    await work();
    return 'open';
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}
const pull = (reference: Reference, who: Caller = t.developer(APP)) => outcome(() => getManifest(t.d, who, reference));
const byTag = (tag: string, who?: Caller) => pull({ tag: tag as TagName }, who);
const blob = (digest: Digest, who: Caller = t.developer(APP), purpose?: 'probe') =>
  outcome(() => findBlob(t.d, who, digest, purpose));

/** Kind, tag and digest of the events so far, oldest first; they are taken away. */
async function events(): Promise<string[]> {
  return t.d.metadata.transaction(async (tx) => {
    const pending = await tx.outbox.pending(100);
    for (const { place } of pending) await tx.outbox.handedOut(place);
    return pending.map(({ kind, payload }) => {
      const { target } = JSON.parse(payload) as { target: { tag?: string; digest: string } };
      return `${kind} ${target.tag ?? target.digest}`;
    });
  });
}

describe('with the policy on, what is pushed', () => {
  beforeEach(() => t.setQuarantine('on'));

  it('is in quarantine: nothing is behind its tag, its digest is disallowed, and so are its blobs', async () => {
    const { digest, layer } = await image('layer', 'v1');
    expect([await byTag('v1'), await pull({ digest }), await blob(layer)]).toEqual([
      'manifest.unknown',
      'content.quarantined',
      'content.quarantined',
    ]);
  });

  it('is told to scanners only, tag by tag', async () => {
    const { digest } = await image('layer', 'v1');
    await image('layer');
    expect(await events()).toEqual(['quarantine v1', `quarantine ${digest}`]);
  });

  it('can be pulled by its digest, not by its tag, by whoever may read what is in quarantine', async () => {
    const { digest, layer } = await image('layer', 'v1');
    const scanner = t.scanner(APP);
    expect([await byTag('v1', scanner), await pull({ digest }, scanner), await blob(layer, scanner)]).toEqual([
      'manifest.unknown',
      'open',
      'open',
    ]);
  });

  it('says why it is refused, what it waits for, and in machine words', async () => {
    const { digest, layer } = await image('layer', 'v1');
    const refusal = async (work: () => unknown) => {
      try {
        await work();
        return undefined;
      } catch (error) {
        return error as DomainError;
      }
    };
    const first = await refusal(() => getManifest(t.d, t.developer(APP), { digest }));
    expect(first?.message).toBe(
      `The operation is disallowed on this registry, repository or image: pulling "${APP}@${digest}" is stopped, because it is in quarantine: no scanner has passed it yet. It opens as soon as a scanner, which has the role AcrQuarantineWriter, says that it passed.`,
    );
    expect(first?.detail).toEqual({ reason: 'Quarantined', repository: APP, digest, state: 'Quarantined' });
    const ofBlob = await refusal(() => findBlob(t.d, t.developer(APP), layer));
    expect(ofBlob?.detail).toEqual({ reason: 'Quarantined', repository: APP, digest: layer });
    const ofTag = await refusal(() => getManifest(t.d, t.developer(APP), { tag: 'v1' as TagName }));
    expect(ofTag?.message).toContain('manifest tagged by "v1" is not found in "team/app": it is in quarantine');
    await judge(digest, 'Failed');
    const failed = await refusal(() => getManifest(t.d, t.developer(APP), { digest }));
    expect(failed?.message).toContain('a scanner has failed it');
    expect(failed?.detail).toMatchObject({ state: 'Failed' });
  });

  it('is closed to whoever asked for it before it was there', async () => {
    const { digest, layer } = await image('layer');
    await deleteManifest(t.d, t.developer(APP), digest);
    const { quarantine } = t.d.metadata.read;
    const unreleased = vi.spyOn(quarantine, 'unreleased').mockImplementationOnce(async (...asked) => {
      unreleased.mockRestore();
      const found = await quarantine.unreleased(...asked);
      await image('layer'); // pushed again between this look and the next one
      return found;
    });
    expect([await pull({ digest }), await blob(layer)]).toEqual(['content.quarantined', 'content.quarantined']);
  });

  it('opens at once when it passes, and then it is told as a push', async () => {
    const { digest, layer } = await image('layer', 'v1');
    await events();
    await judge(digest, 'Passed');
    expect([await byTag('v1'), await pull({ digest }), await blob(layer)]).toEqual(['open', 'open', 'open']);
    expect(await events()).toEqual(['push v1']);
    await judge(digest, 'Passed');
    expect(await events()).toEqual([]); // said again
  });

  it('stays closed when it fails, also after it had passed, and tells nobody', async () => {
    const { digest, layer } = await image('layer', 'v1');
    await judge(digest, 'Passed');
    await events();
    await judge(digest, 'Failed');
    expect([await byTag('v1'), await pull({ digest }), await blob(layer)]).toEqual([
      'manifest.unknown',
      'content.quarantined',
      'content.quarantined',
    ]);
    expect(await events()).toEqual([]);
    await judge(digest, 'Passed'); // a scan that was mended
    expect([await pull({ digest }), await events()]).toEqual(['open', ['push v1']]);
  });

  it('keeps its state when it is pushed again, under whichever tag', async () => {
    const { digest } = await image('layer', 'v1');
    await judge(digest, 'Passed');
    await events();
    await image('layer', 'v2');
    expect([await byTag('v2'), await events()]).toEqual(['open', ['push v2']]);
    await judge(digest, 'Failed');
    await image('layer', 'v3');
    expect([await byTag('v3'), await events()]).toEqual(['manifest.unknown', ['quarantine v3']]);
  });

  it('is in quarantine again when it was deleted meanwhile', async () => {
    const { digest, layer } = await image('layer', 'v1');
    await image('other');
    await judge(digest, 'Passed');
    await deleteManifest(t.d, t.developer(APP), digest);
    expect(await blob(layer)).toBe('content.quarantined'); // nothing names it any more
    await image('layer', 'v1');
    expect(await pull({ digest })).toBe('content.quarantined');
  });

  it('in one repository is not opened by the same image in another', async () => {
    const { digest, layer } = await image('layer', 'v1');
    await image('layer', 'v1', 'other');
    await judge(digest, 'Passed', 'other');
    expect([await pull({ digest }), await blob(layer)]).toEqual(['content.quarantined', 'content.quarantined']);
    expect(await pull({ digest }, t.developer('other'))).toBe('open');
  });
});

describe('a blob', () => {
  beforeEach(() => t.setQuarantine('on'));

  it('that an image which has passed names, too, is open', async () => {
    const open = await image('layer', 'v1');
    await judge(open.digest, 'Passed');
    const closed = await image('secret', 'v2');
    expect([await blob(digestOf('{}')), await blob(closed.layer)]).toEqual(['open', 'content.quarantined']);
  });

  it('that no manifest names yet is closed, but who pushes is told that it is not there, and sends it', async () => {
    await image('layer', 'v1');
    await t.upload(APP, 'new');
    expect(await blob(digestOf('new'))).toBe('content.quarantined');
    expect(await blob(digestOf('new'), t.developer(APP), 'probe')).toBe('blob.unknown');
    expect(await blob(digestOf('{}'), t.developer(APP), 'probe')).toBe('blob.unknown');
  });

  it('is mounted from nowhere while it is closed, with a source and without', async () => {
    const { digest, layer } = await image('layer', 'v1');
    const mount = (from: Caller['repository'] | undefined) => mountBlob(t.d, t.developer('mine'), layer, from);
    const from = t.developer(APP).repository;
    expect([await mount(from), await mount(undefined)]).toEqual([false, false]);
    await judge(digest, 'Passed');
    expect([await mount(from), await mount(undefined)]).toEqual([true, true]);
    // And there it waits for an image of that repository to pass.
    expect(await blob(layer, t.developer('mine'))).toBe('content.quarantined');
  });
});

describe('an index', () => {
  beforeEach(() => t.setQuarantine('on'));

  it('is closed while one of its children is, and is told when the last one passes', async () => {
    const children = [await image('one'), await image('two')];
    const digest = await index(children, 'multi');
    await events();
    await judge(digest, 'Passed');
    const [one, two] = children as [Pushed, Pushed];
    await judge(one.digest, 'Passed');
    expect([await byTag('multi'), await pull({ digest }), await pull(one), await pull(two)]).toEqual([
      'manifest.unknown',
      'content.quarantined',
      'open',
      'content.quarantined',
    ]);
    expect(await events()).toEqual([`push ${one.digest}`]);
    await judge(two.digest, 'Passed');
    expect([await byTag('multi'), await pull({ digest })]).toEqual(['open', 'open']);
    expect(await events()).toEqual([`push ${two.digest}`, 'push multi']);
  });

  it('names the child for which it waits', async () => {
    const child = await image('one');
    const digest = await index([child], 'multi');
    await judge(digest, 'Passed');
    await expect((async () => getManifest(t.d, t.developer(APP), { digest }))()).rejects.toMatchObject({
      message: expect.stringContaining(`contains ${child.digest}, which is in quarantine`),
      detail: { reason: 'Quarantined', digest, manifest: child.digest },
    });
  });

  it('opens by its children alone no more than they by it', async () => {
    const child = await image('one');
    const digest = await index([child], 'multi');
    await judge(child.digest, 'Passed');
    expect([await pull({ digest }), await pull(child)]).toEqual(['content.quarantined', 'open']);
  });
});

describe('a referrer', () => {
  it('in quarantine is not listed, its annotations neither, but to who may read it', async () => {
    await t.setQuarantine('on');
    const subject = await image('layer', 'v1');
    const link = { mediaType: MEDIA_TYPE.ociImage, digest: subject.digest, size: subject.size };
    const found = await image('sbom', undefined, APP, { subject: link, annotations: { note: 'secret' } });
    const listed = async (who: Caller) =>
      (await listReferrers(t.d, who, subject.digest, {})).items.map(({ digest }) => digest);
    expect([await listed(t.developer(APP)), await listed(t.scanner(APP))]).toEqual([[], [found.digest]]);
    await judge(found.digest, 'Passed');
    expect(await listed(t.developer(APP))).toEqual([found.digest]);
  });

  it('that is closed does not end the list: pages get shorter, and go on', async () => {
    await t.setQuarantine('on');
    const subject = await image('layer', 'v1');
    const link = { mediaType: MEDIA_TYPE.ociImage, digest: subject.digest, size: subject.size };
    const all = [];
    for (const n of [1, 2, 3, 4, 5]) all.push(await image(`sbom ${n}`, undefined, APP, { subject: link }));
    const digests = all.map(({ digest }) => digest).sort();
    await judge(digests[4] as Digest, 'Passed');
    const seen: Digest[] = [];
    let pages = 0;
    for (let last: string | undefined; ; ) {
      const page = await listReferrers(t.d, t.developer(APP), subject.digest, { last, limit: 2 });
      seen.push(...page.items.map(({ digest }) => digest));
      pages += 1;
      if (page.next === undefined) break;
      last = page.next;
    }
    expect([seen, pages]).toEqual([[digests[4]], 3]);
  });
});

describe('when the policy is switched on', () => {
  it('what is there and never passed is closed from that moment on, and what did stays open', async () => {
    const [old, good] = [await image('old', 'old'), await image('good', 'good')];
    await judge(good.digest, 'Passed'); // scan first, then enable
    expect([await byTag('old'), await blob(old.layer)]).toEqual(['open', 'open']);
    await t.setQuarantine('on');
    expect([await byTag('old'), await pull(old), await blob(old.layer)]).toEqual([
      'manifest.unknown',
      'content.quarantined',
      'content.quarantined',
    ]);
    expect([await byTag('good'), await blob(good.layer)]).toEqual(['open', 'open']);
    await t.setQuarantine('off');
    expect([await byTag('old'), await blob(old.layer)]).toEqual(['open', 'open']);
  });

  it('a push that began before is closed, too, whatever it was told as', async () => {
    const before = t.developer(APP);
    await image('first', 'v0');
    await t.setQuarantine('on');
    for (const text of ['{}', 'late']) await t.upload(APP, text);
    const bytes = manifestBytes({
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.ociImage,
      config: described('{}', MEDIA_TYPE.ociConfig),
      layers: [described('late', MEDIA_TYPE.ociLayerGzip)],
    });
    const push = { reference: { tag: 'late' as TagName }, contentType: MEDIA_TYPE.ociImage, bytes, tags: [] };
    await putManifest(t.d, before, push);
    expect([await byTag('late'), await pull({ digest: digestOf(bytes) })]).toEqual([
      'manifest.unknown',
      'content.quarantined',
    ]);
  });
});

describe('where the policy is off', () => {
  it('nobody is asked, and nothing is written', async () => {
    const { digest, layer } = await image('layer', 'v1');
    const deaf = new Proxy(t.d.metadata.read, {
      get: (target, name) => {
        if (name === 'quarantine') throw new Error('somebody asked');
        return Reflect.get(target, name) as unknown;
      },
    });
    const d = { ...t.d, metadata: { ...t.d.metadata, read: deaf } };
    const who = t.developer(APP);
    await getManifest(d, who, { digest });
    await getManifest(d, who, { tag: 'v1' as TagName });
    await findBlob(d, who, layer);
    await listReferrers(d, who, digest, {});
    expect(await t.d.metadata.read.quarantine.of(1, [digest])).toEqual(new Map());
    expect(await events()).toEqual(['push v1']);
  });

  it('what scanners say is kept and shown, and tells no push', async () => {
    const { digest } = await image('layer', 'v1');
    await events();
    const details = '{"scanner":"s"}';
    const verdict = { state: 'Failed', details } as const;
    const shown = await updateManifest(t.d, t.scanner(APP), digest, { locks: {}, verdict });
    expect(shown.changeableAttributes).toMatchObject({ quarantineState: 'Failed', quarantineDetails: details });
    expect([await byTag('v1'), await events()]).toEqual(['open', []]);
  });
});
