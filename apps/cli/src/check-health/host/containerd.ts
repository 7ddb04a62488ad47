import type { X509Certificate } from 'node:crypto';
import { parse } from 'smol-toml';
import { type FaultName, type Finding, finding } from '../faults.ts';
import { firstLine } from './containers.ts';
import { type HostFile, type HostFiles, meansRegistry, type Registry } from './host-files.ts';
import { systemTrust, vouches } from './trust.ts';

const CONFIG = '/etc/containerd/config.toml';
const CERTS = '/etc/containerd/certs.d';
/** The CRI plugin's registry part: containerd 2, and 1.x. https://github.com/containerd/containerd/blob/main/docs/cri/registry.md */
const PLUGINS = ['io.containerd.cri.v1.images', 'io.containerd.grpc.v1.cri'];

export interface ContainerdObservation {
  readonly config: HostFile | undefined;
  /** Of the registry's folder, whatever config_path says. */
  readonly hosts: HostFile | undefined;
  /** Certificates that hosts.toml names; those that are not there are left out. */
  readonly authorities: string;
  readonly systemTrust: string;
}

export async function observeContainerd(files: HostFiles, registry: Registry): Promise<ContainerdObservation> {
  const folder = (await files.list(CERTS)).find((name) => meansRegistry(name, registry));
  const hosts = folder === undefined ? undefined : await files.read(`${CERTS}/${folder}/hosts.toml`);
  const authorities = hosts
    ? caPaths(hosts).map((path) => files.read(path.startsWith('/') ? path : `${CERTS}/${folder}/${path}`))
    : [];
  return {
    config: await files.read(CONFIG),
    hosts,
    authorities: (await Promise.all(authorities)).map((file) => file?.text ?? '').join('\n'),
    systemTrust: await systemTrust(files),
  };
}

export function judgeContainerd(
  registry: Registry,
  seen: ContainerdObservation,
  chain: readonly X509Certificate[],
): Finding[] {
  const { config, hosts } = seen;
  if (!config && !hosts) return [];
  const found = (fault: FaultName, text: string) => finding(fault, registry.host, text);
  const [main, own] = [config && tryParse(config), hosts && tryParse(hosts)];
  for (const parsed of [main, own]) {
    if (parsed && 'error' in parsed) return [found('containerd.config-invalid', parsed.error)];
  }
  const cri = main && 'toml' in main ? registryPart(main.toml) : {};
  const setPath = typeof cri.config_path === 'string' && cri.config_path !== '';
  const old = ['mirrors', 'configs'].filter((key) => Object.keys((cri[key] ?? {}) as object).length > 0);
  if (setPath && old.length > 0)
    return [found('containerd.config-conflict', `${CONFIG}: config_path beside ${old.join(', ')}`)];
  if (hosts && config && !setPath)
    return [found('containerd.config-path', `${hosts.path} is there, ${CONFIG} has no config_path`)];
  return judgeHosts(registry, seen, own && 'toml' in own ? own.toml : {}, chain, found);
}

function judgeHosts(
  registry: Registry,
  { hosts, authorities, systemTrust: system }: ContainerdObservation,
  toml: Toml,
  chain: readonly X509Certificate[],
  found: (fault: FaultName, text: string) => Finding,
): Finding[] {
  const path = hosts?.path ?? `${CERTS}/${registry.host}/hosts.toml`;
  const urls = [...(typeof toml.server === 'string' ? [toml.server] : []), ...Object.keys((toml.host ?? {}) as Toml)];
  const plain = urls.find((url) => url.startsWith('http://') && meansRegistry(url, registry));
  if (plain && chain.length > 0) return [found('containerd.plain-http', `${path}: ${plain}`)];
  if (tables(toml).some((table) => table.skip_verify === true)) return [found('containerd.skip-verify', path)];
  if (chain.length === 0 || vouches(system, chain)) return [];
  const named = tables(toml).some((table) => table.ca !== undefined);
  if (!named) return [found('containerd.ca-missing', `no ca in ${path}`)];
  return vouches(authorities, chain) ? [] : [found('containerd.ca-wrong', path)];
}

type Toml = Record<string, unknown>;

function tryParse({ path, text }: HostFile): { toml: Toml } | { error: string } {
  try {
    return { toml: parse(text) as Toml };
  } catch (error) {
    return { error: `${path}: ${firstLine(error)}` };
  }
}

function registryPart(toml: Toml): Toml {
  const plugins = (toml.plugins ?? {}) as Record<string, { registry?: Toml } | undefined>;
  return PLUGINS.map((name) => plugins[name]?.registry).find((part) => part !== undefined) ?? {};
}

/** The file's own table, which is about `server`, and one for each host. */
const tables = (toml: Toml): Toml[] => [toml, ...(Object.values((toml.host ?? {}) as Record<string, Toml>) as Toml[])];

function caPaths(hosts: HostFile): string[] {
  const parsed = tryParse(hosts);
  if ('error' in parsed) return [];
  return tables(parsed.toml).flatMap(({ ca }) =>
    (Array.isArray(ca) ? ca : [ca]).filter((one) => typeof one === 'string'),
  );
}
