import type { X509Certificate } from 'node:crypto';
import type { Finding } from '../faults.ts';
import type { Identity } from '../tokens.ts';
import { judgeContainerd, observeContainerd } from './containerd.ts';
import { judgeContainers, observeContainers } from './containers.ts';
import { judgeDocker, observeDocker } from './docker.ts';
import { HostFiles, type Registry } from './host-files.ts';
import { judgeLogins, type LoginsPlan, observeLogins } from './logins.ts';

export interface HostPlan extends LoginsPlan {
  /** Where the host's files are mounted; `/` for this host. */
  readonly root: string;
}

interface Known {
  /** As the registry sent it; empty when it speaks no TLS or was not reached. */
  readonly chain: readonly X509Certificate[];
  readonly now: number;
  readonly takes: ((identity: Identity & { kind: 'password' | 'refresh' }) => Promise<boolean | undefined>) | undefined;
}

/** Looks at what Docker, Podman and its relatives, and containerd would do with the registry. */
export async function checkHost(
  registry: Registry,
  plan: HostPlan,
  { chain, now, takes }: Known,
): Promise<{ findings: readonly Finding[]; looked: string }> {
  const files = new HostFiles(plan.root);
  const docker = await observeDocker(files);
  const containers = await observeContainers(files, plan.home);
  const containerd = await observeContainerd(files, registry);
  const logins = await observeLogins(files, plan);
  const findings = [
    ...judgeDocker(registry, docker, chain),
    ...judgeContainers(registry, containers),
    ...judgeContainerd(registry, containerd, chain),
    ...(await judgeLogins(registry, logins, now, takes)),
  ];
  const there = [
    ...(docker.installed || docker.folders.length > 0 ? ['Docker'] : []),
    ...(containers.policy || containers.registries.length > 0 ? ['Podman'] : []),
    ...(containerd.config || containerd.hosts ? ['containerd'] : []),
    ...(logins.files.length > 0 ? ['kept passwords'] : []),
  ];
  return {
    findings,
    looked: there.length > 0 ? `configuration of ${there.join(', ')}` : 'no container tool is configured here',
  };
}
