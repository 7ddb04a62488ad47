import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PLANTED_BUGS } from './planted-bugs.ts';

// `node --import test/air-gap/plant.ts …` with the name of a bug in HOLDFAST_PLANT: the product with that bug in it.
const name = process.env.HOLDFAST_PLANT;
const bug = PLANTED_BUGS.find((one) => one.name === name);
if (!bug) throw new Error(`HOLDFAST_PLANT names no bug: ${name}`);
const root = join(import.meta.dirname, '../..');
const changes = bug.changes.map(({ file, ...texts }) => ({ url: pathToFileURL(join(root, file)).href, ...texts }));

registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context);
    const here = changes.filter((change) => change.url === url);
    if (here.length === 0) return loaded;
    const source = here.reduce((text, { from, to }) => replaceOnce(url, text, from, to), String(loaded.source));
    return { ...loaded, source };
  },
});

function replaceOnce(url: string, text: string, from: string, to: string): string {
  const parts = text.split(from);
  if (parts.length !== 2) throw new Error(`PLANT: ${url} has ${parts.length - 1} times: ${from}`);
  return parts.join(to);
}
