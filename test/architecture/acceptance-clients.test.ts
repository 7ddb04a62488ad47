/** What an acceptance script drives, the installer brings: else it runs only where somebody put it by hand. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const acceptance = join(import.meta.dirname, '../acceptance');
const installer = readFileSync(join(acceptance, 'install-clients.sh'), 'utf8');

const words = (text: string | undefined) => (text ?? '').split(/\s+/).filter(Boolean);
const programs = words(/^programs=\(([^)]*)\)/m.exec(installer)?.[1]);
const goClients = [...(/^go_clients='\n([^']*)'/m.exec(installer)?.[1] ?? '').matchAll(/^(\S+) /gm)].map(
  ([, name]) => name,
);
const azureClis = [...installer.matchAll(/"\$bin\/(az-\w+)"/g)].map(([, name]) => name);

test('every command that a script says it needs is installed and looked for', () => {
  const brought = new Set<string | undefined>(['root', ...programs, ...goClients, ...azureClis]);
  const scripts = globSync('**/*.sh', { cwd: acceptance });
  const needs = scripts.flatMap((script) => {
    const line = /^# needs:(.*)$/m.exec(readFileSync(join(acceptance, script), 'utf8'))?.[1];
    return words(line).map((need) => ({ script, need }));
  });
  expect(needs.length).toBeGreaterThan(100);
  expect(needs.filter(({ need }) => !brought.has(need))).toEqual([]);
});
