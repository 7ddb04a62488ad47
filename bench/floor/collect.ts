/**
 * `fork('bench/floor/collect.ts', [FOLDER, PER_SECOND])`: collecting garbage without all that a registry does besides. At an even rate it writes as many
 * pages into a log as SQLite does for a slice, syncs them, and then removes the slice's files; without a database, rows, locks, or a
 * server in its process, and behind whatever else runs. Says 'ready' when it has made the files, begins when it is told anything, and goes on until it is stopped.
 */
import { fdatasyncSync, mkdirSync, openSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';

const [folder = '', rate = ''] = process.argv.slice(2);
const PER_SECOND = Number(rate);
/** Files; more than are removed while somebody measures. */
const FILES = 25_000;
/** As the collector's: `jobs/freeing-budget.ts`. */
const SLICE = 32;
/** About what the rows of a slice touch. */
const PAGES = 40;
const PAGE = Buffer.alloc(4096, 1);
/** The log begins anew, as SQLite's does. */
const LOG_PAGES = 4000;

setPriority(0, 10);
mkdirSync(folder, { recursive: true });
const files = Array.from({ length: FILES }, (_, n) => join(folder, `blob${n}`));
for (const file of files) writeFileSync(file, Buffer.alloc(1024));
const log = openSync(join(folder, 'log'), 'w');

function collect(slice: number): void {
  for (let n = 0; n < PAGES; n++) {
    writeSync(log, PAGE, 0, PAGE.length, ((slice * PAGES + n) % LOG_PAGES) * PAGE.length);
  }
  fdatasyncSync(log);
  for (const file of files.slice(slice * SLICE, (slice + 1) * SLICE)) unlinkSync(file);
}

process.once('message', () => {
  const begun = performance.now();
  let slice = 0;
  setInterval(() => {
    const due = ((performance.now() - begun) / 1000) * PER_SECOND;
    for (; (slice + 1) * SLICE <= Math.min(due, FILES); slice++) collect(slice);
  }, 3);
});
process.send?.('ready');
