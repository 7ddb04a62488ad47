/**
 * Every setting, once: the flag, the environment variable, the key of the file, the JSON Schema, the help and the
 * explanation are all made from this table.
 */
export interface Setting {
  readonly type: 'string' | 'integer' | 'boolean' | 'list' | 'secret';
  readonly description: string;
  /** What a right value looks like; error texts say "must be <expects>". */
  readonly expects: string;
  readonly default?: string | number | boolean | readonly string[];
  readonly flag?: `--${string}`;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly choices?: readonly string[];
}

const listener = { type: 'string', expects: 'HOST:PORT (such as 127.0.0.1:5000 or [::1]:5000) or off' } as const;
const path = { type: 'string', expects: 'a path' } as const;

const whole = <D extends number>(minimum: number, maximum: number, standard: D, description: string) =>
  ({
    type: 'integer',
    minimum,
    maximum,
    default: standard,
    expects: `a whole number from ${minimum} to ${maximum}`,
    description,
  }) as const;

export const settings = {
  data: {
    ...path,
    flag: '--data',
    default: '.holdfast',
    description: 'Folder that holds everything the registry keeps.',
  },
  http: {
    ...listener,
    flag: '--http',
    default: '127.0.0.1:5000',
    description: 'Where plain HTTP is served; port 0 takes a free one.',
  },
  https: {
    ...listener,
    flag: '--https',
    default: '127.0.0.1:5443',
    description: 'Where HTTPS is served; port 0 takes a free one.',
  },
  domain: {
    type: 'string',
    flag: '--domain',
    default: 'local.holdfast.internal',
    expects: 'a DNS name of the form <region>.<name>, such as local.holdfast.internal',
    description: 'Domain of the site; its first label is the region.',
  },
  publicPort: {
    type: 'integer',
    flag: '--public-port',
    minimum: 1,
    maximum: 65535,
    expects: 'a port from 1 to 65535',
    description: 'Port that clients see, if a proxy stands in front (443: by TLS); else the port that is listened on.',
  },
  'tls.certificate': {
    ...path,
    description: 'Own certificate (PEM, its intermediates after it), in place of the one that the site makes.',
  },
  'tls.key': { ...path, description: 'Private key (PEM, not encrypted) of tls.certificate.' },
  proxies: {
    type: 'list',
    default: [],
    expects: 'a list of IP addresses or networks, such as [10.0.0.5, 10.1.0.0/16]',
    description: 'Proxies whose X-Forwarded-* headers are believed.',
  },
  'outbound.allow': {
    type: 'list',
    default: [],
    expects: 'a list of host names, IP addresses or networks, such as [hooks.corp.example, 127.0.0.1]',
    description: 'Loopback, link-local and metadata addresses that the site may call all the same.',
  },
  'outbound.ca': {
    ...path,
    description:
      'Authorities (PEM) that the site believes when it calls other hosts, besides those of Node and of the machine.',
  },
  'outbound.plainHttp': {
    type: 'list',
    default: [],
    expects: 'a list of registries, each HOST or HOST:PORT, such as [10.0.0.7:5000]',
    description: 'Registries that an import asks over plain HTTP; all others are asked over HTTPS.',
  },
  'tokens.accessMinutes': whole(1, 1440, 75, 'Life of an access token, in minutes.'),
  'tokens.refreshMinutes': whole(1, 43200, 180, 'Life of a refresh token, in minutes.'),
  'uploads.perPrincipal': whole(1, 100_000, 256, 'Uploads that one principal may have open at a time.'),
  'uploads.expireHours': whole(1, 8760, 168, 'Hours after which an upload that nobody touched is removed.'),
  'distribution.sparseManifests': {
    type: 'boolean',
    default: false,
    expects: 'true or false',
    description: 'Whether a manifest may name blobs and children that are not there.',
  },
  'distribution.redirect': {
    type: 'string',
    choices: ['off', 'signed', 'azure'],
    default: 'off',
    expects: 'off, signed or azure',
    description:
      'Whether blob downloads are redirected to pre-signed addresses on data.<domain>. There a forwarded Authorization header is ignored (signed), or answered with 400 as Azure does (azure).',
  },
  'distribution.redirectSeconds': whole(10, 3600, 300, 'Life of the address of a redirected download, in seconds.'),
  'distribution.accelLocation': {
    type: 'string',
    expects: 'a path that begins and ends with a slash, such as /holdfast-blobs/',
    description:
      "Internal location of an nginx in front (one of proxies) that has the data folder's blobs: nginx sends their files then, told by X-Accel-Redirect.",
  },
  'quarantine.timeoutHours': whole(
    0,
    87_600,
    0,
    'Hours after which an image that no scanner has said anything about fails the quarantine; 0 waits for ever.',
  ),
  'scanner.url': {
    type: 'string',
    expects: 'an http or https URL without user name, query and fragment, such as https://scanner.corp.example:8443',
    description:
      'Scanner that looks at what is pushed: where its adapter (scanner adapter API 1.0 to 1.2) is, without /api/v1. Loopback addresses must stand in outbound.allow.',
  },
  'scanner.authorization': {
    type: 'secret',
    expects: '{file: PATH} or {env: NAME}, never the secret itself',
    description: 'Value of the Authorization header that the scanner adapter wants, such as Bearer and a key.',
  },
  'scanner.passBelow': {
    type: 'string',
    choices: ['nothing', 'Negligible', 'Low', 'Medium', 'High', 'Critical'],
    default: 'nothing',
    expects: 'nothing, Negligible, Low, Medium, High or Critical',
    description:
      'What the scanner finds below this severity passes the quarantine, the rest fails; with nothing, people decide after its report.',
  },
  'scanner.timeoutMinutes': whole(
    1,
    1440,
    30,
    'Minutes that the scanner has for one image, and that its token to pull it is good for, at most.',
  ),
  'garbageCollection.graceHours': whole(1, 8760, 24, 'Hours for which bytes that nothing links are still kept.'),
  'garbageCollection.blobsPerSecond': whole(
    10,
    1_000_000,
    2200,
    'Blobs that the running server frees in a second, at most: more frees sooner, and slows those who pull meanwhile.',
  ),
  'scrub.everyDays': whole(
    0,
    3650,
    30,
    'Days between two checks of all stored bytes in the background; 0 switches them off.',
  ),
  'scrub.megabytesPerSecond': whole(
    1,
    100_000,
    20,
    'Most that the check in the background reads, in millions of bytes a second; a blob counts 64 KiB more than it has.',
  ),
  'storage.verifyOnRead': {
    type: 'string',
    choices: ['off', 'on'],
    default: 'off',
    expects: 'off or on',
    description: 'Whether bytes are checked against their digest before they are served.',
  },
  'storage.verifiedHours': whole(
    1,
    8760,
    24,
    'With storage.verifyOnRead: hours for which a blob that was checked is served without another check.',
  ),
  'metrics.token': {
    type: 'secret',
    expects: '{file: PATH} or {env: NAME}, never the secret itself',
    description: 'Bearer token that may read /metrics from elsewhere than loopback.',
  },
  'limits.headerBytes': whole(4096, 262_144, 32_768, 'Largest request head that is read, in bytes.'),
  'limits.headerSeconds': whole(1, 600, 30, 'Time within which a request head must be complete, in seconds.'),
  'limits.idleSeconds': whole(1, 3600, 60, 'Time after which a connection that moves no byte is closed, in seconds.'),
  'limits.drainSeconds': whole(0, 28, 20, 'Time that open requests are given when the server stops, in seconds.'),
} as const satisfies Record<string, Setting>;

export type SettingKey = keyof typeof settings;
export const settingKeys = Object.keys(settings) as SettingKey[];
export const settingOf = (key: SettingKey): Setting => settings[key];

/** `--public-port` → `HOLDFAST_PUBLIC_PORT` */
export const environmentName = (flag: string): string => `HOLDFAST_${flag.slice(2).replaceAll('-', '_').toUpperCase()}`;

export type SecretReference = { readonly file: string } | { readonly env: string };

interface Values {
  string: string;
  integer: number;
  boolean: boolean;
  list: readonly string[];
  secret: SecretReference;
}
/** What a setting's value is in TypeScript; undefined where it has no default. */
export type SettingValue<K extends SettingKey> =
  | Values[(typeof settings)[K]['type']]
  | ((typeof settings)[K] extends { readonly default: unknown } ? never : undefined);
