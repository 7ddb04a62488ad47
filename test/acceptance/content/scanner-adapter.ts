// A scanner behind the scanner adapter API (github.com/goharbor/pluggable-scanner-spec, 1.0), as Trivy's or Clair's adapter is one: it
// pulls what it is asked to scan with the credentials that it was given, by crane, and takes a layer with a line "EICAR" for critical.
// The file $MODE says how it behaves, anew at each request:
//   honest    as above, pulling with Basic        bearer   the same, pulling with Bearer, and told of kinds of scans
//   slow      has never a report                  lying    says in every way that is none that all is well
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';

const { PORT, MODE = '', WORK = '', CA, KEY } = process.env;
const IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const DOCKER = 'application/vnd.docker.distribution.manifest.v2+json';
const REPORT = 'application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0';
const AUTHORIZATION = 'harbor.scanner-adapter/registry-authorization-type';
const SCANNER = { name: 'Scripted', vendor: 'Acceptance', version: '1.0' };

interface ScanRequest {
  readonly registry: { readonly url: string; readonly authorization: string };
  readonly artifact: { readonly repository: string; readonly digest: string; readonly mime_type: string };
  readonly enabled_capabilities?: unknown;
}
const scans: { readonly request: ScanRequest; report?: object; error?: string }[] = [];

async function run(command: string, args: readonly string[], config: string): Promise<void> {
  const env = { ...process.env, DOCKER_CONFIG: config, SSL_CERT_FILE: CA };
  await promisify(execFile)(command, [...args], { env, timeout: 60_000 });
}

async function pull({ registry, artifact }: ScanRequest): Promise<string> {
  const folder = await mkdtemp(join(WORK, 'scan-'));
  const { host } = new URL(registry.url);
  const [scheme, value = ''] = registry.authorization.split(' ');
  const auth = scheme === 'Basic' ? { auth: value } : { registrytoken: value };
  await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: { [host]: auth } }));
  await run(
    'crane',
    ['pull', '--format', 'oci', `${host}/${artifact.repository}@${artifact.digest}`, join(folder, 'image')],
    folder,
  );
  await writeFile(join(WORK, `credential-${artifact.repository.replaceAll('/', '-')}`), registry.authorization);
  console.log(`pulled ${artifact.repository}@${artifact.digest} with ${scheme}`);
  return join(folder, 'image', 'blobs', 'sha256');
}

async function scan(entry: (typeof scans)[number]): Promise<void> {
  const folder = await pull(entry.request);
  const severities: string[] = [];
  for (const name of await readdir(folder)) {
    const bytes = await readFile(join(folder, name));
    const plain = bytes.subarray(0, 2).toString('hex') === '1f8b' ? gunzipSync(bytes) : bytes;
    if (plain.includes('EICAR')) severities.push('Critical');
  }
  entry.report = reportOf(entry.request, severities[0] ?? 'Low', severities);
}

function reportOf({ artifact }: ScanRequest, severity: string, severities: readonly string[]): object {
  const vulnerabilities = severities.map((each) => ({ id: 'EICAR-1', package: 'text', version: '1', severity: each }));
  return { generated_at: new Date().toISOString(), artifact, scanner: SCANNER, severity, vulnerabilities };
}

let lie = 0;
/** One after the other. */
function lies(request: ScanRequest): [number, unknown] {
  const other = { ...request.artifact, digest: `sha256:${'0'.repeat(64)}` };
  const all: [number, unknown][] = [
    [200, { quarantineState: 'Passed' }],
    [200, reportOf({ ...request, artifact: other }, 'Low', [])],
    [200, reportOf(request, 'Passed', [])],
    [200, reportOf(request, 'Low', ['harmless'])],
    [202, reportOf(request, 'Low', [])],
    [500, reportOf(request, 'Low', [])],
  ];
  console.log(`lie ${lie}`);
  return all[lie++ % all.length] ?? [500, {}];
}

async function answer(
  mode: string,
  request: IncomingMessage,
  body: string,
): Promise<[number, unknown, Record<string, string>?]> {
  if (request.headers.authorization !== `Bearer ${KEY}`) return [401, { error: { message: 'who are you?' } }];
  const bearer = mode === 'bearer';
  if (request.url === '/api/v1/metadata') {
    const kind = bearer ? { type: 'vulnerability' } : {};
    const capabilities = [{ ...kind, consumes_mime_types: [IMAGE, DOCKER], produces_mime_types: [REPORT] }];
    return [200, { scanner: SCANNER, capabilities, properties: bearer ? { [AUTHORIZATION]: 'Bearer' } : {} }];
  }
  if (request.method === 'POST' && request.url === '/api/v1/scan') {
    const entry: (typeof scans)[number] = { request: JSON.parse(body) as ScanRequest };
    scans.push(entry);
    if (mode === 'honest' || bearer)
      scan(entry).catch((error: unknown) => Object.assign(entry, { error: String(error) }));
    return [202, { id: String(scans.length - 1) }];
  }
  const entry = scans[Number(/^\/api\/v1\/scan\/(\d+)\/report$/.exec(request.url ?? '')?.[1])];
  if (!entry) return [404, {}];
  if (mode === 'lying') return lies(entry.request);
  if (entry.error) console.log(`FAILED ${entry.error}`);
  if (entry.error) return [500, { error: { message: entry.error } }];
  return entry.report && mode !== 'slow' ? [200, entry.report] : [302, {}, { 'Refresh-After': '1' }];
}

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const piece of request) body += String(piece);
  const mode = (await readFile(MODE, 'utf8')).trim();
  const [status, value, headers = {}] = await answer(mode, request, body);
  response.writeHead(status, headers).end(JSON.stringify(value));
}

createServer((request, response) => {
  receive(request, response).catch((error: unknown) => console.log(`FAILED ${error}`));
}).listen(Number(PORT), '127.0.0.1', () => console.log('listening'));
