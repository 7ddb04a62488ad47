import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundlePrograms } from './bundle.ts';
import { bundlePortal } from './bundle-portal.ts';
import type { ArchiveFile } from './tar.ts';
import { licensesText, readThirdParty, sbom } from './third-parties.ts';

export const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** All that the archive holds, and the name of its folder. */
export async function collectFiles(
  root: string,
  arch: string,
): Promise<{ readonly name: string; readonly files: readonly ArchiveFile[] }> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const name = `holdfast-${version}-linux-${arch}`;
  const runtime = `node_modules/node-linux-${arch}`;
  if (!existsSync(join(root, runtime, 'bin/node'))) {
    throw new Error(`${runtime} is not installed: archives are made by 'npm ci' and this on Linux x64 or arm64.`);
  }
  const bundle = await bundlePrograms(root);
  const portal = await bundlePortal(root);
  const parties = [
    readThirdParty(root, runtime, { name: 'node', type: 'platform', program: 'bin/node' }),
    ...[...new Set([...bundle.packages, ...portal.packages])].sort().map((folder) => readThirdParty(root, folder)),
  ];
  const text = (path: string, content: string): ArchiveFile => ({ path, content: Buffer.from(content) });
  const copy = (path: string, from: string, executable = false): ArchiveFile => ({
    path,
    content: readFileSync(join(root, from)),
    executable,
  });
  const readme = readFileSync(join(root, 'tools/release/README.txt'), 'utf8');
  const files = [
    ...['holdfast', 'docker-credential-holdfast', 'holdfast-credential-provider'].map((program) =>
      copy(`bin/${program}`, `bin/${program}`, true),
    ),
    copy('runtime/node', `${runtime}/bin/node`, true),
    ...bundle.files,
    ...portal.files,
    ...(existsSync(join(root, 'LICENSE')) ? [copy('LICENSE', 'LICENSE')] : []),
    text('README', readme.replaceAll('@VERSION@', version).replaceAll('@ARCH@', arch)),
    text('THIRD-PARTY-LICENSES', licensesText(parties)),
    text('sbom.cdx.json', sbom(version, parties)),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
  const sums = files.map(({ path, content }) => `${sha256(content)}  ${path}\n`).join('');
  return { name, files: [...files, text('SHA256SUMS', sums)] };
}
