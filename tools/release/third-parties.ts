import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Something that others wrote and the archive contains. */
export interface ThirdParty {
  readonly name: string;
  readonly version: string;
  /** SPDX identifier or expression. */
  readonly license: string;
  readonly licenseText: string;
  readonly purl: string;
  readonly type: 'library' | 'platform';
  /** SHA-512 in hexadecimal: of a package as npm delivered it, of the runtime's own program. */
  readonly sha512: string | undefined;
}

/** Of packages that name a licence and carry no text of it: MIT by its package.json and its repository, microsoft/fluentui-system-icons. */
const FORGOTTEN_TEXTS: Readonly<Record<string, string>> = {
  '@fluentui/react-icons': 'tools/release/fluentui-react-icons-LICENSE.txt',
};

/** Reads what a package says about itself. One without a licence text may not be passed on, so it stops the release. */
export function readThirdParty(
  root: string,
  folder: string,
  as?: { name: string; type: 'platform'; program: string },
): ThirdParty {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const own = readdirSync(join(root, folder))
    .filter((name) => /^(licen[cs]e|copying|notice)([.-]|$)/i.test(name))
    .sort()
    .map((name) => join(folder, name));
  const forgotten = FORGOTTEN_TEXTS[manifest.name];
  const texts = (own.length === 0 && forgotten !== undefined ? [forgotten] : own).map((path) =>
    readFileSync(join(root, path), 'utf8').trim(),
  );
  if (texts.length === 0) throw new Error(`${folder} has no licence text.`);
  const name = as?.name ?? manifest.name;
  return {
    name,
    version: manifest.version,
    license: manifest.license ?? 'NOASSERTION',
    licenseText: texts.join('\n\n').replaceAll('\r\n', '\n'),
    purl: as ? `pkg:generic/${name}@${manifest.version}` : `pkg:npm/${name.replace('@', '%40')}@${manifest.version}`,
    type: as?.type ?? 'library',
    sha512: as ? hashOf(join(root, folder, as.program)) : lockedHash(root, folder),
  };
}

const hashOf = (path: string): string => createHash('sha512').update(readFileSync(path)).digest('hex');

function lockedHash(root: string, folder: string): string | undefined {
  const path = join(root, 'package-lock.json');
  if (!existsSync(path)) return undefined;
  const integrity: string | undefined = JSON.parse(readFileSync(path, 'utf8')).packages[folder]?.integrity;
  const base64 = integrity && /^sha512-(\S+)/.exec(integrity)?.[1];
  return base64 ? Buffer.from(base64, 'base64').toString('hex') : undefined;
}

export function licensesText(parties: readonly ThirdParty[]): string {
  const rule = '='.repeat(80);
  const part = ({ name, version, license, licenseText }: ThirdParty) =>
    `${rule}\n${name} ${version} (${license})\n${rule}\n\n${licenseText}\n`;
  return `Holdfast contains the following works of others, under their own licences.\n\n${parties.map(part).join('\n')}`;
}

/** CycloneDX 1.5 as JSON; the same contents give the same bytes, so there is no time in it. */
export function sbom(version: string, parties: readonly ThirdParty[]): string {
  const purl = `pkg:generic/holdfast@${version}`;
  const components = parties.map((party) => {
    const [group, name] = party.name.startsWith('@') ? party.name.split('/') : [undefined, party.name];
    return {
      type: party.type,
      'bom-ref': party.purl,
      ...(group ? { group } : {}),
      name,
      version: party.version,
      ...(party.sha512 ? { hashes: [{ alg: 'SHA-512', content: party.sha512 }] } : {}),
      licenses: [/^[\w.-]+$/.test(party.license) ? { license: { id: party.license } } : { expression: party.license }],
      purl: party.purl,
    };
  });
  const seed = createHash('sha256')
    .update(JSON.stringify([version, components]))
    .digest('hex');
  return `${JSON.stringify(
    {
      bomFormat: 'CycloneDX',
      specVersion: '1.5',
      serialNumber: `urn:uuid:${seed.slice(0, 8)}-${seed.slice(8, 12)}-5${seed.slice(13, 16)}-8${seed.slice(17, 20)}-${seed.slice(20, 32)}`,
      version: 1,
      metadata: {
        component: {
          type: 'application',
          'bom-ref': purl,
          name: 'holdfast',
          version,
          licenses: [{ license: { id: 'Apache-2.0' } }],
          purl,
        },
      },
      components,
      dependencies: [
        { ref: purl, dependsOn: parties.map((party) => party.purl) },
        ...parties.map((party) => ({ ref: party.purl })),
      ],
    },
    undefined,
    2,
  )}\n`;
}
