// A proxy that looks into TLS, in the place of the Fiddler that the FAQ names: its own CA, a certificate for each name that
// is asked for, a line of JSON for each exchange. `run.ts FOLDER SITE_CA PORT`: writes ca.pem and trace.jsonl there.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import { join } from 'node:path';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import {
  generateKey,
  issueAuthority,
  issueServerCertificate,
} from '../../../../apps/registry/src/http/tls/issue-certificate.ts';
import { systemIds } from '../../../../apps/registry/src/platform/ids.ts';

const [folder = '.', siteCa = '', port = '0'] = process.argv.slice(2);
const DAY = 86_400_000;
const validity = { from: new Date(Date.now() - DAY), to: new Date(Date.now() + 30 * DAY) };
const authorityKey = await generateKey();
const authority = issueAuthority(authorityKey, validity, systemIds);
const key = await generateKey();
const contexts = new Map<string, SecureContext>();
const ca = readFileSync(siteCa);
writeFileSync(join(folder, 'ca.pem'), authority);
writeFileSync(join(folder, 'trace.jsonl'), '');

function contextFor(name: string): SecureContext {
  const known = contexts.get(name);
  if (known) return known;
  const names = { dns: [name], ip: [] };
  const cert = issueServerCertificate({ key, authorityKey, names, validity, ids: systemIds });
  const made = createSecureContext({
    key: key.export({ type: 'pkcs8', format: 'pem' }),
    cert: `${cert}\n${authority}`,
  });
  contexts.set(name, made);
  return made;
}

/** Passes one exchange on and notes it. Secrets are not noted. */
function exchange(request: http.IncomingMessage, response: http.ServerResponse): void {
  const { host = '' } = request.headers;
  const [hostname = '', number = '443'] = host.split(':');
  const { method, url: path, headers } = request;
  const onward = https.request({ hostname, port: number, servername: hostname, ca, method, path, headers });
  onward.on('error', () => response.destroy());
  onward.on('response', (incoming) => {
    const line = {
      method,
      url: `https://${host}${path?.replace(/\?.*/, '')}`,
      agent: headers['user-agent'],
      status: incoming.statusCode,
      correlationId: incoming.headers['x-ms-correlation-request-id'],
    };
    appendFileSync(join(folder, 'trace.jsonl'), `${JSON.stringify(line)}\n`);
    response.writeHead(incoming.statusCode ?? 500, incoming.rawHeaders);
    incoming.pipe(response);
  });
  request.pipe(onward);
}

const inside = http.createServer(exchange);
const proxy = http.createServer((_request, response) => void response.writeHead(405).end());
proxy.on('connect', (request, socket) => {
  const [name = ''] = (request.url ?? '').split(':');
  socket.on('error', () => undefined);
  socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
  const secure = new TLSSocket(socket as import('node:net').Socket, {
    isServer: true,
    secureContext: contextFor(name),
  });
  secure.on('error', () => undefined);
  inside.emit('connection', secure);
});
proxy.listen(Number(port), '127.0.0.1', () => console.log('ready'));
