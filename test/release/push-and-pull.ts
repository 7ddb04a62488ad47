// A client of a hundred lines for test/release/offline.sh, run by the archive's own Node: `push` makes an image whose
// bytes follow from a constant, `pull` fetches it and compares.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';

const { PASSWORD, CA } = process.env;
if (!PASSWORD || !CA) throw new Error('PASSWORD and CA are needed.');
const ca = readFileSync(CA);
const authorization = `Basic ${Buffer.from(`registry:${PASSWORD}`).toString('base64')}`;
const repository = '/v2/offline/image';

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: Buffer;
}

function ask(method: string, path: string, body?: Buffer, type = 'application/octet-stream'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { authorization, ...(body ? { 'content-type': type, 'content-length': body.length } : {}) };
    const sent = request(new URL(path, 'https://127.0.0.1:22501'), { method, ca, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode = 0, headers: got } = response;
        resolve({ status: statusCode, location: got.location, body: Buffer.concat(chunks) });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function expectStatus(
  wanted: number,
  method: string,
  path: string,
  ...more: [Buffer?, string?]
): Promise<Answer> {
  const answer = await ask(method, path, ...more);
  if (answer.status !== wanted) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}, not ${wanted}`);
  return answer;
}

const digestOf = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Bytes that no compression makes small and every run makes alike. */
function bytes(length: number): Buffer {
  const parts: Buffer[] = [];
  for (let made = 0; made < length; made += 32) parts.push(createHash('sha256').update(String(made)).digest());
  return Buffer.concat(parts).subarray(0, length);
}

const config = Buffer.from('{"architecture":"amd64","os":"linux"}');
const layer = bytes(20 * 1024 * 1024 + 7);
const describe = (mediaType: string, content: Buffer) => ({
  mediaType,
  digest: digestOf(content),
  size: content.length,
});
const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const manifest = Buffer.from(
  JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestType,
    config: describe('application/vnd.oci.image.config.v1+json', config),
    layers: [describe('application/vnd.oci.image.layer.v1.tar', layer)],
  }),
);

async function push(): Promise<void> {
  for (const blob of [config, layer]) {
    const { location = '' } = await expectStatus(202, 'POST', `${repository}/blobs/uploads/`);
    const target = `${location}${location.includes('?') ? '&' : '?'}digest=${digestOf(blob)}`;
    await expectStatus(201, 'PUT', target, blob);
  }
  await expectStatus(201, 'PUT', `${repository}/manifests/v1`, manifest, manifestType);
}

async function pull(): Promise<void> {
  const wanted: [string, Buffer][] = [
    [`${repository}/manifests/v1`, manifest],
    [`${repository}/blobs/${digestOf(config)}`, config],
    [`${repository}/blobs/${digestOf(layer)}`, layer],
  ];
  for (const [path, content] of wanted) {
    const { body } = await expectStatus(200, 'GET', path);
    if (!body.equals(content))
      throw new Error(`${path} came back with other bytes: ${body.length} of ${content.length}`);
  }
}

for (const step of process.argv.slice(2)) {
  if (step === 'push') await push();
  else if (step === 'pull') await pull();
  else throw new Error(`There is no step ${step}.`);
}
