import { basename, join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import type { ArchiveFile } from './tar.ts';

export interface Bundle {
  readonly files: readonly ArchiveFile[];
  /** Folders of the packages that went in, relative to the root. */
  readonly packages: readonly string[];
}

/**
 * The server and the command line as plain JavaScript in one flat folder: main.mjs, cli.mjs, what they load later, and the threads that are files. Node strips no types under
 * node_modules, and the machine it goes to has no npm. Not minified and without `keepNames`: hashing threads start from a
 * function's source text, which must mean the same by itself.
 */
export async function bundlePrograms(root: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: {
      main: join(root, 'apps/registry/src/main.ts'),
      cli: join(root, 'apps/cli/src/main.ts'),
      collecting: join(root, 'apps/registry/src/metadata/sqlite/collecting.ts'), // a thread
    },
    outdir: join(root, 'dist/lib'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true, // keeps lazily imported parts lazy
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
    logLevel: 'warning',
  });
  const files = outputFiles.map(({ path, contents }) => ({ path: `lib/${basename(path)}`, content: contents }));
  return { files, packages: packagesOf(metafile, root) };
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
