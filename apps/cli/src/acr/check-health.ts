import { tmpdir } from 'node:os';
import { delimiter } from 'node:path';
import { checkHealth, type Report } from '../check-health/check-health.ts';
import { systemResolve } from '../check-health/names.ts';
import { reportText } from '../check-health/report-text.ts';
import type { Identity } from '../check-health/tokens.ts';
import { type Context, defineCommand, RawOutput, type TableRows, Verdict } from '../command.ts';
import { EXIT, wrongUsage } from '../command-error.ts';
import { dockerFile, findCredentials, podmanFile } from '../credentials/auth-files.ts';
import { readPassword } from '../read-password.ts';
import { findLoginServer, isHost } from '../site/login-servers.ts';
import { TOKEN_USER } from '../site/registry-client.ts';
import { Session } from '../site/session.ts';
import { CONTENT_OPTIONS, YES } from './options.ts';

const MB = 1_000_000;

export const command = defineCommand({
  summary: 'Find out what is wrong between this host and a registry, and what to do about it.',
  details: `Looks at DNS, TLS, clocks, the challenge, tokens, rights, a push, pull and delete under the registry's own name, how fast they are and why,
and the configuration of Docker, Podman and containerd on this host. It asks nobody but the registry. Codes are those of az acr check-health where it
has one. Ends with 1 when there is an error; warnings end it with 0. With --repository, rights are checked and a small image is pushed there, under a
tag of its own, and deleted.`,
  options: {
    ...CONTENT_OPTIONS,
    yes: YES,
    repository: {
      flags: ['--repository'],
      value: 'NAME',
      text: 'Check the rights in it, and push, pull and delete there.',
    },
    ignoreErrors: { flags: ['--ignore-errors'], text: 'End with 0 whatever is found; all checks run in any case.' },
    json: { flags: ['--json'], text: 'Print the report as data, in the format of -o.' },
    size: { flags: ['--size'], value: 'MB', text: 'Size of the layer that is pushed. Default: 8.' },
    hostRoot: {
      flags: ['--host-root'],
      value: 'FOLDER',
      text: 'Where the files of the host are, in a container. Default: /.',
    },
    noHost: { flags: ['--no-host'], text: 'Leave the configuration of this host alone.' },
  },
  examples: [
    { text: 'All of it:', command: 'holdfast acr check-health -n myregistry --repository team/app' },
    {
      text: 'For a script, the codes of what is wrong:',
      command: 'holdfast acr check-health -n myregistry --json --query "findings[].code" -o tsv',
    },
  ],
  table: (result): TableRows =>
    (result as Report).findings.map(({ code, fault, severity, seen }) => ({
      CODE: code,
      FAULT: fault,
      SEVERITY: severity,
      SEEN: seen,
    })),
  run: async (context, values) => {
    const { name, repository, hostRoot = '/', size = '8' } = values;
    if (!/^[1-9]\d{0,4}$/.test(size)) throw wrongUsage(`--size takes whole megabytes from 1 up, not '${size}'.`);
    const { host, plain } = await serverOf(context, name);
    const report = await checkHealth({
      host,
      plain,
      identity: await identityOf(context, host.toLowerCase(), values),
      repository,
      bytes: Number(size) * MB,
      resolve: systemResolve,
      now: Date.now,
      hostPlan: values.noHost ? undefined : hostPlanOf(context, hostRoot),
      folder: tmpdir(),
      onStep: (what) => {
        if (context.stderr.isTTY && context.progress !== 'none') context.say(`… ${what}`);
      },
    });
    const failed = report.findings.some(({ severity }) => severity === 'error') && !values.ignoreErrors;
    const asData = values.json || context.output !== 'json';
    const result = asData ? report : new RawOutput(Buffer.from(reportText(report)));
    return new Verdict(result, failed ? EXIT.failed : EXIT.done);
  },
});

/** The login server as it was typed, since its spelling is a thing to check, or as the site says it. */
async function serverOf(context: Context, name: string): Promise<{ host: string; plain: boolean }> {
  if (isHost(name)) {
    const host = name.replace(/^https?:\/\//i, '').replace(/\/.*$/, '');
    const answered =
      /^(localhost|127\.|\[::1\])/i.test(host) && (await findLoginServer(context, name).catch(() => undefined));
    return { host, plain: answered ? answered.origin.startsWith('http:') : false };
  }
  const session = Session.isPossible(context) ? await Session.open(context) : undefined;
  // A site that cannot be asked is no reason to stop: its suffix is known.
  const server = await findLoginServer(context, name, session).catch(() => findLoginServer(context, name));
  return { host: server.host, plain: server.origin.startsWith('http:') };
}

/** Who is named; else who is signed in to the site; else whom docker would be. */
async function identityOf(
  context: Context,
  host: string,
  { username, password }: { username: string | undefined; password: string | undefined },
): Promise<Identity | undefined> {
  if (username !== undefined) {
    return { kind: 'password', username, password: await readPassword(context, password, `Password of ${username}`) };
  }
  if (Session.isPossible(context)) {
    try {
      const session = await Session.open(context);
      const { tenantId } = session.subscription(context.subscription);
      return { kind: 'site', accessToken: await session.token(), tenant: tenantId };
    } catch (error) {
      context.say(`WARNING: The site cannot be asked for a token: ${(error as Error).message}`);
    }
  }
  const kept = await findCredentials(dockerFile(context), host).catch(() => undefined);
  if (!kept) return undefined;
  return kept.username === TOKEN_USER ? { kind: 'refresh', token: kept.password } : { kind: 'password', ...kept };
}

function hostPlanOf(context: Context, root: string) {
  const { HOME = '/root', PATH = '' } = context.env;
  const path = PATH.split(delimiter).filter(Boolean);
  return { root, home: HOME, path, more: [dockerFile(context), podmanFile(context)] };
}
