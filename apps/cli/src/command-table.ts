import type { Command, FoundCommand } from './command.ts';

type Load = () => Promise<{ readonly command: Command }>;

/** Every command and the file that has it. Loaded one by one, since each start of the program waits for what it loads. */
export const COMMANDS: Readonly<Record<string, Load>> = {
  login: () => import('./account/login.ts'),
  logout: () => import('./account/logout.ts'),
  'account show': () => import('./account/show.ts'),
  completion: () => import('./completion.ts'),
  'credential-helper': () => import('./credentials/helper.ts'),
  'kubelet-credentials': () => import('./credentials/kubelet.ts'),
  push: () => import('./images/push.ts'),
  pull: () => import('./images/pull.ts'),
  copy: () => import('./images/copy.ts'),
  'import-registry': () => import('./import-registry/import-registry.ts'),
  ls: () => import('./images/ls.ts'),
  inspect: () => import('./images/inspect.ts'),
  retag: () => import('./images/retag.ts'),
  'acr login': () => import('./acr/login.ts'),
  'acr list': () => import('./acr/list.ts'),
  'acr show': () => import('./acr/show.ts'),
  'bundle apply': () => import('./bundle/apply.ts'),
  'bundle create': () => import('./bundle/create.ts'),
  'bundle inspect': () => import('./bundle/inspect.ts'),
  'bundle keygen': () => import('./bundle/keygen.ts'),
  'bundle list': () => import('./bundle/list.ts'),
  'bundle plan': () => import('./bundle/plan.ts'),
  'bundle receipt': () => import('./bundle/receipt.ts'),
  'bundle verify': () => import('./bundle/verify.ts'),
  'acr create': () => import('./acr/create.ts'),
  'acr update': () => import('./acr/update.ts'),
  'acr delete': () => import('./acr/delete.ts'),
  'acr check-health': () => import('./acr/check-health.ts'),
  'acr check-name': () => import('./acr/check-name.ts'),
  'acr show-usage': () => import('./acr/show-usage.ts'),
  'acr explain': () => import('./acr/explain.ts'),
  'acr import': () => import('./acr/import.ts'),
  'acr credential show': () => import('./acr/credential/show.ts'),
  'acr credential renew': () => import('./acr/credential/renew.ts'),
  'acr repository list': () => import('./acr/repository/list.ts'),
  'acr repository show': () => import('./acr/repository/show.ts'),
  'acr repository show-tags': () => import('./acr/repository/show-tags.ts'),
  'acr repository show-manifests': () => import('./acr/repository/show-manifests.ts'),
  'acr repository delete': () => import('./acr/repository/delete.ts'),
  'acr repository untag': () => import('./acr/repository/untag.ts'),
  'acr repository update': () => import('./acr/repository/update.ts'),
  'acr manifest list': () => import('./acr/manifest/list.ts'),
  'acr manifest list-metadata': () => import('./acr/manifest/list-metadata.ts'),
  'acr manifest show': () => import('./acr/manifest/show.ts'),
  'acr manifest show-metadata': () => import('./acr/manifest/show-metadata.ts'),
  'acr manifest update-metadata': () => import('./acr/manifest/update-metadata.ts'),
  'acr manifest list-referrers': () => import('./acr/manifest/list-referrers.ts'),
  'acr manifest delete': () => import('./acr/manifest/delete.ts'),
  'acr webhook list': () => import('./acr/webhook/list.ts'),
  'acr webhook create': () => import('./acr/webhook/create.ts'),
  'acr webhook show': () => import('./acr/webhook/show.ts'),
  'acr webhook update': () => import('./acr/webhook/update.ts'),
  'acr webhook delete': () => import('./acr/webhook/delete.ts'),
  'acr webhook get-config': () => import('./acr/webhook/get-config.ts'),
  'acr webhook ping': () => import('./acr/webhook/ping.ts'),
  'acr webhook list-events': () => import('./acr/webhook/list-events.ts'),
  'role assignment create': () => import('./role/assignment-create.ts'),
  'role assignment list': () => import('./role/assignment-list.ts'),
  'role assignment delete': () => import('./role/assignment-delete.ts'),
  'role definition list': () => import('./role/definition-list.ts'),
};

/** What a group of commands is for. */
export const GROUPS: Readonly<Record<string, string>> = {
  account: 'Who is signed in, and where.',
  acr: 'Registries and what is in them, as az acr.',
  bundle: 'Images across an air gap: signed bundles, deltas by receipts.',
  'acr credential': 'The admin user of a registry.',
  'acr manifest': 'Manifests: what images, indexes and artifacts are.',
  'acr repository': 'Repositories, their tags and their locks.',
  'acr webhook': 'Calls to others when something happens.',
  role: 'Who may do what, as az role.',
  'role assignment': 'Roles that somebody has.',
  'role definition': 'Roles that there are.',
};

/** Other spellings, such as one that the FAQ has although az knows none like it. */
export const ALIASES: Readonly<Record<string, string>> = { 'acr show repository': 'acr repository show' };

/** The command that the first words name; the rest are its arguments. */
export function findCommand(argv: readonly string[]): FoundCommand | undefined {
  for (let words = Math.min(argv.length, 4); words > 0; words--) {
    const spelled = argv.slice(0, words).join(' ');
    const path = ALIASES[spelled] ?? spelled;
    const load = Object.hasOwn(COMMANDS, path) ? COMMANDS[path] : undefined;
    if (load) return { path, load, rest: argv.slice(words) };
  }
  return undefined;
}

/** The names right below a group, `''` for all: commands and groups. */
export function namesBelow(group: string): string[] {
  const prefix = group === '' ? '' : `${group} `;
  const below = Object.keys(COMMANDS).filter((path) => path.startsWith(prefix));
  return [...new Set(below.map((path) => path.slice(prefix.length).split(' ')[0] ?? ''))];
}
