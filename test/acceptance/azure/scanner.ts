// A scanner as a site would write one: it hears of pushes by a webhook for the quarantine, pulls what was pushed by its digest, looks at
// every layer, and says what it thinks by PATCH. It runs until it is ended. How it behaves is its first argument:
//   honest    passes what holds no line "EICAR" in any layer, and fails the rest
//   slow      answers the webhook, and never comes to a result
//   lying     says "Passed" in every way that is none: in its answer, misspelt, of another digest, under a name without the right
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';

const { PORT, LOGIN_SERVER, SCANNER_ID, SCANNER_SECRET } = process.env;
const behaviour = process.argv[2] ?? 'honest';
const authorization = `Basic ${Buffer.from(`${SCANNER_ID}:${SCANNER_SECRET}`).toString('base64')}`;

interface Event {
  readonly action: string;
  readonly target: { readonly repository: string; readonly digest: string; readonly tag?: string };
}
interface Manifest {
  readonly config?: { readonly digest: string };
  readonly layers?: readonly { readonly digest: string }[];
  readonly manifests?: readonly { readonly digest: string }[];
}

async function fetchBytes(path: string, digest: string): Promise<Buffer> {
  const answer = await fetch(`https://${LOGIN_SERVER}/v2/${path}/${digest}`, { headers: { authorization } });
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (answer.status !== 200) throw new Error(`${path}/${digest}: ${answer.status} ${bytes}`);
  const found = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (found !== digest) throw new Error(`${path}/${digest} has ${found}`);
  return bytes;
}

async function judge({ repository, digest }: Event['target']): Promise<'Passed' | 'Failed'> {
  const manifest = JSON.parse((await fetchBytes(`${repository}/manifests`, digest)).toString()) as Manifest;
  for (const layer of manifest.layers ?? []) {
    const bytes = await fetchBytes(`${repository}/blobs`, layer.digest);
    const plain = bytes.subarray(0, 2).toString('hex') === '1f8b' ? gunzipSync(bytes) : bytes;
    if (plain.includes('EICAR')) return 'Failed';
  }
  return 'Passed';
}

async function say(
  target: Pick<Event['target'], 'repository' | 'digest'>,
  body: object,
  as = authorization,
): Promise<number> {
  const answer = await fetch(`https://${LOGIN_SERVER}/acr/v1/${target.repository}/_manifests/${target.digest}`, {
    method: 'PATCH',
    headers: { authorization: as, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  await answer.arrayBuffer();
  return answer.status;
}

async function lie(target: Event['target']): Promise<void> {
  const passed = { quarantineState: 'Passed' };
  const other = { ...target, digest: `sha256:${'0'.repeat(64)}` };
  const statuses = [
    await say(target, { quarantineState: 'passed' }),
    await say(target, { quarantineState: 'Passed', quarantineDetails: 5 }),
    await say(target, { quarantineDetails: '{"state":"Passed"}' }),
    await say(other, passed),
    await say(target, passed, 'Basic eDp5'),
    await say(target, passed, ''),
  ];
  if (statuses.some((status) => status < 400)) throw new Error(`a lie was believed: ${statuses}`);
}

async function hear(event: Event): Promise<void> {
  const { action, target } = event;
  console.log(`heard ${action} ${target.repository} ${target.tag ?? target.digest}`);
  if (action !== 'quarantine' || behaviour === 'slow') return;
  if (behaviour === 'lying') return lie(target);
  const quarantineState = await judge(target);
  const quarantineDetails = JSON.stringify({
    scanner: 'scripted',
    state: quarantineState,
    result: { version: '1', summary: [] },
  });
  const status = await say(target, { quarantineState, quarantineDetails });
  console.log(`said ${quarantineState} of ${target.repository}@${target.digest}: ${status}`);
}

async function readAll(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const event = JSON.parse(await readAll(request)) as Event;
  response.end(behaviour === 'lying' ? '{"quarantineState":"Passed"}' : '{}');
  await hear(event);
}

createServer((request, response) => {
  receive(request, response).catch((error: unknown) => console.log(`FAILED ${error}`));
}).listen(Number(PORT), '127.0.0.1', () => console.log('listening'));
