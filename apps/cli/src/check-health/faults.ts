/** How bad it is: an error keeps somebody from pushing or pulling and ends the command with 1; a warning will, or may. */
export type Severity = 'error' | 'warning';

interface Fault {
  /** As `az acr check-health` calls it where it knows it (azure-cli 2.91, acr/_errors.py); else a name of our own. */
  readonly code: string;
  readonly severity: Severity;
  /** Why it is one. */
  readonly meaning: string;
  /** What to do. `{host}` is the registry as clients name it. */
  readonly fix: string;
}

const fault = (code: string, severity: Severity, meaning: string, fix: string): Fault => ({
  code,
  severity,
  meaning,
  fix,
});
const DNS = 'CONNECTIVITY_DNS_ERROR';
const SSL = 'CONNECTIVITY_SSL_ERROR';
const CHALLENGE = 'CONNECTIVITY_CHALLENGE_ERROR';
const ACCESS = 'CONNECTIVITY_ACCESS_TOKEN_ERROR';
const PROXY = 'PROXY_ERROR';
const CONTENT = 'CONTENT_ERROR';
const DOCKER = 'DOCKER_CONFIG_ERROR';
const CONTAINERS = 'CONTAINERS_CONFIG_ERROR';
const CONTAINERD = 'CONTAINERD_CONFIG_ERROR';
const LOGIN = 'LOGIN_ERROR';
const NGINX = 'nginx:';

/** Everything that check-health can find; the reference page is made from it. */
export const FAULTS = {
  // ── names and connections
  'name.upper-case': fault(
    'LOGIN_SERVER_ERROR',
    'warning',
    'The login server was given with upper case. Docker keeps passwords by the exact spelling, and refuses such names in images.',
    'Use {host}, all in lower case.',
  ),
  'dns.not-found': fault(
    DNS,
    'error',
    'DNS knows no such name.',
    'Check the spelling. Ask for a record of {host} (or of *.azsacr.<domain>) in the DNS of the site, or add a line to /etc/hosts.',
  ),
  'dns.no-answer': fault(
    DNS,
    'error',
    'The DNS servers of this host do not answer, so nothing is known of the name.',
    'Look at the nameserver lines of /etc/resolv.conf, and whether port 53 gets through to them.',
  ),
  'dns.dead-address': fault(
    DNS,
    'warning',
    'Of several addresses of the name some do not answer: clients wait for them, now and then.',
    'Remove the record of the address that is no longer the registry’s.',
  ),
  'connect.refused': fault(
    CHALLENGE,
    'error',
    'The host answers, but nothing listens at the port.',
    'Start the registry or its proxy; check the port in {host}.',
  ),
  'connect.timed-out': fault(
    CHALLENGE,
    'error',
    'Nothing answers at the address: a firewall drops the packets, there is no route, or the machine is off.',
    'Check the address in DNS, then routes and firewalls between this host and the registry.',
  ),
  // ── TLS
  'tls.expired': fault(
    SSL,
    'error',
    'The certificate’s time is over.',
    'Renew it. A certificate that Holdfast made itself is renewed by itself; one of your own is read again from its files.',
  ),
  'tls.expires-soon': fault(
    SSL,
    'warning',
    'The certificate ends within two weeks.',
    'Renew it before, and give it to whatever ends TLS for {host}.',
  ),
  'tls.not-yet-valid': fault(
    SSL,
    'error',
    'The certificate’s time has not begun.',
    'Make it anew, on a machine with the right time.',
  ),
  'tls.wrong-name': fault(
    SSL,
    'error',
    'The certificate is for other names.',
    'Use a certificate with {host} (or its wildcard) among its subject alternative names; clients ignore the common name.',
  ),
  'tls.self-signed': fault(
    SSL,
    'error',
    'The certificate was signed by itself, and is not trusted here.',
    'Let the site’s CA sign one, or trust this very certificate (--ca FILE, certs.d of Docker).',
  ),
  'tls.unknown-ca': fault(
    SSL,
    'error',
    'The CA that signed the certificate is not trusted here. Or a proxy that looks into TLS has put its own in its place.',
    'Trust the site’s CA: --ca FILE for this command; docs/how-to/trust-the-site-ca.md for the others.',
  ),
  'tls.incomplete-chain': fault(
    SSL,
    'error',
    'The server sends its own certificate alone, and not the one that links it to a trusted CA.',
    'Append the intermediate certificate to the server’s certificate file. If there is none, the CA is not trusted here: --ca FILE.',
  ),
  'tls.old-protocol': fault(
    SSL,
    'error',
    'The server speaks TLS 1.0 or 1.1 only; clients have given them up.',
    'Let whatever ends TLS for {host} speak TLS 1.2 and 1.3.',
  ),
  'tls.not-tls': fault(
    SSL,
    'error',
    'What answers at the port does not speak TLS.',
    'Check the port. If it is plain HTTP, put TLS in front of it.',
  ),
  'tls.handshake': fault(
    SSL,
    'error',
    'The TLS handshake failed in another way.',
    'Try `openssl s_client -connect {host}`; look for a firewall that looks into TLS.',
  ),
  'clock.wrong': fault(
    'CLOCK_SKEW_ERROR',
    'error',
    'The clocks of this host and of the registry differ by more than a minute: tokens are not valid yet or no longer, and so are certificates.',
    'Set both by one time server (chrony, systemd-timesyncd) that is inside the site.',
  ),
  // ── what answers
  'challenge.missing': fault(
    CHALLENGE,
    'error',
    'What answers to /v2/ is not a registry that asks to sign in.',
    'Look at what {host}/v2/ answers (curl -i): the name may lead to another program, or a proxy may answer itself.',
  ),
  'challenge.forbidden': fault(
    'CONNECTIVITY_FORBIDDEN_ERROR',
    'error',
    'The network rules of the registry do not let this host in.',
    'holdfast acr show -n REGISTRY --query networkRuleSet; its owner can add the address of this host.',
  ),
  'challenge.malformed': fault(
    'CONNECTIVITY_WWW_AUTHENTICATE_ERROR',
    'error',
    'The 401 does not say how to sign in: WWW-Authenticate is missing, or is none of Basic and Bearer.',
    'Let the proxy pass WWW-Authenticate on as it is.',
  ),
  'challenge.no-bearer': fault(
    'CONNECTIVITY_AAD_LOGIN_ERROR',
    'error',
    'It asks for a password and offers no tokens: either a proxy asks for itself, or plain HTTP came from another machine.',
    'Take the sign-in of the proxy away; end TLS where the registry knows of it (setting `proxies`).',
  ),
  // ── proxies
  'proxy.redirect': fault(
    PROXY,
    'error',
    'A redirect answers to /v2/. Clients of registries do not follow it, or lose their sign-in on the way.',
    'Answer under this name and scheme; let clients use the name to which it leads otherwise.',
  ),
  'proxy.forwarded-proto': fault(
    PROXY,
    'error',
    'The registry takes the connection for plain HTTP, and sends clients to an http address for their tokens.',
    `${NGINX} proxy_set_header X-Forwarded-Proto $scheme; and name the proxy in the registry’s setting \`proxies\`.`,
  ),
  'proxy.forwarded-host': fault(
    PROXY,
    'error',
    'The registry believes that it was called by another name, and sends clients there for their tokens.',
    `${NGINX} proxy_set_header Host $http_host; and no X-Forwarded-Host, or one with {host}.`,
  ),
  'proxy.authorization-lost': fault(
    PROXY,
    'error',
    'The registry gave a token and a moment later saw none: Authorization does not arrive.',
    `Let the proxy pass Authorization on (${NGINX} no proxy_set_header Authorization; Apache: no own auth on this path).`,
  ),
  'proxy.header-case': fault(
    PROXY,
    'warning',
    'Names of headers come in another spelling. Clients do not mind, scripts that look for `Location: ` do (FAQ 24).',
    'Speak HTTP/1.1 to clients and leave the names of headers as they are.',
  ),
  'proxy.header-lost': fault(
    PROXY,
    'warning',
    'Headers that the registry sends with every answer are missing.',
    'Let the proxy pass all headers of the answer on; without X-Ms-Correlation-Request-Id no request can be found in the log.',
  ),
  'proxy.location-scheme': fault(
    PROXY,
    'error',
    'The address at which an upload goes on (Location) was changed to another scheme.',
    `${NGINX} proxy_redirect off; HAProxy, Apache: no rewriting of Location. The registry sends a path only.`,
  ),
  'proxy.location-host': fault(
    PROXY,
    'error',
    'The address at which an upload goes on (Location) was changed to another host.',
    `${NGINX} proxy_redirect off; HAProxy, Apache: no rewriting of Location. The registry sends a path only.`,
  ),
  'proxy.buffers-uploads': fault(
    PROXY,
    'warning',
    'The proxy takes a whole body before the registry sees its first byte: pushes take twice as long, need its disk, and time out.',
    `${NGINX} proxy_request_buffering off;`,
  ),
  'proxy.body-limit': fault(
    PROXY,
    'error',
    'A body of the size of a small layer is refused as too large (413).',
    `${NGINX} client_max_body_size 0; other proxies and firewalls have a limit of the kind.`,
  ),
  'proxy.body-cut': fault(
    PROXY,
    'error',
    'The connection ends in the middle of a body that is sent.',
    'Look for limits of size or time in proxies, firewalls and virus scanners between this host and the registry.',
  ),
  'proxy.download-cut': fault(
    PROXY,
    'error',
    'The connection ends in the middle of a body that is received.',
    'Look for limits of size or time in proxies, firewalls and virus scanners; nginx: proxy_buffering off, or room on its disk.',
  ),
  'proxy.body-changed': fault(
    PROXY,
    'error',
    'Bytes arrive otherwise than they were sent.',
    'Switch off whatever changes bodies: compression, virus scanners, “optimizers”.',
  ),
  'proxy.gateway': fault(
    PROXY,
    'error',
    'The proxy says that the registry does not answer, or not in time (502, 503, 504).',
    `See whether the registry runs; ${NGINX} proxy_read_timeout 900s; proxy_send_timeout 900s.`,
  ),
  // ── sign-in, rights, content
  'token.refresh-refused': fault(
    'CONNECTIVITY_REFRESH_TOKEN_ERROR',
    'error',
    'The registry takes the sign-in to the site for no sign-in to it.',
    'holdfast login again; ask for a role that reaches the registry.',
  ),
  'token.refused': fault(
    ACCESS,
    'error',
    'Name and password are refused.',
    'holdfast acr credential show -n REGISTRY, or sign in as somebody else.',
  ),
  'token.too-many-requests': fault(
    'CONNECTIVITY_TOOMANYREQUESTS_ERROR',
    'error',
    'Too many attempts to sign in failed.',
    'Wait as long as the answer says; find who tries old passwords.',
  ),
  'rights.lacking': fault(
    ACCESS,
    'error',
    'Rights on the repository are lacking. With AcrPull alone this is right so.',
    'Ask for a role: AcrPull to pull, AcrPush to push, AcrDelete to delete.',
  ),
  'push.refused': fault(
    CONTENT,
    'error',
    'The registry refuses a small push: a lock, a full quota, or its disk.',
    'Its words say which. holdfast acr repository show, holdfast acr show-usage.',
  ),
  'pull.refused': fault(
    CONTENT,
    'error',
    'The registry refuses to give back what was just pushed: a lock, or the quarantine.',
    'Its words say which. holdfast acr repository show.',
  ),
  'pull.data-host': fault(
    DNS,
    'error',
    'Blobs come from another host of the site, and that one cannot be reached or is not trusted here.',
    'Give it a record in DNS and let it through, as for {host}.',
  ),
  'delete.refused': fault(
    CONTENT,
    'error',
    'The registry refuses to delete what was just pushed.',
    'Its words say why. The tag holdfast-check-health-… is left to be deleted by hand.',
  ),
  'speed.slow-pull': fault(
    'SPEED_ERROR',
    'warning',
    'Pulls run at less than 2 MB/s: a gigabyte takes more than eight minutes.',
    'The figures say what holds it up; see docs/how-to/18-slow-pull.md.',
  ),
  'speed.slow-push': fault(
    'SPEED_ERROR',
    'warning',
    'Pushes run at less than 2 MB/s: a gigabyte takes more than eight minutes.',
    'The figures say what holds it up; see docs/how-to/19-slow-push.md.',
  ),
  // ── this host: Docker
  'docker.config-invalid': fault(
    DOCKER,
    'error',
    'daemon.json is no JSON, so the daemon will not start again.',
    'Mend it; `dockerd --validate` says where.',
  ),
  'docker.ca-missing': fault(
    DOCKER,
    'error',
    'Docker is here, and knows no CA for this registry: neither in its folder nor among those of the system.',
    'Put the site’s CA into /etc/docker/certs.d/{host}/ca.crt; no restart is needed.',
  ),
  'docker.ca-wrong': fault(
    DOCKER,
    'error',
    'The CA in Docker’s folder is not the one that signed the registry’s certificate, for example that of an earlier installation.',
    'Replace it with the site’s CA.',
  ),
  'docker.ca-folder-name': fault(
    DOCKER,
    'error',
    'There is a folder for the registry, but Docker does not look there: it goes by the exact spelling, with port, in lower case.',
    'Rename it to /etc/docker/certs.d/{host}.',
  ),
  'docker.ca-file-name': fault(
    DOCKER,
    'error',
    'The CA’s file does not end in .crt, so Docker does not read it.',
    'Rename it to ca.crt.',
  ),
  'docker.insecure': fault(
    DOCKER,
    'warning',
    'The registry is among the insecure ones: Docker would give the password to whoever answers under the name.',
    'Remove it from insecure-registries, install the site’s CA, and restart Docker.',
  ),
  'docker.nondistributable': fault(
    DOCKER,
    'warning',
    'allow-nondistributable-artifacts names the registry in a spelling that Docker does not recognise, so such layers are not pushed.',
    'Write {host}: no scheme, no path, the port if it is not 443, lower case.',
  ),
  'docker.proxy': fault(
    DOCKER,
    'warning',
    'Docker goes through a proxy to reach the registry, since no-proxy does not name it.',
    'Add the site’s domain to no-proxy, and restart Docker.',
  ),
  'docker.signature-verification': fault(
    DOCKER,
    'error',
    'Red Hat’s Docker verifies signatures unless it is told not to; then pulls may fail with `unauthorized: authentication required` (FAQ 20).',
    'Add --signature-verification=false to OPTIONS in /etc/sysconfig/docker, then `systemctl restart docker`.',
  ),
  // ── Podman, skopeo, buildah, CRI-O
  'containers.policy-invalid': fault(
    CONTAINERS,
    'error',
    'policy.json is none, so Podman, skopeo and buildah pull nothing.',
    'Mend it; see containers-policy.json(5).',
  ),
  'containers.policy-rejects': fault(
    CONTAINERS,
    'error',
    'policy.json forbids to pull from this registry.',
    'Add {host} with {"type": "insecureAcceptAnything"} below transports.docker, or better with the key of who signs.',
  ),
  'containers.policy-signature': fault(
    CONTAINERS,
    'error',
    'policy.json demands signatures of images of this registry (Red Hat’s default for its own registries, wider than meant).',
    'Demand them by registry, or sign what you push; for {host}: {"type": "insecureAcceptAnything"}.',
  ),
  'containers.registries-invalid': fault(
    CONTAINERS,
    'error',
    'registries.conf is no TOML, so Podman, skopeo and buildah do nothing.',
    'Mend it; see containers-registries.conf(5).',
  ),
  'containers.blocked': fault(
    CONTAINERS,
    'error',
    'registries.conf blocks this registry.',
    'Remove `blocked = true` from its entry.',
  ),
  'containers.insecure': fault(
    CONTAINERS,
    'warning',
    'registries.conf has the registry as insecure: passwords would go to whoever answers under the name.',
    'Remove `insecure = true` from its entry, and install the site’s CA.',
  ),
  // ── containerd
  'containerd.config-invalid': fault(
    CONTAINERD,
    'error',
    'A configuration file of containerd is no TOML.',
    'Mend it; `containerd config dump` says where.',
  ),
  'containerd.config-conflict': fault(
    CONTAINERD,
    'error',
    'config_path stands beside registry.mirrors or registry.configs: the CRI plugin does not load then, and Kubernetes pulls nothing.',
    'Move mirrors and configs into hosts.toml files below config_path.',
  ),
  'containerd.config-path': fault(
    CONTAINERD,
    'error',
    'There is a hosts.toml for the registry, but config_path is not set, so the CRI plugin never reads it.',
    'Set config_path = "/etc/containerd/certs.d" in the registry table of the CRI plugin, and restart containerd.',
  ),
  'containerd.ca-missing': fault(
    CONTAINERD,
    'error',
    'containerd is here, and knows no CA for this registry: neither by hosts.toml nor among those of the system.',
    'Put `ca = "/etc/containerd/certs.d/{host}/ca.crt"` into hosts.toml of that folder; no restart is needed.',
  ),
  'containerd.ca-wrong': fault(
    CONTAINERD,
    'error',
    'The CA that hosts.toml names is missing, or did not sign the registry’s certificate.',
    'Replace it with the site’s CA.',
  ),
  'containerd.skip-verify': fault(
    CONTAINERD,
    'warning',
    'hosts.toml switches the check of the certificate off: passwords would go to whoever answers under the name.',
    'Remove skip_verify, and name the site’s CA with ca.',
  ),
  'containerd.plain-http': fault(
    CONTAINERD,
    'error',
    'hosts.toml sends containerd to the registry by plain HTTP; the registry takes no passwords there.',
    'Write https in front of {host}.',
  ),
  // ── sign-ins that are kept
  'login.file-invalid': fault(
    LOGIN,
    'error',
    'The file of kept passwords is no JSON.',
    'Mend it, or move it away and sign in again.',
  ),
  'login.upper-case': fault(
    LOGIN,
    'error',
    'A sign-in is kept under a spelling with upper case, which no pull or push looks for (FAQ 21).',
    'docker logout with the old spelling, then docker login {host}.',
  ),
  'login.expired': fault(
    LOGIN,
    'error',
    'A token is kept in place of a password, and its time is over.',
    'holdfast acr login (--helper renews it by itself), or docker login with a password.',
  ),
  'login.stale': fault(
    LOGIN,
    'error',
    'The password that is kept for the registry is refused: it was changed since.',
    'docker login {host} again.',
  ),
  'login.helper-missing': fault(
    LOGIN,
    'error',
    'The file names a credential helper that is not in PATH, so no password is found.',
    'Install it, or remove its line.',
  ),
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof FAULTS;

/** One fault that was found. */
export interface Finding {
  readonly fault: FaultName;
  readonly code: string;
  readonly severity: Severity;
  readonly meaning: string;
  /** What was looked at, and what was seen there. */
  readonly seen: string;
  readonly fix: string;
}

export function finding(name: FaultName, host: string, seen: string): Finding {
  const { code, severity, meaning, fix } = FAULTS[name];
  return { fault: name, code, severity, meaning, seen, fix: fix.replaceAll('{host}', host) };
}
