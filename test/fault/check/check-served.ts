import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BootstrapFile } from '../../../apps/registry/src/bootstrap.ts';
import { loadConfig } from '../../../apps/registry/src/config/load-config.ts';
import { createRegistry } from '../../../apps/registry/src/create-registry.ts';
import { createLogger } from '../../../apps/registry/src/telemetry/logger.ts';
import { HttpClient } from '../../support/http-client.ts';
import { readState } from './read-state.ts';

/** Starts the whole server on a data folder and pulls everything that its rows say is there; over HTTPS, too, if wanted. */
export async function checkServed(folder: string, https = false): Promise<string[]> {
  const complaints: string[] = [];
  const problems: string[] = [];
  const logger = createLogger({ level: 'error', terminal: false, stream: { write: (line) => problems.push(line) } });
  const listeners = ['--http', '127.0.0.1:0', '--https', https ? '127.0.0.1:0' : 'off'];
  const config = await loadConfig(['--data', folder, ...listeners], {}, folder);
  const registry = await createRegistry(config, { logger });
  try {
    const { username, password } = await bootstrapOf(folder);
    const basic = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const client = new HttpClient(registry.site.http ?? '', { headers: { Authorization: basic } });
    try {
      const { status } = await client.request('GET', '/v2/');
      if (status !== 200) complaints.push(`GET /v2/ with the password of bootstrap.json: ${status}`);
      complaints.push(...(await pullEverything(client, folder)));
    } finally {
      await client.close();
    }
  } finally {
    await registry.stop();
  }
  return [...complaints, ...problems.map((line) => `the server logged ${line}`)];
}

async function bootstrapOf(folder: string): Promise<BootstrapFile['registry']> {
  return (JSON.parse(await readFile(join(folder, 'bootstrap.json'), 'utf8')) as BootstrapFile).registry;
}

/** Every tag, manifest and linked blob over HTTP, against the rows. */
export async function pullEverything(client: HttpClient, folder: string): Promise<string[]> {
  const complaints: string[] = [];
  const state = readState(folder);
  const pull = async (kind: 'manifests' | 'blobs', repository: string, reference: string, digest: string) => {
    const answer = await client.request('GET', `/v2/${repository}/${kind}/${reference}`);
    const [algorithm = '', hex] = digest.split(':');
    const sound = createHash(algorithm).update(answer.body).digest('hex') === hex;
    if (answer.status !== 200 || !sound) {
      complaints.push(`GET ${kind} ${repository} ${reference}: ${answer.status}, ${sound ? 'sound' : 'damaged'}`);
    }
  };
  for (const [key, digest] of state.tags) {
    const [repository = '', tag = ''] = key.split('|');
    await pull('manifests', repository, tag, digest);
  }
  for (const key of state.manifests.keys()) {
    const [repository = '', digest = ''] = key.split('|');
    await pull('manifests', repository, digest, digest);
  }
  for (const key of state.links) {
    const [repository = '', digest = ''] = key.split('|');
    await pull('blobs', repository, digest, digest);
  }
  return complaints;
}
