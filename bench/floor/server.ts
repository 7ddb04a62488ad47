/**
 * `node bench/floor/server.ts PORT FOLDER [LOOPS]`: the least that a registry on Node can be. It answers the requests of the benchmark and does
 * nothing else: no sign-in, no rights, no log, no check of what it is sent but the digest and whether there is what a manifest names, one
 * sync for each acknowledged write, and of a pushed manifest the rows that the product's other promises rest on (`rows.ts`). So a target that it does not reach is out of reach for
 * whatever is built on Node in one process and keeps them; and what it is better than ours by is what ours does besides.
 *
 * With LOOPS, manifests come and go with what the contract asks for besides (`duties.ts`), in so many processes that share the port.
 */
import { fork } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { AnswerWriter } from '../../apps/registry/src/http/answer-writer.ts';
import { bodyOf } from './body.ts';
import { Duties } from './duties.ts';
import { pull } from './pull.ts';
import { Push } from './push.ts';
import { Rows } from './rows.ts';

const [port = '', folder = '', loops] = process.argv.slice(2);
const rows = new Rows(folder);
const answers = new AnswerWriter();
const push = new Push(folder, rows);
const duties = loops === undefined ? undefined : new Duties(rows, answers, folder);

/** A manifest's bytes as text, which Node sends in one piece with its head. */
function send(
  response: ServerResponse,
  type: string,
  body: string,
  headers: Record<string, string | number> = {},
): void {
  response.writeHead(200, { ...headers, 'Content-Type': type, 'Content-Length': Buffer.byteLength(body, 'latin1') });
  answers.end(response, response.req.method === 'HEAD' ? undefined : body);
}

async function onManifest(request: IncomingMessage, response: ServerResponse, at: [string, string]): Promise<void> {
  if (request.method === 'PUT') {
    const digest = await rows.put(...at, await bodyOf(request));
    response.writeHead(201, { Location: request.url, 'Docker-Content-Digest': digest, 'Content-Length': 0 });
    answers.end(response, undefined);
    return;
  }
  const found = rows.find(...at);
  if (!found) response.writeHead(404).end();
  else send(response, found.type, found.text, { 'Docker-Content-Digest': found.digest });
}

async function onBlob(request: IncomingMessage, response: ServerResponse, digest: string): Promise<void> {
  const size = await push.sizeOf(digest);
  if (size === undefined) response.writeHead(404).end();
  else if (request.method === 'HEAD') answers.end(response.writeHead(200, { 'Content-Length': size }), undefined);
  else await pull(response, push.pathOf(digest), size);
}

function onList(response: ServerResponse, list: 'catalog' | 'tags', repository: string, query: URLSearchParams): void {
  const limit = Number(query.get('n') ?? 1e9);
  const { names, last } = rows.page(list, repository, query.get('last') ?? '', limit);
  const path = list === 'catalog' ? '/v2/_catalog' : `/v2/${repository}/tags/list`;
  const link = last ? { Link: `<${path}?last=${encodeURIComponent(last)}&n=${limit}>; rel="next"` } : {};
  const body = list === 'catalog' ? `{"repositories":${names}}` : `{"name":"${repository}","tags":${names}}`;
  send(response, 'application/json', body, link);
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const [, repository = '', kind, name = ''] =
    /^\/v2\/(.+)\/(manifests|blobs\/uploads|blobs|tags)\/([^/]*)$/.exec(path) ?? [];
  if (kind === 'manifests') return onManifest(request, response, [repository, name]);
  if (kind === 'blobs') return onBlob(request, response, name);
  if (kind === 'blobs/uploads') return push.answer(request, response, { path, repository, id: name, query });
  if (kind === 'tags') return onList(response, 'tags', repository, new URLSearchParams(query));
  if (path === '/v2/_catalog') return onList(response, 'catalog', '', new URLSearchParams(query));
  response.writeHead(200, { 'Content-Length': 0 }).end();
}

// Silent connections are cut by the one time-out below: Node's own for those that are kept alive would be set and taken back for each request.
const server = createServer(duties ? { optimizeEmptyRequests: true, keepAliveTimeout: 0 } : {}, (request, response) => {
  if (duties?.answer(request, response)) return;
  answer(request, response).catch((error: unknown) => {
    console.error(error);
    response.destroy();
  });
});
if (duties) server.setTimeout(60_000); // who is silent is cut
server.listen({ port: Number(port), host: '127.0.0.1', reusePort: Number(loops) > 1 });

const isFirst = process.send === undefined;
const others = isFirst
  ? Array.from({ length: Number(loops ?? 1) - 1 }, () => fork(import.meta.filename, process.argv.slice(2)))
  : [];
process.once('disconnect', () => process.exit());
process.once('SIGTERM', () => {
  for (const other of others) other.disconnect();
  process.exit();
});
