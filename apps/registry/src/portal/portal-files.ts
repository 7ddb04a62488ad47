import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);

/** Names as the build gives them: one folder, a hash of the content in each, so that none ever changes. */
const ASSET_NAME = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.(js|css|svg|json)$/;

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  json: 'application/json; charset=utf-8',
};

export interface PortalAsset {
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly gzipped: Buffer;
}

/** The built portal: a page and the assets that it loads. It may be built while the server runs, so nothing is read before it is asked for. */
export class PortalFiles {
  readonly #folder: string;
  readonly #assets = new Map<string, Promise<PortalAsset | undefined>>();
  #page: { readonly changed: number; readonly text: string } | undefined;

  /** @param folder what the build of apps/portal made: `index.html` and `assets/` */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The page with its placeholders; undefined until the portal is built. */
  async page(): Promise<string | undefined> {
    const path = join(this.#folder, 'index.html');
    const found = await stat(path).catch(() => undefined);
    if (!found) return undefined;
    if (this.#page?.changed === found.mtimeMs) return this.#page.text;
    const text = await readFile(path, 'utf8');
    this.#page = { changed: found.mtimeMs, text };
    return text;
  }

  /** Undefined for what the build did not make. Kept in memory: all of them together are a few megabytes. */
  async asset(name: string): Promise<PortalAsset | undefined> {
    const extension = ASSET_NAME.exec(name)?.[1];
    if (extension === undefined) return undefined;
    const kept = this.#assets.get(name);
    if (kept) return kept;
    const asset = await this.#read(name, MEDIA_TYPES[extension] ?? 'application/octet-stream');
    // What is not there may be there after the build, and a made-up name must not fill the memory.
    if (asset) this.#assets.set(name, Promise.resolve(asset));
    return asset;
  }

  async #read(name: string, mediaType: string): Promise<PortalAsset | undefined> {
    const bytes = await readFile(join(this.#folder, 'assets', name)).catch(() => undefined);
    return bytes && { mediaType, bytes, gzipped: await compress(bytes, { level: 9 }) };
  }
}
