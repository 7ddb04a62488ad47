import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CommandLineExit } from './command-line-exit.ts';
import { loadConfig } from './load-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string, name = 'holdfast.yaml'): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

async function refusal(argv: string[], env: Record<string, string> = {}): Promise<string> {
  const error = await loadConfig(argv, env, folder).catch((thrown: unknown) => thrown);
  if (!(error instanceof CommandLineExit)) throw new Error(`not refused: ${JSON.stringify(error)}`, { cause: error });
  expect(error.exitCode).toBe(2);
  return error.message;
}
const refusalOfFile = (text: string, env: Record<string, string> = {}) => refusal(['--config', file(text)], env);

describe('defaults', () => {
  it('are those of the contract', async () => {
    expect(await loadConfig([], {}, '/srv/site')).toEqual({
      dataDir: '/srv/site/.holdfast',
      http: { host: '127.0.0.1', port: 5000 },
      https: { host: '127.0.0.1', port: 5443 },
      domain: 'local.holdfast.internal',
      region: 'local',
      publicPort: undefined,
      tls: undefined,
      proxies: [],
      outbound: { allow: [], ca: undefined, plainHttp: [] },
      tokens: { accessMinutes: 75, refreshMinutes: 180 },
      uploads: { perPrincipal: 256, expireHours: 168 },
      distribution: { sparseManifests: false, redirect: 'off', redirectSeconds: 300, accelLocation: undefined },
      quarantine: { timeoutHours: 0 },
      garbageCollection: { graceHours: 24, blobsPerSecond: 2200 },
      scrub: { everyDays: 30, megabytesPerSecond: 20 },
      storage: { verifyOnRead: undefined },
      metrics: { token: undefined },
      limits: { headerBytes: 32768, headerSeconds: 30, idleSeconds: 60, drainSeconds: 20 },
    });
  });

  it('cannot be changed by whoever holds them', async () => {
    const config = await loadConfig([], {}, folder);
    expect(() => Object.assign(config.tokens, { accessMinutes: 1 })).toThrow(TypeError);
    expect(() => Object.assign(config, { domain: 'x.y' })).toThrow(TypeError);
  });
});

describe('the order flag, environment, file, default', () => {
  const sources = {
    data: ['--data', 'HOLDFAST_DATA', (v: string) => `data: ${v}`],
    http: ['--http', 'HOLDFAST_HTTP', (v: string) => `http: ${v}`],
    https: ['--https', 'HOLDFAST_HTTPS', (v: string) => `https: ${v}`],
    domain: ['--domain', 'HOLDFAST_DOMAIN', (v: string) => `domain: ${v}`],
    publicPort: ['--public-port', 'HOLDFAST_PUBLIC_PORT', (v: string) => `publicPort: ${v}`],
  } as const;
  const samples = {
    data: ['/a', '/b', '/c'],
    http: ['h1:1', 'h2:2', 'h3:3'],
    https: ['h1:1', 'h2:2', 'h3:3'],
    domain: ['a.one', 'b.two', 'c.three'],
    publicPort: ['1', '2', '3'],
  } as const;

  for (const key of Object.keys(sources) as (keyof typeof sources)[]) {
    const [flag, variable, yaml] = sources[key];
    const [a, b, c] = samples[key];
    const seen = async (argv: string[], env: Record<string, string>) => {
      const config = await loadConfig(argv, env, folder);
      const value = key === 'data' ? config.dataDir : config[key];
      return typeof value === 'object' ? `${value.host}:${value.port}` : String(value);
    };
    it(`holds for ${key}`, async () => {
      const named = ['--config', file(yaml(c))];
      expect(await seen([flag, a, ...named], { [variable]: b })).toBe(a);
      expect(await seen([`${flag}=${a}`, ...named], { [variable]: b })).toBe(a);
      expect(await seen(named, { [variable]: b })).toBe(b);
      expect(await seen(named, {})).toBe(c);
      expect(await seen([], { HOLDFAST_CONFIG: named[1] ?? '' })).toBe(c);
      expect(await seen(named, { [variable]: '' })).toBe(c);
    });
  }

  it('takes --config before HOLDFAST_CONFIG, and the last of a repeated flag', async () => {
    const one = file('domain: one.site', 'one.yaml');
    const two = file('domain: two.site', 'two.yaml');
    expect((await loadConfig(['--config', one], { HOLDFAST_CONFIG: two }, folder)).domain).toBe('one.site');
    expect((await loadConfig(['--config', one, '--config=two.yaml'], {}, folder)).domain).toBe('two.site');
  });
});

describe('values', () => {
  it('may be off, IPv6 or port 0', async () => {
    const config = await loadConfig(['--http', 'off', '--https', '[::1]:0'], {}, folder);
    expect(config.http).toBeUndefined();
    expect(config.https).toEqual({ host: '::1', port: 0 });
    expect((await loadConfig(['--http', '[::]:5000'], {}, folder)).http).toEqual({ host: '::', port: 5000 });
  });

  it('of the domain are taken in lower case', async () => {
    expect(await loadConfig(['--domain', 'Redmond.Ext.Corp'], {}, folder)).toMatchObject({
      domain: 'redmond.ext.corp',
      region: 'redmond',
    });
  });

  it('that are paths start from the working directory, in the file from its folder', async () => {
    expect((await loadConfig(['--data', 'd'], {}, '/srv')).dataDir).toBe('/srv/d');
    const named = file('data: ./d\ntls: { certificate: c.pem, key: /k.pem }\n');
    const config = await loadConfig(['--config', named], {}, '/');
    expect(config.dataDir).toBe(join(folder, 'd'));
    expect(config.tls).toEqual({ certificate: join(folder, 'c.pem'), key: '/k.pem' });
  });

  it('of every key of the file arrive', async () => {
    const text = `
proxies: [10.0.0.5, "fd00::/8"]
outbound:
  allow: [Hooks.Corp.Example, 127.0.0.1, 169.254.0.0/16]
  ca: corp-ca.pem
  plainHttp: ["10.0.0.7:5000", "[fd00::7]", Registry.Corp.Example]
tokens: { accessMinutes: 5, refreshMinutes: 60 }
uploads: { perPrincipal: 7, expireHours: 8 }
distribution: { sparseManifests: true, redirect: azure, redirectSeconds: 60, accelLocation: /files/ }
quarantine: { timeoutHours: 48 }
garbageCollection: { graceHours: 1 }
scrub: { everyDays: 0, megabytesPerSecond: 500 }
storage: { verifyOnRead: on, verifiedHours: 2 }
limits: { headerBytes: 8192, headerSeconds: 5, idleSeconds: 6, drainSeconds: 7 }
tls:
  # certificate: nothing here counts as an empty section
`;
    expect(await loadConfig(['--config', file(text)], {}, folder)).toMatchObject({
      proxies: ['10.0.0.5', 'fd00::/8'],
      outbound: {
        allow: ['hooks.corp.example', '127.0.0.1', '169.254.0.0/16'],
        ca: join(folder, 'corp-ca.pem'),
        plainHttp: ['10.0.0.7:5000', '[fd00::7]', 'registry.corp.example'],
      },
      tokens: { accessMinutes: 5, refreshMinutes: 60 },
      uploads: { perPrincipal: 7, expireHours: 8 },
      distribution: { sparseManifests: true, redirect: 'azure', redirectSeconds: 60, accelLocation: '/files/' },
      quarantine: { timeoutHours: 48 },
      garbageCollection: { graceHours: 1, blobsPerSecond: 2200 },
      scrub: { everyDays: 0, megabytesPerSecond: 500 },
      storage: { verifyOnRead: { hours: 2 } },
      limits: { headerBytes: 8192, headerSeconds: 5, idleSeconds: 6, drainSeconds: 7 },
    });
  });

  it('that are secrets come from a file without its last newline, or from the environment', async () => {
    file('s3cret\n', 'token');
    const fromFile = file('metrics: { token: { file: token } }');
    expect((await loadConfig(['--config', fromFile], {}, '/')).metrics.token).toBe('s3cret');
    const fromEnv = file('metrics:\n  token: { env: TOKEN }\n');
    expect((await loadConfig(['--config', fromEnv], { TOKEN: 'x' }, '/')).metrics.token).toBe('x');
  });

  it('may be absent from an empty file', async () => {
    for (const text of ['', '# nothing\n', '---\n', '{}']) {
      expect((await loadConfig(['--config', file(text)], {}, folder)).domain).toBe('local.holdfast.internal');
    }
  });
});

describe('a refusal', () => {
  const cases: [argv: string[], text: RegExp][] = [
    [['--dta', 'x'], /unknown flag --dta; the nearest is --data\./],
    [['--data'], /--data needs a value/],
    [['--data', '--http'], /--data needs a value/],
    [['--data='], /--data needs a value/],
    [['stray'], /unexpected argument 'stray'/],
    [['-x'], /unknown flag -x/],
    [['--http', '5000'], /--http '5000': host and port are not told apart; it must be HOST:PORT .* or off\./],
    [['--http', ':5000'], /the host is missing; 0\.0\.0\.0 or \[::\] listens on every address/],
    [['--http', '::1:5000'], /an IPv6 address needs brackets|not told apart/],
    [['--http', '[::g]:5000'], /'::g' is no IPv6 address/],
    [['--http', '127.0.0.1:99999'], /port is not a number from 0 to 65535/],
    [['--http', '127.0.0.1:'], /port is not a number/],
    [['--http', '300.1.1.1:80'], /'300\.1\.1\.1' is neither a host name nor an IP address/],
    [['--http', 'http://localhost:5000'], /not told apart/],
    [['--https', 'a b:1'], /'a b' is neither/],
    [['--domain', 'local'], /it has one label only; it must be a DNS name of the form <region>\.<name>/],
    [['--domain', '10.0.0.1'], /an IP address is no domain/],
    [['--domain', 'a..b'], /labels are letters/],
    [['--domain', '-a.b'], /labels are letters/],
    [['--domain', `a.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}.ee`], /longer than 195/],
    [['--public-port', '0'], /--public-port '0': the port is not a number from 1 to 65535/],
    [['--public-port', '1e3'], /not a number/],
    [['--http', 'off', '--https', 'off'], /both off, so nothing would listen/],
    [['--http', 'h:1', '--https', 'h:1'], /both h:1; give one of them another port/],
    [['--config', 'missing.yaml'], /cannot read the configuration file .*missing\.yaml: there is no such file/],
  ];
  for (const [argv, text] of cases) {
    it(`of ${argv.join(' ').slice(0, 60)} says why`, async () => {
      expect(await refusal(argv)).toMatch(text);
    });
  }

  it('names the environment variable', async () => {
    expect(await refusal([], { HOLDFAST_HTTP: 'x' })).toMatch(/^holdfast: HOLDFAST_HTTP 'x': /);
  });

  it('tells all bad values at once', async () => {
    const text = await refusal(['--http', 'x', '--domain', 'y', '--public-port', 'z']);
    expect(text.split('\n')).toHaveLength(3);
  });
});

describe('a refusal of a file', () => {
  const cases: [yaml: string, text: RegExp][] = [
    [
      'http: 127.0.0.1:5000\nhtps: off\n',
      /holdfast\.yaml, line 2: unknown key 'htps'; the nearest known key is 'https'/,
    ],
    ['tokens:\n  accesMinutes: 5\n', /line 2: unknown key 'tokens\.accesMinutes'; .* 'tokens\.accessMinutes'/],
    ['\naccessMinutes: 5\n', /line 2: unknown key 'accessMinutes'; the nearest known key is 'tokens\.accessMinutes'/],
    ['tls.key: x\n', /line 1: unknown key 'tls\.key'; write 'tls:' and, indented below it, 'key:'/],
    ['__proto__: { x: 1 }\n', /line 1: unknown key '__proto__'/],
    ['tokens: 5\n', /line 1: tokens must hold keys below it: accessMinutes, refreshMinutes/],
    [
      'tokens:\n  accessMinutes: soon\n',
      /line 2: tokens\.accessMinutes must be a whole number from 1 to 1440, not "soon"/,
    ],
    ['tokens: { accessMinutes: 1.5 }\n', /must be a whole number from 1 to 1440, not 1\.5/],
    ['tokens: { accessMinutes: 90, refreshMinutes: 30 }\n', /refreshMinutes \(30\) is less than/],
    ['limits: { drainSeconds: 40 }\n', /must be a whole number from 0 to 28, not 40/],
    ['http: 5000\n', /line 1: http must be HOST:PORT .* or off, not 5000/],
    ['domain:\n', /line 1: domain has no value; it must be a DNS name/],
    ['\n\nhttp: nonsense\n', /line 3: http 'nonsense': host and port are not told apart/],
    ['publicPort: 99999\n', /publicPort must be a port from 1 to 65535, not 99999/],
    ['proxies: 10.0.0.1\n', /proxies must be a list/],
    ['proxies: [10.0.0.1, 10.0.0.0/33]\n', /'10\.0\.0\.0\/33' is neither an IP address nor a network/],
    ['proxies:\n  - 10.0.0.1\n  - 5\n', /proxies must be a list/],
    ['outbound: { allow: ["https://x"] }\n', /'https:\/\/x' is neither a host name/],
    ['outbound: { plainHttp: ["http://x:5000"] }\n', /'http:\/\/x:5000' is neither HOST nor HOST:PORT/],
    ['outbound: { plainHttp: ["x:70000"] }\n', /port is not a number from 1 to 65535/],
    ['outbound: { plainHttp: ["[10.0.0.1]:5000"] }\n', /is neither HOST nor HOST:PORT/],
    ['distribution: { sparseManifests: yes }\n', /must be true or false, not "yes"/],
    ['storage: { verifyOnRead: sometimes }\n', /must be off or on, not "sometimes"/],
    ['scrub: { megabytesPerSecond: 0 }\n', /must be a whole number from 1/],
    ['distribution: { redirect: maybe }\n', /must be off, signed or azure, not "maybe"/],
    ['distribution: { redirectSeconds: 4000 }\n', /from 10 to 3600/],
    [
      'distribution: { accelLocation: files }\nproxies: [10.0.0.5]\n',
      /it must be a path that begins and ends with a slash/,
    ],
    ['distribution: { accelLocation: /a/../b/ }\nproxies: [10.0.0.5]\n', /it is not such a path/],
    ['distribution: { accelLocation: /files/ }\n', /accelLocation needs proxies/],
    ['quarantine: { timeoutHours: -1 }\n', /from 0 to 87600/],
    ['tls: { key: k }\n', /line 1: tls\.key needs tls\.certificate beside it/],
    ['metrics: { token: { env: NOT_SET } }\n', /the environment variable NOT_SET is not set/],
    ['metrics: { token: { file: missing } }\n', /missing cannot be read \(ENOENT\)/],
    ['metrics: { token: { file: a, env: b } }\n', /metrics\.token must be \{file: PATH\} or \{env: NAME\}/],
    ['- a\n', /the file must hold keys/],
    ['a: [\n', /line 2: /],
    ['domain: a.b\ndomain: c.d\n', /line 2: .*unique/i],
    ['domain: a.b\n---\ndomain: c.d\n', /multiple documents/i],
  ];
  for (const [yaml, text] of cases) {
    it(`of ${JSON.stringify(yaml)} says where and why`, async () => {
      expect(await refusalOfFile(yaml)).toMatch(text);
    });
  }

  it('never repeats a secret that was written into the file', async () => {
    const text = await refusalOfFile('metrics:\n  token: hunter2\n');
    expect(text).toMatch(/line 2: metrics\.token must be \{file: PATH\} or \{env: NAME\}, never the secret itself\./);
    expect(text).not.toContain('hunter2');
  });

  it('tells several wrong keys, in the order of the file', async () => {
    const text = await refusalOfFile('wrong: 1\ntokens: { life: 5 }\nhttp: 5\nwrongToo: 1\n');
    expect(text.match(/line (\d+)/g)).toEqual(['line 1', 'line 2', 'line 3', 'line 4']);
    const many = await refusalOfFile(Array.from({ length: 20 }, (_, index) => `wrong${index}: 1\n`).join(''));
    expect(many).toMatch(/^holdfast: .*line 1: .*\nholdfast: .*line 2: /);
  });

  it('stops a file whose aliases would fill the memory', async () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
    for (const [name, of] of ['ba', 'cb', 'dc', 'ed', 'fe']) bomb.push(`${name}: &${name} [${`*${of},`.repeat(9)}]`);
    expect(await refusalOfFile(bomb.join('\n'))).toMatch(/alias/i);
  });
});
