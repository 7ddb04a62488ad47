import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A text file of the host, by its path there. */
export interface HostFile {
  readonly path: string;
  readonly text: string;
}

/** The files of a host: its own, or those of another root that is mounted. */
export class HostFiles {
  readonly #root: string;

  constructor(root = '/') {
    this.#root = root;
  }

  /** Undefined when it is not there or may not be read. */
  async read(path: string): Promise<HostFile | undefined> {
    try {
      return { path, text: await readFile(join(this.#root, path), 'utf8') };
    } catch {
      return undefined;
    }
  }

  /** Names in a folder, in order; none when it is not there. */
  async list(path: string): Promise<readonly string[]> {
    try {
      return (await readdir(join(this.#root, path))).sort();
    } catch {
      return [];
    }
  }

  async exists(...paths: readonly string[]): Promise<boolean> {
    const found = paths.map((path) =>
      access(join(this.#root, path)).then(
        () => true,
        () => false,
      ),
    );
    return (await Promise.all(found)).includes(true);
  }

  async readAll(folder: string, ending: string): Promise<HostFile[]> {
    const names = (await this.list(folder)).filter((name) => name.endsWith(ending));
    const files = await Promise.all(names.map((name) => this.read(`${folder}/${name}`)));
    return files.filter((file) => file !== undefined);
  }
}

/** What the container tools of a host are judged by. */
export interface Registry {
  /** As clients name it: lower case, with the port when it is not 443. */
  readonly host: string;
  readonly name: string;
}

/** Whether an entry means the registry, though perhaps in another spelling: scheme, path, case, `:443`. */
export function meansRegistry(entry: string, { host }: Registry): boolean {
  const plain = (text: string) =>
    text
      .toLowerCase()
      .replace(/^[a-z]+:\/\//, '')
      .replace(/\/.*$/, '')
      .replace(/:443$/, '');
  return plain(entry) === plain(host);
}
