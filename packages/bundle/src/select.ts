import { matchesGlob } from 'node:path/posix';
import type { ContentSource } from '@holdfast/oci/content-source';
import { type Digest, parseDigest } from '@holdfast/oci/digest';
// Each by itself: the whole package is 47 files, for which every start would wait.
import parseVersion from 'semver/functions/parse.js';
import satisfies from 'semver/functions/satisfies.js';
import validRange from 'semver/ranges/valid.js';

/** One line of what a bundle shall have. */
export interface Pattern {
  /** As it was written, for messages. */
  readonly text: string;
  readonly host: string | undefined;
  /** A name, or a glob: `team/*`, `**`. */
  readonly repository: string;
  readonly tags: { readonly kind: 'exact' | 'glob' | 'range'; readonly text: string } | undefined;
  readonly digest: Digest | undefined;
}

export interface SelectedImage {
  readonly repository: string;
  /** Undefined for one that is known by its digest alone. */
  readonly tag?: string;
  readonly reference: string;
}

/**
 * `[host/]repository[:tags][@digest]`; `tags` is a tag, a glob (`1.*`) or a semver range (`^1.2`, `>=1.2 <2`), and all tags
 * when there is none. Throws a clause for what is none of it.
 */
export function parsePattern(text: string): Pattern {
  const [named = '', digestText] = text.trim().split('@');
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  const name = hasTag ? named.slice(0, colon) : named;
  const [first = '', ...rest] = name.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const repository = isHost ? rest.join('/') : name;
  const digest = digestText === undefined ? undefined : parseDigest(digestText);
  if (!/^[a-z0-9._/*?{},[\]-]+$/.test(repository) || (digestText !== undefined && !digest)) {
    throw new Error(`${text} is no image, chart or artifact: write [host/]repository[:tag][@digest]`);
  }
  const tags = hasTag ? tagsOf(named.slice(colon + 1), text) : undefined;
  return { text, host: isHost ? first : undefined, repository, tags, digest };
}

function tagsOf(text: string, whole: string): Pattern['tags'] {
  if (/^[\w][\w.-]{0,127}$/.test(text)) return { kind: 'exact', text };
  if (/^[\^~<>=]|\s|\|\|/.test(text) && validRange(text) !== null) return { kind: 'range', text };
  if (/^[\w.*?{},[\]-]+$/.test(text)) return { kind: 'glob', text };
  throw new Error(`${whole}: "${text}" is neither a tag nor a glob nor a range of versions`);
}

/** A list: one pattern a line, `#` begins a remark; or what `kubectl get pods -A -o json` prints. */
export function parseList(text: string): Pattern[] {
  if (text.trimStart().startsWith('{')) return imagesOfPods(JSON.parse(text) as PodList).map(parsePattern);
  const lines = text.split('\n').map((line) => line.replace(/(^|\s)#.*$/, '').trim());
  return lines.filter((line) => line !== '').map(parsePattern);
}

interface Container {
  readonly image?: string;
}
interface PodList {
  readonly items?: readonly {
    readonly spec?: Readonly<Record<'containers' | 'initContainers' | 'ephemeralContainers', readonly Container[]>>;
  }[];
}

/** Each image once; without a tag it is `latest`, as Kubernetes has it. */
function imagesOfPods({ items = [] }: PodList): string[] {
  const images = new Set<string>();
  for (const { spec } of items) {
    for (const kind of ['containers', 'initContainers', 'ephemeralContainers'] as const) {
      for (const { image } of spec?.[kind] ?? []) {
        if (image) images.add(/[:@][^/]*$/.test(image) ? image : `${image}:latest`);
      }
    }
  }
  return [...images];
}

/** What the source has of it. Throws for a pattern that names nothing, lest a misspelt one be noticed at the far side. */
export async function select(source: ContentSource, patterns: readonly Pattern[]): Promise<SelectedImage[]> {
  const found = new Map<string, SelectedImage>();
  const named = repositoryFinder(source);
  for (const pattern of patterns) {
    let count = 0;
    for (const repository of await named(pattern.repository)) {
      for (const image of await imagesOf(source, repository, pattern)) {
        found.set(`${repository}:${image.tag ?? image.reference}`, image);
        count++;
      }
    }
    if (count === 0) throw new Error(`${pattern.text} names nothing that is at the source`);
  }
  return [...found.values()];
}

/** Repositories by a name, which need not be there, or by a glob. */
export function repositoryFinder(source: Pick<ContentSource, 'repositories'>): (name: string) => Promise<string[]> {
  let all: Promise<string[]> | undefined;
  return async (name) => {
    if (!/[*?{[]/.test(name)) return [name];
    all ??= collectAll(source.repositories());
    return (await all).filter((one) => matchesGlob(one, name));
  };
}

async function imagesOf(source: ContentSource, repository: string, pattern: Pattern): Promise<SelectedImage[]> {
  const { tags, digest } = pattern;
  if (digest) {
    const tag = tags?.kind === 'exact' ? { tag: tags.text } : {};
    return [{ repository, ...tag, reference: digest }];
  }
  if (tags?.kind === 'exact') return [{ repository, tag: tags.text, reference: tags.text }];
  const there = await collectAll(source.tags(repository));
  return there.filter((tag) => tagFits(tags, tag)).map((tag) => ({ repository, tag, reference: tag }));
}

/** Whether the pattern names the image; one with a digest names that alone. */
export function fits(pattern: Pattern, { repository, tag, reference }: SelectedImage): boolean {
  if (!matchesGlob(repository, pattern.repository)) return false;
  if (pattern.digest) return reference === pattern.digest;
  return tag === undefined ? pattern.tags === undefined : tagFits(pattern.tags, tag);
}

function tagFits(tags: Pattern['tags'], tag: string): boolean {
  if (tags === undefined) return true;
  if (tags.kind === 'exact') return tag === tags.text;
  return tags.kind === 'glob' ? matchesGlob(tag, tags.text) : inRange(tag, tags.text);
}

/** Tags such as `v1.2.3`; helm writes `+` of a version as `_`. */
function inRange(tag: string, range: string): boolean {
  const version = parseVersion(tag.replace('_', '+'), { loose: true });
  return version !== null && satisfies(version, range);
}

async function collectAll(list: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const entry of list) all.push(entry);
  return all;
}
