import { parse } from 'smol-toml';
import { type FaultName, type Finding, finding } from '../faults.ts';
import { type HostFile, type HostFiles, meansRegistry, type Registry } from './host-files.ts';

/** What Podman, skopeo, buildah and CRI-O read: containers-policy.json(5), containers-registries.conf(5). */
export interface ContainersObservation {
  /** The user's, which replaces the system's. */
  readonly policy: HostFile | undefined;
  readonly registries: readonly HostFile[];
}

export async function observeContainers(files: HostFiles, home: string): Promise<ContainersObservation> {
  const own = `${home}/.config/containers`;
  const registries =
    (await files.read(`${own}/registries.conf`)) ?? (await files.read('/etc/containers/registries.conf'));
  const dropIns = await files.readAll('/etc/containers/registries.conf.d', '.conf');
  return {
    policy: (await files.read(`${own}/policy.json`)) ?? (await files.read('/etc/containers/policy.json')),
    registries: [...(registries ? [registries] : []), ...dropIns],
  };
}

export function judgeContainers(registry: Registry, { policy, registries }: ContainersObservation): Finding[] {
  return [
    ...(policy ? judgePolicy(registry, policy) : []),
    ...registries.flatMap((file) => judgeRegistries(registry, file)),
  ];
}

interface Requirement {
  readonly type?: string;
}

interface Policy {
  readonly default?: readonly Requirement[];
  readonly transports?: Readonly<Record<string, Readonly<Record<string, readonly Requirement[]>>>>;
}

function judgePolicy(registry: Registry, { path, text }: HostFile): Finding[] {
  const found = (fault: FaultName, seen: string) => [finding(fault, registry.host, `${path}: ${seen}`)];
  let policy: Policy;
  try {
    policy = JSON.parse(text) as Policy;
    if (!Array.isArray(policy.default)) throw new Error('it has no "default"');
  } catch (error) {
    return found('containers.policy-invalid', (error as Error).message);
  }
  const [scope, requirements] = requirementsFor(registry, policy);
  const types = requirements.map(({ type }) => type ?? '');
  if (types.includes('reject')) return found('containers.policy-rejects', `${scope} has "reject"`);
  const demand = types.find((type) => type === 'signedBy' || type === 'sigstoreSigned');
  return demand ? found('containers.policy-signature', `${scope} has "${demand}"`) : [];
}

/** The most specific scope that covers the registry as a whole; `*.domain` and the transport's own default come after it. */
function requirementsFor(
  { host, name }: Registry,
  { default: all = [], transports }: Policy,
): [string, readonly Requirement[]] {
  const docker = transports?.docker ?? {};
  const labels = name.split('.');
  const wildcards = labels.slice(1).map((_, index) => `*.${labels.slice(index + 1).join('.')}`);
  for (const scope of [host, ...wildcards, '']) {
    const requirements = docker[scope];
    if (requirements) return [scope === '' ? 'transports.docker' : scope, requirements];
  }
  return ['default', all];
}

interface RegistriesFile {
  readonly registry?: readonly { prefix?: string; location?: string; insecure?: boolean; blocked?: boolean }[];
  /** Version 1 of the format. */
  readonly registries?: Readonly<Record<'insecure' | 'block', { registries?: string[] } | undefined>>;
}

function judgeRegistries(registry: Registry, { path, text }: HostFile): Finding[] {
  const found = (fault: FaultName, seen: string) => finding(fault, registry.host, `${path}: ${seen}`);
  let file: RegistriesFile;
  try {
    file = parse(text) as RegistriesFile;
  } catch (error) {
    return [found('containers.registries-invalid', firstLine(error))];
  }
  const entries = (file.registry ?? []).filter(({ prefix, location = '' }) =>
    meansRegistry(prefix ?? location, registry),
  );
  const blocked =
    entries.some((entry) => entry.blocked) || names(file, 'block').some((one) => meansRegistry(one, registry));
  const insecure =
    entries.some((entry) => entry.insecure) || names(file, 'insecure').some((one) => meansRegistry(one, registry));
  return [
    ...(blocked ? [found('containers.blocked', `${registry.host} is blocked`)] : []),
    ...(insecure ? [found('containers.insecure', `${registry.host} is insecure`)] : []),
  ];
}

const names = (file: RegistriesFile, key: 'insecure' | 'block'): readonly string[] =>
  file.registries?.[key]?.registries ?? [];

export const firstLine = (error: unknown): string => (error as Error).message.split('\n')[0] ?? '';
