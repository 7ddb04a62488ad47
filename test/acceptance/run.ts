// Runs the real clients against a Holdfast started from this checkout: `npm run acceptance [-- part-of-a-name ...]`.
// A script passes, fails, or (only without root) is not run; what was not run is named with the reason, and not counted.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { faqEntries } from './faq-entries.ts';

interface Script {
  readonly id: string;
  readonly file: string;
  readonly args: readonly string[];
  /** Commands it drives, and `root`; from its line "# needs:". */
  readonly needs: readonly string[];
  /** `own`: the script starts a site of its own. */
  readonly server: 'default' | 'sparse' | 'own';
}
interface Outcome {
  readonly id: string;
  readonly result: 'pass' | 'FAIL' | 'not run';
  readonly seconds: number;
  readonly note: string;
}
interface Server {
  readonly child: ChildProcess;
  readonly log: string;
  readonly environment: Readonly<Record<string, string>>;
}

const INSTALL_LIMIT_MS = 2_400_000; // a cold build of the Go programs on two busy cores
const SCRIPT_LIMIT_MS = 600_000; // FAQ 17 takes three minutes where another build runs beside it
const READY_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 35_000; // the server promises to drain within 30 s
const KILL_GRACE_MS = 5_000;

const here = import.meta.dirname;
const checkout = dirname(dirname(here));
const isRoot = process.getuid?.() === 0;
const work = mkdtempSync(join(tmpdir(), 'hf-acceptance-'));
const outcomes: Outcome[] = [];
const running = new Set<ChildProcess>();

function findScripts(): Script[] {
  const inFolder = (folder: string) =>
    readdirSync(join(here, folder))
      .filter((name) => name.endsWith('.sh'))
      .sort()
      .map((name) => script(`${folder}/${name.slice(0, -3)}`, join(folder, name)));
  return [
    ...inFolder('round-trips'),
    script('conformance', 'conformance.sh'),
    { ...script('conformance-sparse', 'conformance.sh'), args: ['sparse'], server: 'sparse' },
    ...inFolder('faq'),
    ...inFolder('content'),
    ...inFolder('azure'),
  ];
}

function script(id: string, path: string): Script {
  const file = join(here, path);
  const needs = /^# needs:(.*)$/m.exec(readFileSync(file, 'utf8'))?.[1];
  if (needs === undefined) throw new Error(`${path} has no line "# needs:"`);
  const own = /^# server: own$/m.test(readFileSync(file, 'utf8'));
  return { id, file, args: [], needs: needs.split(' ').filter(Boolean), server: own ? 'own' : 'default' };
}

function report(outcome: Outcome): void {
  outcomes.push(outcome);
  const note = outcome.note === '' ? '' : `  ${outcome.note}`;
  console.log(
    `${outcome.result.padEnd(8)} ${outcome.id.padEnd(30)} ${outcome.seconds.toFixed(1).padStart(6)} s${note}`,
  );
}

const since = (start: number) => (performance.now() - start) / 1000;

function tail(file: string, lines: number): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n') : '(nothing)';
}

function signalGroup(leader: ChildProcess, signal: NodeJS.Signals): void {
  if (leader.pid === undefined) return;
  try {
    process.kill(-leader.pid, signal);
  } catch {
    // Nothing of it is left.
  }
}

/** Ends a process that we started, with the group that it leads. */
async function end(child: ChildProcess, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  signalGroup(child, 'SIGTERM');
  const hard = setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs);
  await exited;
  clearTimeout(hard);
}

/** Runs a command in a process group of its own, its output to a file; gives its exit code, or why it has none. */
async function runToFile(
  command: string,
  args: readonly string[],
  options: { env: NodeJS.ProcessEnv; log: string; limitMs: number },
): Promise<number | string> {
  const log = createWriteStream(options.log);
  const child = spawn(command, [...args], { env: options.env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  let timedOut = false;
  const limit = setTimeout(() => {
    timedOut = true;
    void end(child, KILL_GRACE_MS);
  }, options.limitMs);
  const closed = new Promise((resolve) => child.once('close', resolve));
  const code = await new Promise<number | string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (exitCode, signal) => resolve(exitCode ?? `ended by ${signal}`));
  });
  clearTimeout(limit);
  // A daemon that the script forgot goes with its group; it would hold the output open, too.
  signalGroup(child, 'SIGKILL');
  await Promise.race([closed, delay(KILL_GRACE_MS)]);
  running.delete(child);
  await new Promise((resolve) => log.end(resolve));
  return timedOut ? `took longer than ${options.limitMs / 1000} s` : code;
}

function installClients(): string {
  const start = performance.now();
  console.log('Clients:');
  const installer = join(here, 'install-clients.sh');
  const { status } = spawnSync('bash', [installer], {
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: INSTALL_LIMIT_MS,
  });
  if (status !== 0 && !(status === 3 && !isRoot)) {
    report({
      id: 'install-clients',
      result: 'FAIL',
      seconds: since(start),
      note: status === null ? 'ended by its time limit' : `exit ${status}`,
    });
  }
  return spawnSync('bash', [installer, '--bin'], { encoding: 'utf8' }).stdout.trim();
}

function missingFor(needs: readonly string[], clients: string): string[] {
  const folders = [clients, ...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return needs.filter((need) =>
    need === 'root' ? !isRoot : !folders.some((folder) => existsSync(join(folder, need))),
  );
}

async function startServer(name: string, extra: readonly string[]): Promise<Server> {
  const data = join(work, `${name}-data`);
  const log = join(work, `${name}-server.log`);
  // Settings of the user's own server must not reach this one.
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('HOLDFAST_')));
  const child = spawn(
    join(checkout, 'bin/holdfast'),
    ['serve', '--data', data, '--http', '127.0.0.1:0', '--https', '127.0.0.1:0', ...extra],
    { env, cwd: work, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  running.add(child);
  child.stderr.pipe(createWriteStream(log));
  const ready = await new Promise<{ http: string; https: string; data: string }>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`the server ${why}\n${tail(log, 20)}`));
    const limit = setTimeout(() => fail(`was not ready after ${READY_LIMIT_MS / 1000} s`), READY_LIMIT_MS);
    child.once('error', (error) => fail(`did not start: ${error.message}`));
    child.once('exit', (code, signal) => setTimeout(() => fail(`ended (${code ?? signal}) before it was ready`), 100));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (!line.startsWith('{')) return;
      const event = JSON.parse(line);
      if (event.event !== 'ready') return;
      clearTimeout(limit);
      resolve(event);
    });
  });
  const bootstrap = JSON.parse(readFileSync(join(ready.data, 'bootstrap.json'), 'utf8'));
  return {
    child,
    log,
    environment: {
      HTTP_REGISTRY: `localhost:${new URL(ready.http).port}`,
      HTTPS_REGISTRY: `localhost:${new URL(ready.https).port}`,
      NAMED_REGISTRY: bootstrap.registry.loginServer,
      REG_USER: bootstrap.registry.username,
      REG_PASS: bootstrap.registry.password,
      CA: join(ready.data, bootstrap.caCertificate),
      DATA: ready.data,
    },
  };
}

/** What no client notices: the server's log holds no error and no secret, and SIGTERM drains and exits 0. */
async function stopServer(name: string, server: Server): Promise<void> {
  const start = performance.now();
  const before = server.child.exitCode ?? server.child.signalCode;
  await end(server.child, STOP_LIMIT_MS);
  running.delete(server.child);
  const { exitCode, signalCode } = server.child;
  const good = before === null && exitCode === 0;
  const note = before === null ? `exit ${exitCode ?? signalCode}` : `it was gone already: ${before}`;
  report({ id: `server-stop-${name}`, result: good ? 'pass' : 'FAIL', seconds: since(start), note: good ? '' : note });
  if (!good) console.log(indent(tail(server.log, 30)));
  const complaints = logComplaints(readFileSync(server.log, 'utf8'), server.environment.REG_PASS ?? '');
  const result = complaints.length === 0 ? 'pass' : 'FAIL';
  report({ id: `server-log-${name}`, result, seconds: since(start), note: complaints.length === 0 ? '' : 'see below' });
  for (const complaint of complaints.slice(0, 20)) console.log(indent(complaint.slice(0, 2000)));
}

function logComplaints(log: string, password: string): string[] {
  const lines = log.split('\n').filter(Boolean);
  // Some hundred requests were made and each is a line, so an empty log is a fault, too.
  const complaints = lines.length < 20 ? [`only ${lines.length} lines were logged`] : [];
  for (const line of lines) {
    if (password !== '' && line.includes(password)) complaints.push("a line of the log holds the registry's password");
    try {
      const { level, status } = JSON.parse(line);
      if (['error', 'fatal'].includes(level) || status >= 500) complaints.push(line);
    } catch {
      complaints.push(`no JSON: ${line}`);
    }
  }
  return complaints;
}

const indent = (text: string) => text.replaceAll(/^/gm, '    | ');

async function runScript(one: Script, environment: Server['environment']): Promise<void> {
  const start = performance.now();
  const scratch = join(work, one.id);
  const log = `${scratch}.log`;
  mkdirSync(scratch, { recursive: true });
  const env = { ...process.env, ...environment, WORK: scratch };
  const code = await runToFile('bash', [one.file, ...one.args], { env, log, limitMs: SCRIPT_LIMIT_MS });
  const note = code === 0 ? '' : typeof code === 'number' ? `exit ${code}` : code;
  report({ id: one.id, result: code === 0 ? 'pass' : 'FAIL', seconds: since(start), note });
  for (const figure of figuresIn(log)) console.log(`         ${figure}`);
  if (code === 0) rmSync(scratch, { recursive: true, force: true });
  else console.log(indent(tail(log, 40)));
}

/** What a script has measured: its lines "figure: …". They are told, and no more is asked of them here. */
function figuresIn(log: string): string[] {
  return [...readFileSync(log, 'utf8').matchAll(/^ *figure: (.*)$/gm)].map(([, figure = '']) => figure);
}

function faqTable(): void {
  console.log('\nFAQ');
  for (const [number, title] of faqEntries) {
    const outcome = outcomes.find(({ id }) => id.startsWith(`faq/${number}-`));
    const exists = readdirSync(join(here, 'faq')).some((name) => name.startsWith(`${number}-`));
    const state = outcome?.result ?? (exists ? 'left out by the filter' : 'no script yet');
    console.log(`  ${number}  ${title.padEnd(44)} ${state}${outcome?.result === 'not run' ? `: ${outcome.note}` : ''}`);
  }
}

async function main(filters: readonly string[]): Promise<void> {
  const scripts = findScripts().filter(({ id }) => filters.length === 0 || filters.some((part) => id.includes(part)));
  if (scripts.length === 0) throw new Error(`nothing is called ${filters.join(' or ')}`);
  const clients = installClients();
  const sparseConfig = join(work, 'sparse.yaml');
  writeFileSync(sparseConfig, 'distribution:\n  sparseManifests: true\n');
  for (const name of ['default', 'sparse', 'own'] as const) {
    const todo: Script[] = [];
    for (const one of scripts.filter(({ server }) => server === name)) {
      const missing = missingFor(one.needs, clients);
      if (missing.length === 0) todo.push(one);
      else report({ id: one.id, result: isRoot ? 'FAIL' : 'not run', seconds: 0, note: `needs ${missing.join(', ')}` });
    }
    if (todo.length === 0) continue;
    console.log(`\nServer: ${name}`);
    if (name === 'own') {
      for (const one of todo) await runScript(one, {});
      continue;
    }
    const server = await startServer(name, name === 'sparse' ? ['--config', sparseConfig] : []);
    for (const one of todo) await runScript(one, server.environment);
    await stopServer(name, server);
  }
}

function summary(): void {
  faqTable();
  const count = (result: Outcome['result']) => outcomes.filter((outcome) => outcome.result === result).length;
  const notRun = outcomes.filter(({ result }) => result === 'not run');
  if (notRun.length > 0) console.log(`\nNOT RUN (${notRun.length}):`);
  for (const { id, note } of notRun) console.log(`  ${id}: ${note}`);
  const failed = count('FAIL');
  const failedIds = outcomes.filter(({ result }) => result === 'FAIL').map(({ id }) => id);
  if (failed > 0) console.log(`\nFailed: ${failedIds.join(', ')}. Logs are in ${work}`);
  else rmSync(work, { recursive: true, force: true });
  console.log(`\n${count('pass')} passed, ${failed} failed`);
  // Where nothing could be run nothing was shown, and a run that shows nothing is no success.
  process.exitCode = failed > 0 || count('pass') === 0 ? 1 : 0;
}

async function interrupted(): Promise<void> {
  await Promise.all([...running].map((child) => end(child, KILL_GRACE_MS)));
  process.exit(130);
}
process.once('SIGINT', () => void interrupted());
process.once('SIGTERM', () => void interrupted());

try {
  await main(process.argv.slice(2));
} catch (error) {
  report({ id: 'run', result: 'FAIL', seconds: 0, note: error instanceof Error ? error.message : String(error) });
} finally {
  await Promise.all([...running].map((child) => end(child, STOP_LIMIT_MS)));
}
summary();
