import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTypeScript from 'dependency-cruiser/config-utl/extract-ts-config';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

async function findViolations(baseDir: string) {
  const options = await extractOptions(join(root, '.dependency-cruiser.cjs'));
  const tsConfig = extractTypeScript(join(root, 'tsconfig.json'));
  const { output } = await cruise(['apps', 'packages'], { ...options, baseDir }, undefined, { tsConfig });
  const { summary } = output as ICruiseResult;
  return { modules: summary.totalCruised, found: summary.violations.map((v) => `${v.rule.name}: ${v.from} → ${v.to}`) };
}

describe('the borders between the rooms', () => {
  it('are kept', async () => {
    const { modules, found } = await findViolations(root);
    expect(found).toEqual([]);
    // dependency-cruiser that cannot read TypeScript sees nothing and is content; a house without rooms has no borders.
    expect(modules).toBeGreaterThanOrEqual(100);
  });

  it('are watched: each forbidden import that is planted is found, and no other', async () => {
    const server = 'apps/registry/src';
    const plants: [rule: string, from: string, imports: string][] = [
      ['room-platform', `${server}/platform/a.ts`, '../config/b.ts'],
      ['room-storage', `${server}/storage/a.ts`, '../access/b.ts'],
      ['room-metadata', `${server}/metadata/a.ts`, '../http/b.ts'],
      ['room-distribution', `${server}/distribution/a.ts`, '../http/b.ts'],
      ['room-http', `${server}/http/a.ts`, '../distribution/b.ts'],
      ['routes-of-distribution', `${server}/distribution/routes/a.ts`, '../../config/b.ts'],
      ['room-unknown', `${server}/utils/a.ts`, '../platform/b.ts'],
      ['ports-only', `${server}/jobs/a.ts`, '../storage/filesystem/b.ts'],
      ['drivers-apart', `${server}/storage/memory/a.ts`, '../filesystem/b.ts'],
      ['root-is-not-imported', `${server}/bootstrap.ts`, './main.ts'],
      ['nobody-imports-apps', 'packages/oci/src/a.ts', '../../../apps/registry/src/platform/b.ts'],
      ['cli-imports-packages-only', 'apps/cli/src/a.ts', '../../registry/src/platform/b.ts'],
      ['contracts-import-nothing', 'packages/contracts/src/a.ts', '../../oci/src/b.ts'],
      ['oci-imports-contracts-only', 'packages/oci/src/c.ts', '../../bundle/src/b.ts'],
      ['http-at-the-edge', `${server}/jobs/c.ts`, 'node:http'],
      ['http-at-the-edge', `${server}/token/c.ts`, 'node:http2'],
      ['sql-in-metadata', `${server}/jobs/d.ts`, 'node:sqlite'],
      ['library-pino', `${server}/jobs/e.ts`, 'pino'],
      ['tests-stay-outside', `${server}/jobs/f.ts`, './b.test.ts'],
      ['no-cycles', `${server}/jobs/g.ts`, './h.ts'],
      ['resolvable', `${server}/jobs/i.ts`, './missing.ts'],
      ['declared', `${server}/jobs/j.ts`, 'undeclared'],
    ];
    const calls: typeof plants = [
      ['http-at-the-edge', `${server}/jobs/l.ts`, 'node:http'],
      ['one-way-out', `${server}/jobs/m.ts`, 'node:dns'],
      ['sql-in-metadata', `${server}/jobs/n.ts`, 'node:sqlite'],
    ];
    const allowed: [from: string, imports: string][] = [
      [`${server}/distribution/routes/b.ts`, '../../http/b.ts'],
      [`${server}/distribution/routes.ts`, './routes/b.ts'],
      [`${server}/http/c.ts`, '../distribution/routes.ts'],
      [`${server}/http/d.ts`, 'node:http'],
      [`${server}/metadata/sqlite/a.ts`, 'node:sqlite'],
      [`${server}/metadata/c.ts`, '../storage/b.ts'],
      [`${server}/telemetry/a.ts`, 'pino'],
      [`${server}/create-registry.ts`, './storage/filesystem/b.ts'],
      [`${server}/jobs/k.test.ts`, '../storage/filesystem/b.ts'],
      [`${server}/jobs/h.ts`, './g.ts'],
      ['apps/cli/src/b.ts', '../../../packages/oci/src/b.ts'],
    ];
    const folder = mkdtempSync(join(tmpdir(), 'borders-'));
    const write = (path: string, text: string) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text, { flag: 'wx' });
    };
    try {
      // Type-only, so that this test also fails if those no longer count.
      for (const [from, imports] of [...plants.map(([, ...plant]) => plant), ...allowed]) {
        write(from, `import type { X } from '${imports}';\nexport type Y = X;\n`);
      }
      for (const [, from, module] of calls) write(from, `export const x = process.getBuiltinModule('${module}');\n`);
      const leaves = ['config', 'access', 'http', 'distribution', 'platform', 'storage', 'storage/filesystem'];
      for (const room of leaves) write(`${server}/${room}/b.ts`, 'export type X = 1;\n');
      for (const path of [`${server}/main.ts`, `${server}/jobs/b.test.ts`]) write(path, 'export type X = 1;\n');
      for (const name of ['oci', 'bundle']) write(`packages/${name}/src/b.ts`, 'export type X = 1;\n');
      for (const name of ['pino', 'undeclared']) {
        write(`node_modules/${name}/package.json`, `{"name":"${name}","main":"index.js"}`);
        write(`node_modules/${name}/index.js`, '');
      }
      write('package.json', '{"name":"planted"}');
      write('apps/registry/package.json', '{"name":"registry","dependencies":{"pino":"*"}}');
      symlinkSync(join(root, 'tsconfig.json'), join(folder, 'tsconfig.json'));

      const { found } = await findViolations(folder);
      const pairs = found.map((line) => line.replace(/ → .*/, ''));
      for (const [rule, from] of [...plants, ...calls]) expect(pairs).toContain(`${rule}: ${from}`);
      const planted = new Set([...plants, ...calls].map(([, from]) => from).concat(`${server}/jobs/h.ts`));
      expect(pairs.filter((pair) => !planted.has(pair.replace(/^.*: /, '')))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
