import { FAULTS, type Severity } from '../../apps/cli/src/check-health/faults.ts';

type Table = (titles: readonly string[], rows: readonly (readonly string[])[]) => string;

const GROUPS: Readonly<Record<string, string>> = {
  name: 'Names and connections',
  dns: 'Names and connections',
  connect: 'Names and connections',
  tls: 'TLS and clocks',
  clock: 'TLS and clocks',
  challenge: 'What answers',
  proxy: 'Proxies',
  token: 'Sign-in, rights, content',
  rights: 'Sign-in, rights, content',
  push: 'Sign-in, rights, content',
  pull: 'Sign-in, rights, content',
  delete: 'Sign-in, rights, content',
  speed: 'Speed',
  docker: 'This host: Docker',
  containers: 'This host: Podman, skopeo, buildah, CRI-O',
  containerd: 'This host: containerd',
  login: 'This host: passwords that are kept',
};

/** Codes of az (azure-cli 2.91) that check-health of a site never gives, and why. */
const NEVER = [
  [
    '`DOCKER_COMMAND_ERROR`, `DOCKER_DAEMON_ERROR`, `DOCKER_VERSION_ERROR`',
    'No daemon is asked: what would be wrong with the registry is in its files.',
  ],
  ['`DOCKER_PULL_ERROR`', 'It is a pull from the internet. The test push and pull take its place.'],
  ['`HELM_COMMAND_ERROR`, `HELM_VERSION_ERROR`', 'They are about Helm 2.'],
  ['`CMK_ERROR`', 'A site has no keys of customers.'],
] as const;

/** The reference of what `holdfast acr check-health` finds. */
export function checkHealthPage(table: Table): string {
  const code = (text: string) => `\`${text}\``;
  const sections = [...new Set(Object.values(GROUPS))].map((title) => {
    const rows = Object.entries<{ code: string; severity: Severity; meaning: string; fix: string }>(FAULTS)
      .filter(([name]) => GROUPS[name.split('.')[0] ?? ''] === title)
      .map(([name, one]) => [
        code(name),
        code(one.code),
        one.severity,
        one.meaning,
        one.fix.replaceAll('{host}', 'HOST'),
      ]);
    return `## ${title}\n\n${table(['Fault', 'Code', 'Severity', 'Meaning', 'What to do'], rows)}\n`;
  });
  return `# check-health

What \`holdfast acr check-health\` finds. The code is that of \`az acr check-health\` where it has one; the fault says which of the things that the code covers it is. An
error ends the command with 1, a warning does not. Each is planted by \`apps/cli/src/check-health/planted-faults.test.ts\` or \`transfer.test.ts\`, which
demand that it is found and nothing else. HOST is the registry as clients name it. How to use it: [FAQ 16](../how-to/16-check-health.md).

${sections.join('\n')}
## Codes of az that it never gives

${table(['Code', 'Why'], NEVER)}
`;
}
