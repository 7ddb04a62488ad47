import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import type { ArchiveFile } from './tar.ts';

export interface Bundle {
  readonly files: readonly ArchiveFile[];
  /** Folders of the packages that went in, relative to the root. */
  readonly packages: readonly string[];
}

/**
 * The server as plain JavaScript in one flat folder: main.mjs, what it loads later, and its workers. Node strips no
 * types under node_modules, and the machine it goes to has no npm.
 */
export async function bundleServer(root: string): Promise<Bundle> {
  const source = join(root, 'apps/registry/src');
  const workers = globSync('**/*.worker.ts', { cwd: source }).sort();
  const entryPoints = Object.fromEntries(
    ['main.ts', ...workers].map((path) => [basename(path, '.ts'), join(source, path)]),
  );
  if (Object.keys(entryPoints).length <= workers.length)
    throw new Error(`Two workers have one name: ${workers.join(', ')}`);
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints,
    outdir: join(root, 'dist/lib'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // Keeps lazily imported parts lazy, and what server and workers share single.
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    write: false,
    metafile: true,
    legalComments: 'none', // all licences are in THIRD-PARTY-LICENSES, whole
    // Packages written as CommonJS call `require` for Node's own modules, which an ES module does not have.
    banner: {
      js: "import { createRequire as holdfastRequire } from 'node:module';\nconst require = holdfastRequire(import.meta.url);",
    },
    plugins: [workerAddresses],
    logLevel: 'warning',
  });
  const files = outputFiles.map(({ path, contents }) => ({ path: `lib/${basename(path)}`, content: contents }));
  for (const worker of workers) mustBeStarted(basename(worker, '.ts'), files);
  return { files, packages: packagesOf(metafile, root) };
}

/**
 * Workers are started by `new Worker(new URL('./name.worker.ts', import.meta.url))`, which esbuild leaves as it is: in
 * the bundle the address becomes `./name.worker.mjs`, for all its files lie in one folder.
 */
const workerAddresses: Plugin = {
  name: 'worker-addresses',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/apps\/registry\/src\/.*\.ts$/ }, ({ path }) => {
      const contents = readFileSync(path, 'utf8').replace(
        /(['"])(?:\.{1,2}\/)(?:[\w.-]+\/)*([\w-]+\.worker)\.ts\1(?=\s*,\s*import\.meta\.url)/g,
        "'./$2.mjs'",
      );
      return { contents, loader: 'ts', resolveDir: dirname(path) };
    });
  },
};

function mustBeStarted(worker: string, files: Bundle['files']): void {
  const name = `${worker}.mjs`;
  if (files.some(({ path, content }) => path !== `lib/${name}` && Buffer.from(content).includes(name))) return;
  throw new Error(
    `Nothing starts ${worker}.ts by new URL('./${worker}.ts', import.meta.url), so the bundle would miss it.`,
  );
}

/** Only what esbuild really put into an output counts; the innermost node_modules is the package's. */
function packagesOf(metafile: Metafile, root: string): string[] {
  const inputs = Object.values(metafile.outputs).flatMap(({ inputs: used }) =>
    Object.entries(used).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  const packages = new Set<string>();
  for (const input of inputs) {
    const match = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input);
    if (match) packages.add(match[0]);
  }
  for (const path of packages) {
    // A path from outside would make an archive that depends on this machine.
    if (path.startsWith('..')) throw new Error(`${path} is not under ${root}.`);
  }
  return [...packages].sort();
}
