import type { TlsOptions } from 'node:tls';
import type { HealthPlan } from './check-health.ts';
import type { FaultName } from './faults.ts';
import type { Misbehaviour } from './test-relay.ts';

export const NAME = 'hub.site.example';

export type Certificate = TlsOptions & { readonly trusted?: string };

/** A fault that is planted, and what must be found of it. */
export interface Case {
  readonly title: string;
  readonly finds: readonly FaultName[];
  readonly relay?: Misbehaviour;
  readonly certificate?: (folder: string) => Promise<Certificate>;
  /** Changes of the plan; `port` is the relay's. */
  readonly plan?: (port: number) => Partial<HealthPlan> | Promise<Partial<HealthPlan>>;
  /** Files of the host, by path. `HOST` and `CA` in them are filled in. */
  readonly files?: Readonly<Record<string, string>>;
  /** Pushes although it is about files. */
  readonly whole?: true;
}

const DAEMON = '/etc/docker/daemon.json';
const DOCKER_CA = { '/etc/docker/certs.d/HOST/ca.crt': 'CA-PEM' };
const SYSTEM_CA = { '/etc/ssl/certs/ca-certificates.crt': 'CA-PEM' };
const POLICY = '/etc/containers/policy.json';
const REGISTRIES = '/etc/containers/registries.conf';
const HOSTS = '/etc/containerd/certs.d/HOST/hosts.toml';
const CONTAINERD = '/etc/containerd/config.toml';
const CONFIG_PATH =
  'version = 3\n[plugins."io.containerd.cri.v1.images".registry]\nconfig_path = "/etc/containerd/certs.d"\n';
const KEPT = '/root/.docker/config.json';
const token = (exp: number) => `x.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.x`;
const kept = (key: string, secret: string) =>
  JSON.stringify({
    auths: {
      [key]: { auth: Buffer.from(`${'0'.repeat(8)}-0000-0000-0000-000000000000:${secret}`).toString('base64') },
    },
  });

/** Faults in the files of a host, and hosts without any. */
export const HOST_CASES: readonly Case[] = [
  {
    title: 'nothing, on a host where all is configured well',
    finds: [],
    whole: true,
    files: {
      [DAEMON]:
        '{"insecure-registries": ["other.example"], "allow-nondistributable-artifacts": ["HOST"], "proxies": {"https-proxy": "http://proxy:3128", "no-proxy": "localhost,.site.example"}}',
      ...DOCKER_CA,
      '/etc/sysconfig/docker': "OPTIONS='--selinux-enabled --signature-verification=false'\n",
      [POLICY]:
        '{"default": [{"type": "reject"}], "transports": {"docker": {"*.site.example": [{"type": "insecureAcceptAnything"}], "registry.redhat.io": [{"type": "signedBy"}]}}}',
      [REGISTRIES]: '[[registry]]\nlocation = "other.example"\ninsecure = true\nblocked = true\n',
      [CONTAINERD]: CONFIG_PATH,
      [HOSTS]: '[host."https://HOST"]\nca = "ca.pem"\n',
      '/etc/containerd/certs.d/HOST/ca.pem': 'CA-PEM',
      [KEPT]: '{"auths": {"HOST": {"auth": "LOGIN"}}, "credHelpers": {"other.example": "other"}}',
      '/root/.config/containers/auth.json': kept('HOST', token(4_000_000_000)).replace(
        /"auth": *"[^"]*"/,
        '"auth": "LOGIN"',
      ),
    },
  },

  // Docker
  {
    title: 'a broken daemon.json',
    finds: ['docker.config-invalid'],
    files: { [DAEMON]: '{"debug": true,}', ...DOCKER_CA },
  },
  { title: 'no CA for Docker', finds: ['docker.ca-missing'], files: { [DAEMON]: '{}' } },
  {
    title: 'nothing, with the CA in the system’s store',
    finds: [],
    files: { [DAEMON]: '{}', [CONTAINERD]: CONFIG_PATH, ...SYSTEM_CA },
  },
  {
    title: 'the CA of an earlier site for Docker',
    finds: ['docker.ca-wrong'],
    files: { [DAEMON]: '{}', '/etc/docker/certs.d/HOST/ca.crt': 'OTHER-CA' },
  },
  {
    title: 'Docker’s folder without the port',
    finds: ['docker.ca-folder-name'],
    files: { [DAEMON]: '{}', [`/etc/docker/certs.d/${NAME}/ca.crt`]: 'CA-PEM' },
  },
  {
    title: 'Docker’s folder in upper case',
    finds: ['docker.ca-folder-name'],
    files: { [DAEMON]: '{}', '/etc/docker/certs.d/HUB.site.example:PORT/ca.crt': 'CA-PEM' },
  },
  {
    title: 'Docker’s CA as .pem',
    finds: ['docker.ca-file-name'],
    files: { [DAEMON]: '{}', '/etc/docker/certs.d/HOST/ca.pem': 'CA-PEM' },
  },
  {
    title: 'insecure-registries',
    finds: ['docker.insecure'],
    files: { [DAEMON]: '{"insecure-registries": ["HOST"]}', ...DOCKER_CA },
  },
  {
    title: 'allow-nondistributable-artifacts with a scheme',
    finds: ['docker.nondistributable'],
    files: { [DAEMON]: '{"allow-nondistributable-artifacts": ["https://HOST"]}', ...DOCKER_CA },
  },
  {
    title: 'a proxy for Docker',
    finds: ['docker.proxy'],
    files: { [DAEMON]: '{"proxies": {"https-proxy": "http://proxy:3128", "no-proxy": "localhost"}}', ...DOCKER_CA },
  },
  {
    title: 'Red Hat’s signature verification',
    finds: ['docker.signature-verification'],
    files: { '/etc/sysconfig/docker': "OPTIONS='--selinux-enabled --log-driver=journald --live-restore'\n" },
  },

  // Podman
  { title: 'a broken policy.json', finds: ['containers.policy-invalid'], files: { [POLICY]: '{"transports": {}}' } },
  {
    title: 'a policy that rejects',
    finds: ['containers.policy-rejects'],
    files: { [POLICY]: '{"default": [{"type": "reject"}]}' },
  },
  {
    title: 'a policy that demands signatures of all',
    finds: ['containers.policy-signature'],
    files: {
      [POLICY]:
        '{"default": [{"type": "insecureAcceptAnything"}], "transports": {"docker": {"": [{"type": "signedBy", "keyType": "GPGKeys", "keyPath": "/etc/pki/key"}]}}}',
    },
  },
  {
    title: 'a broken registries.conf',
    finds: ['containers.registries-invalid'],
    files: { [REGISTRIES]: '[[registry]\n' },
  },
  {
    title: 'a blocked registry',
    finds: ['containers.blocked'],
    files: { [REGISTRIES]: '[[registry]]\nlocation = "HOST"\nblocked = true\n' },
  },
  {
    title: 'an insecure registry',
    finds: ['containers.insecure'],
    files: {
      '/etc/containers/registries.conf.d/site.conf':
        '[[registry]]\nprefix = "HOST"\nlocation = "HOST"\ninsecure = true\n',
    },
  },

  // containerd
  { title: 'a broken config.toml', finds: ['containerd.config-invalid'], files: { [CONTAINERD]: 'version = \n' } },
  {
    title: 'config_path beside mirrors',
    finds: ['containerd.config-conflict'],
    files: {
      [CONTAINERD]: `${CONFIG_PATH}[plugins."io.containerd.cri.v1.images".registry.mirrors."docker.io"]\nendpoint = ["https://x"]\n`,
      ...SYSTEM_CA,
    },
  },
  {
    title: 'a hosts.toml that nobody reads',
    finds: ['containerd.config-path'],
    files: { [CONTAINERD]: 'version = 3\n', [HOSTS]: 'server = "https://HOST"\n', ...SYSTEM_CA },
  },
  { title: 'no CA for containerd', finds: ['containerd.ca-missing'], files: { [CONTAINERD]: CONFIG_PATH } },
  {
    title: 'the CA of an earlier site for containerd',
    finds: ['containerd.ca-wrong'],
    files: {
      [CONTAINERD]: CONFIG_PATH,
      [HOSTS]: '[host."https://HOST"]\nca = "/etc/ca.pem"\n',
      '/etc/ca.pem': 'OTHER-CA',
    },
  },
  {
    title: 'skip_verify',
    finds: ['containerd.skip-verify'],
    files: { [CONTAINERD]: CONFIG_PATH, [HOSTS]: '[host."https://HOST"]\nskip_verify = true\n' },
  },
  {
    title: 'containerd by http',
    finds: ['containerd.plain-http'],
    files: { [CONTAINERD]: CONFIG_PATH, [HOSTS]: 'server = "http://HOST"\n', ...SYSTEM_CA },
  },

  // Sign-ins that are kept
  { title: 'a broken config.json', finds: ['login.file-invalid'], files: { [KEPT]: '{' } },
  {
    title: 'a sign-in under upper case',
    finds: ['login.upper-case'],
    files: { [KEPT]: '{"auths": {"Hub.site.example:PORT": {"auth": "LOGIN"}}}' },
  },
  { title: 'a token that ended', finds: ['login.expired'], files: { [KEPT]: kept('HOST', token(1_700_000_000)) } },
  {
    title: 'a password of before',
    finds: ['login.stale'],
    files: { '/root/.config/containers/auth.json': kept('HOST', token(4_000_000_000)) },
  },
  {
    title: 'a credential helper that is not there',
    finds: ['login.helper-missing'],
    files: { [KEPT]: '{"credsStore": "desktop"}', '/usr/bin/docker-credential-holdfast': '' },
  },
];
