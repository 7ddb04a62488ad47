// `npm run portal` builds the portal; `--if-needed` only when its sources are newer than what is built; `--quiet` says
// nothing and fails nobody, for `npm start`, which serves at once and lets this run behind it.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const folder = join(import.meta.dirname, '../apps/portal');
const built = join(folder, 'dist/index.html');
const { values } = parseArgs({ options: { 'if-needed': { type: 'boolean' }, quiet: { type: 'boolean' } } });

function newest(path: string): number {
  const found = statSync(path);
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function isCurrent(): boolean {
  if (!existsSync(built)) return false;
  const made = statSync(built).mtimeMs;
  return ['src', 'index.html', 'vite.config.ts', 'package.json'].every((name) => newest(join(folder, name)) <= made);
}

if (!values['if-needed'] || !isCurrent()) {
  // Whoever builds it: a test's environment has Vite pack React's development version, which is a third larger and slower.
  process.env.NODE_ENV = 'production';
  try {
    const { build } = await import('vite');
    await build({ root: folder, logLevel: values.quiet ? 'silent' : 'warn' });
  } catch (error) {
    // Without its tools (`npm ci --omit=dev`) the registry works all the same, and the portal's page says what is missing.
    if (!values.quiet) throw error;
  }
}
