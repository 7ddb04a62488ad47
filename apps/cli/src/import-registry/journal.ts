import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

interface Line {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

/** Which tags an import has moved at its target, so that a later run tells its own work from another's. Kept line by line. */
export class Journal {
  readonly path: string;
  readonly #moved = new Map<string, string>();

  private constructor(path: string) {
    this.path = path;
  }

  static async open(path: string): Promise<Journal> {
    const journal = new Journal(path);
    const text = await readFile(path, 'utf8').catch(() => '');
    for (const line of text.split('\n')) {
      try {
        const { repository, tag, digest } = JSON.parse(line) as Line;
        journal.#moved.set(`${repository}:${tag}`, digest);
      } catch {
        // The last line of a run that was killed.
      }
    }
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    if (text !== '' && !text.endsWith('\n')) await appendFile(path, '\n');
    return journal;
  }

  /** What the tag of the target was moved to last by this import. */
  digestOf(repository: string, tag: string): string | undefined {
    return this.#moved.get(`${repository}:${tag}`);
  }

  async keep(repository: string, tag: string, digest: string): Promise<void> {
    this.#moved.set(`${repository}:${tag}`, digest);
    await appendFile(this.path, `${JSON.stringify({ repository, tag, digest } satisfies Line)}\n`, { mode: 0o600 });
  }
}
