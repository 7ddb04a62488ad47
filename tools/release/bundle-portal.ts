import { join, relative } from 'node:path';
import { build } from 'vite';
import type { Bundle } from './bundle.ts';

/** The portal as the browser gets it, in `portal/`, and the packages whose code is in it. */
export async function bundlePortal(root: string): Promise<Bundle> {
  const built = await build({ root: join(root, 'apps/portal'), logLevel: 'warn', build: { write: false } });
  if (Array.isArray(built) || !('output' in built)) throw new Error('Vite made something else than one portal.');
  const packages = new Set<string>();
  const files = built.output.map((part) => {
    if (part.type === 'chunk') {
      for (const [id, { renderedLength }] of Object.entries(part.modules)) {
        const folder = packageOf(root, id);
        if (folder !== undefined && renderedLength > 0) packages.add(folder);
      }
    }
    return { path: `portal/${part.fileName}`, content: Buffer.from(part.type === 'chunk' ? part.code : part.source) };
  });
  return { files, packages: [...packages].sort() };
}

/** Ids of virtual modules begin with a zero byte and bear no licence of others. */
function packageOf(root: string, id: string): string | undefined {
  if (id.startsWith('\0')) return undefined;
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(relative(root, id))?.[0];
}
