import type { X509Certificate } from 'node:crypto';
import { type FaultName, type Finding, finding } from '../faults.ts';
import { type HostFile, type HostFiles, meansRegistry, type Registry } from './host-files.ts';
import { systemTrust, vouches } from './trust.ts';

const CERTS = '/etc/docker/certs.d';

export interface DockerObservation {
  readonly installed: boolean;
  readonly daemon: HostFile | undefined;
  /** Red Hat's own build reads its options here. */
  readonly sysconfig: HostFile | undefined;
  readonly folders: readonly { readonly name: string; readonly files: readonly string[]; readonly ca: string }[];
  readonly systemTrust: string;
}

export async function observeDocker(files: HostFiles): Promise<DockerObservation> {
  const names = await files.list(CERTS);
  const folders = names.map(async (name) => {
    const inside = await files.list(`${CERTS}/${name}`);
    const ca = (await files.readAll(`${CERTS}/${name}`, '.crt')).map(({ text }) => text).join('\n');
    return { name, files: inside, ca };
  });
  return {
    installed: await files.exists(
      '/usr/bin/dockerd',
      '/usr/sbin/dockerd',
      '/usr/local/bin/dockerd',
      '/etc/docker/daemon.json',
    ),
    daemon: await files.read('/etc/docker/daemon.json'),
    sysconfig: await files.read('/etc/sysconfig/docker'),
    folders: await Promise.all(folders),
    systemTrust: await systemTrust(files),
  };
}

/** `chain` is empty when the registry does not speak TLS, or could not be reached. */
export function judgeDocker(registry: Registry, seen: DockerObservation, chain: readonly X509Certificate[]): Finding[] {
  const found = (fault: FaultName, text: string) => finding(fault, registry.host, text);
  return [
    ...(seen.daemon ? judgeDaemon(registry, seen.daemon, found) : []),
    ...judgeSysconfig(seen.sysconfig, found),
    ...(seen.installed && chain.length > 0 ? judgeAuthority(registry, seen, chain, found) : []),
  ];
}

type Found = (fault: FaultName, text: string) => Finding;

function judgeDaemon(registry: Registry, { path, text }: HostFile, found: Found): Finding[] {
  let config: Record<string, unknown>;
  try {
    config = JSON.parse(text.trim() === '' ? '{}' : text) as Record<string, unknown>;
  } catch (error) {
    return [found('docker.config-invalid', `${path}: ${(error as Error).message}`)];
  }
  const list = (key: string) => (Array.isArray(config[key]) ? (config[key] as unknown[]).map(String) : []);
  const insecure = list('insecure-registries').filter((entry) => meansRegistry(entry, registry));
  const misspelled = list('allow-nondistributable-artifacts').filter(
    (entry) => entry !== registry.host && meansRegistry(entry, registry),
  );
  const proxies = (config.proxies ?? {}) as Record<string, unknown>;
  const proxy = String(proxies['https-proxy'] ?? proxies['http-proxy'] ?? '');
  const direct = String(proxies['no-proxy'] ?? '')
    .split(',')
    .some((entry) => isExempt(entry.trim(), registry));
  return [
    ...insecure.map((entry) => found('docker.insecure', `${path}: insecure-registries has ${entry}`)),
    ...misspelled.map((entry) =>
      found('docker.nondistributable', `${path}: allow-nondistributable-artifacts has ${entry}`),
    ),
    ...(proxy !== '' && !direct ? [found('docker.proxy', `${path}: proxies has ${proxy}`)] : []),
  ];
}

/** As Go reads NO_PROXY: a domain covers what is below it, with or without a dot before it. */
function isExempt(entry: string, { name, host }: Registry): boolean {
  const domain = entry.toLowerCase().replace(/^\*?\./, '');
  return entry === '*' || domain === host || (domain !== '' && (name === domain || name.endsWith(`.${domain}`)));
}

function judgeSysconfig(file: HostFile | undefined, found: Found): Finding[] {
  const options =
    file?.text
      .split('\n')
      .filter((line) => /^\s*OPTIONS\s*=/.test(line))
      .join(' ') ?? '';
  if (!file || options === '' || /--signature-verification=false\b/.test(options)) return [];
  return [found('docker.signature-verification', `${file.path}: ${options.trim()}`)];
}

/** Docker reads `*.crt` of the folder with the registry's exact name, besides what the system trusts. */
function judgeAuthority(
  registry: Registry,
  seen: DockerObservation,
  chain: readonly X509Certificate[],
  found: Found,
): Finding[] {
  const { host } = registry;
  const own = seen.folders.find(({ name }) => name === host);
  if (own && own.ca !== '' && !vouches(own.ca, chain)) {
    return vouches(seen.systemTrust, chain) ? [] : [found('docker.ca-wrong', `${CERTS}/${host}`)];
  }
  if (own?.ca || vouches(seen.systemTrust, chain)) return [];
  const misnamed = own?.files.find((file) => /\.(pem|cer|ca)$/i.test(file));
  if (misnamed) return [found('docker.ca-file-name', `${CERTS}/${host}/${misnamed}`)];
  const other = seen.folders.find(({ name }) => name !== host && meansRegistry(name, registry));
  const sibling = other ?? seen.folders.find(({ name }) => name.toLowerCase().replace(/:\d+$/, '') === registry.name);
  if (sibling) return [found('docker.ca-folder-name', `${CERTS}/${sibling.name} is there, ${CERTS}/${host} is not`)];
  return [found('docker.ca-missing', `no ${CERTS}/${host}/ca.crt`)];
}
