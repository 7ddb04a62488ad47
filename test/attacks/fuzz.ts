// Throws mutated requests at the real server: `node test/attacks/fuzz.ts --seconds 60 [--seed N]`. Not a test of the suite,
// since its answer depends on how long it runs. It fails when the process dies, an answer is no success and no OCI
// envelope, a status is 5xx other than 503 and 507, or the memory does not stay flat.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DIGEST, type Known, requestOf, seedRequests } from './support/fuzz-requests.ts';
import { newFolder, type ServerProcess, startProcess } from './support/process.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string' } } });
const seconds = Number(values.seconds);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const PARALLEL = 16;

/** Sends one request and waits for its answer for a while; a server that waits for more of it is right to do so. */
function exchange(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    let text = '';
    const end = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(text);
    };
    const timer = setTimeout(end, 300);
    socket.on('error', end).on('close', end);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const [head = '', ...rest] = text.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '').split('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (rest.length > 0 && (rest.join('\r\n\r\n').length >= length || bytes.subarray(0, 4).toString() === 'HEAD'))
        end();
    });
    socket.write(bytes);
  });
}

const statuses = new Map<number, number>();

/** Of the data plane, of the resource manager and the directory, of sign-in: each speaks its own. */
function isEnvelope(body: unknown): boolean {
  const { errors, error, error_description: said } = body as Record<string, unknown>;
  if (typeof error === 'string') return /^[a-z_]+$/.test(error) && typeof said === 'string' && said !== '';
  const one = (Array.isArray(errors) ? errors[0] : error) as { code?: unknown; message?: unknown } | undefined;
  return (
    typeof one?.code === 'string' &&
    /^[A-Za-z_]+$/.test(one.code) &&
    typeof one.message === 'string' &&
    one.message !== ''
  );
}

/** What is wrong with the answer; undefined when nothing is. */
function judge(answer: string, head: boolean): string | undefined {
  const text = answer.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '');
  if (text === '') return undefined; // the request was not complete
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1]);
  if (Number.isNaN(status)) return 'no status line';
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
  if (status >= 500 && status !== 503 && status !== 507) return `status ${status}`;
  const split = text.indexOf('\r\n\r\n');
  if (!/\r\nx-ms-correlation-request-id: [0-9a-f-]{36}\r\n/i.test(text.slice(0, split + 2))) return 'no correlation id';
  if (status < 400 || head) return undefined;
  const length = Number(/content-length: (\d+)/i.exec(text)?.[1]);
  const body = Buffer.from(text.slice(split + 4), 'latin1')
    .subarray(0, length)
    .toString();
  if (/\r\ncontent-type: text\/html/i.test(text.slice(0, split + 2))) return undefined; // a page for people
  if (body === '') return undefined; // HEAD whose method was mutated in the head
  try {
    return isEnvelope(JSON.parse(body)) ? undefined : 'no envelope of any plane';
  } catch {
    return 'the body is no JSON';
  }
}

function residentMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

/** Something to find behind most paths: a blob, a tagged manifest, referrers, a session; and tokens. */
async function furnish({ client, basic, password, azure }: ServerProcess, before?: string): Promise<Known> {
  await client.request('POST', `/v2/a/blobs/uploads/?digest=${DIGEST}`, { body: '{}' });
  const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: DIGEST, size: 2 };
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const image = { schemaVersion: 2, mediaType, config, layers: [] };
  const headers = { 'Content-Type': mediaType };
  for (const [tag, members] of [
    ['latest', {}],
    ['referrer', { subject: config, artifactType: 'a/b' }],
  ] as const) {
    await client.request('PUT', `/v2/a/manifests/${tag}`, { body: JSON.stringify({ ...image, ...members }), headers });
  }
  const open = before && (await client.request('GET', before)).status === 204;
  const started = open ? undefined : await client.request('POST', '/v2/a/blobs/uploads/');
  const form = `grant_type=password&username=registry&password=${password}&service=x&scope=repository:a:pull,push&access_type=offline`;
  const tokens = await client.request('POST', '/oauth2/token', {
    body: form,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  });
  const { access_token: token, refresh_token: refreshToken } = tokens.json<Record<string, string>>();
  const session = started?.header('Location') ?? before ?? '/v2/a/blobs/uploads/none';
  const { subscriptionId, servicePrincipal, endpoints } = azure;
  const { appId, password: secret } = servicePrincipal;
  const signIn = async (audience: string) => {
    const scope = `${audience}/.default`;
    const grant = { grant_type: 'client_credentials', client_id: appId, client_secret: secret, scope };
    const answer = await client.request('POST', '/adfs/oauth2/token', {
      body: new URLSearchParams(grant).toString(),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Authorization: '' },
    });
    return answer.json<{ access_token: string }>().access_token;
  };
  const management = await signIn(`${endpoints.management}/audience`);
  const graph = await signIn(`${endpoints.management.replace('//management.', '//graph.')}/`);
  const known = { management, graph, subscription: `/subscriptions/${subscriptionId}`, appId, secret };
  return { basic, password, token: token ?? '', refreshToken: refreshToken ?? '', session, azure: known };
}

async function main(): Promise<number> {
  console.log(`seed ${seed}, ${seconds} s`);
  const folder = newFolder();
  const server = await startProcess({
    dataDir: join(folder.path, 'data'),
    config: 'proxies: [127.0.0.1]', // so that what proxies say of a request is read
    shell: 'HOLDFAST_LOG_LEVEL=error exec "$@"',
  });
  let dead: string | undefined;
  void server.exited.then(({ code, signal }) => {
    dead = `${code} ${signal}`;
  });
  const port = Number(new URL(server.http).port);
  seedRequests(seed);
  let known = await furnish(server);
  const begun = performance.now();
  const until = (part: number) => performance.now() - begun < seconds * 1000 * part;
  const findings: string[] = [];
  let sent = 0;
  const work = async () => {
    while (until(1) && !dead && findings.length < 20) {
      const bytes = requestOf(known);
      sent += 1;
      const text = await exchange(port, bytes);
      const wrong = judge(text, bytes.subarray(0, 4).toString() === 'HEAD');
      if (wrong)
        findings.push(
          `${wrong}\n  > ${JSON.stringify(bytes.toString('latin1'))}\n  < ${JSON.stringify(text.slice(0, 600))}`,
        );
    }
  };
  // The fuzz deletes what it finds, and closes or cancels its session.
  const keepFurnished = async () => {
    while (until(1) && !dead) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      known = await furnish(server, known.session).catch(() => known);
    }
  };
  let early = 0;
  const probe = setTimeout(() => (early = residentMiB(server.pid)), seconds * 1000 * 0.4);
  await Promise.all([keepFurnished(), ...Array.from({ length: PARALLEL }, work)]);
  clearTimeout(probe);
  const late = dead ? 0 : residentMiB(server.pid);
  if (dead) findings.push(`the process ended: ${dead}\n${server.output.stderr.slice(-2000)}`);
  if (early > 0 && late > early * 1.5 + 50)
    findings.push(`memory grew from ${early.toFixed(0)} to ${late.toFixed(0)} MiB`);
  if (!dead && (await server.client.request('GET', '/v2/')).status !== 200) findings.push('the server does not answer');
  server.child.kill('SIGTERM');
  const { code } = await server.exited;
  if (code !== 0) findings.push(`exit code ${code}`);
  const logged = server.output.stderr
    .split('\n')
    .filter((line) => line.includes('"level":"error"') || line.includes('Warning'));
  for (const line of logged.slice(0, 5)) findings.push(`logged: ${line.slice(0, 800)}`);
  folder.remove();
  console.log(`${sent} requests; ${JSON.stringify(Object.fromEntries([...statuses].sort()))}`);
  console.log(`memory ${early.toFixed(0)} → ${late.toFixed(0)} MiB`);
  for (const finding of findings) console.log(`FOUND ${finding}`);
  console.log(`${findings.length === 0 ? 1 : 0} passed, ${findings.length} failed`);
  return findings.length === 0 ? 0 : 1;
}

process.exitCode = await main();
