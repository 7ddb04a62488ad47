import { flushCompileCache } from 'node:module';
import { bootstrapPath, readBootstrap } from '../bootstrap.ts';
import { loadConfig, type ServeConfig } from '../config/load-config.ts';
import { createRegistry, type RunningRegistry } from '../create-registry.ts';

/** `holdfast serve`: runs until SIGTERM or SIGINT, then drains and exits 0. A second signal ends it at once. */
export async function serve(args: readonly string[]): Promise<void> {
  const config = await loadConfig(args, process.env, process.cwd());
  const registry = await createRegistry(config);
  const stop = () => {
    process.once('SIGTERM', () => process.exit(1)).once('SIGINT', () => process.exit(1));
    registry.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`holdfast: stopping failed: ${error instanceof Error ? error.message : String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);
  // Last: whoever reads that the server is ready may stop it at once.
  await announce(config, registry);
  flushCompileCache(); // so that the next start is quick even if this one is killed
}

/** One JSON line for programs, a banner for people (contract, section 2). Neither holds a secret. */
async function announce(config: ServeConfig, { site }: RunningRegistry): Promise<void> {
  process.stdout.on('error', () => undefined); // nobody reads it (any more), which is no reason to serve nobody
  if (!process.stdout.isTTY) {
    const line = { event: 'ready', http: site.http, https: site.https, data: config.dataDir };
    process.stdout.write(`${JSON.stringify(line)}\n`);
    return;
  }
  const local = (site.http ?? site.https ?? '').replace(/^https?:\/\/127\.0\.0\.1/, 'localhost');
  const loginServer = site.names.loginServer('registry');
  const bootstrap = await readBootstrap(config.dataDir);
  const data = `--data '${config.dataDir.replaceAll("'", "'\\''")}'`;
  const show = `${program()} bootstrap show registry.password ${data}`;
  const signIn = bootstrap
    ? `  Sign in      ${show} | docker login ${local} -u ${bootstrap.registry.username} --password-stdin
  Credentials  ${bootstrapPath(config.dataDir)}  (remove it with: ${program()} bootstrap forget ${data})`
    : `  Sign in      docker login ${local} -u registry`;
  process.stdout.write(`
  Holdfast is ready
  ─────────────────
  HTTP         ${site.http ?? 'off'}
  HTTPS        ${site.https ?? 'off'}
  Data         ${config.dataDir}
  CA           ${config.https && !config.tls ? `${config.dataDir}/tls/ca.pem` : 'none: HTTPS is off or has its own certificate'}

${signIn}
  Push         docker tag IMAGE ${local}/IMAGE && docker push ${local}/IMAGE

  To reach it by its own name without DNS, add to /etc/hosts:
    127.0.0.1  ${loginServer.replace(/:\d+$/, '')}

`);
}

/** How the user can call this program again: bin/holdfast says where it lies. */
function program(): string {
  return process.env.HOLDFAST_PROGRAM ?? 'holdfast';
}
