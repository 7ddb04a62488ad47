import type { ContentSource } from '@holdfast/oci/content-source';
import { readUpTo } from '@holdfast/oci/registry/read-up-to';
import { RegistryError, refusedBy } from '@holdfast/oci/registry/registry-error';
import type { Connection } from '../images/registry-store.ts';

const PAGE = 100;
const PAGE_BYTES = 16 * 1024 * 1024;
const TIMEOUT_MS = 60_000;

/**
 * A registry whose list of repositories may be refused, as Harbor refuses `_catalog` to all but its administrators: then
 * Harbor's own API is asked for the projects and repositories that the user may see. Throws the first refusal when that
 * does not answer either. https://github.com/goharbor/harbor/blob/main/api/v2.0/swagger.yaml
 */
export function listedByHarbor(harbor: Connection): ContentSource {
  const { client } = harbor;
  return {
    repositories: () => repositoriesOf(harbor),
    tags: (repository) => client.tags(repository),
    manifest: (repository, reference) => client.manifest(repository, reference),
    referrers: (repository, subject) => client.referrers(repository, subject),
    findBlob: (repository, digest) => client.findBlob(repository, digest),
    blob: (repository, digest, size) => client.blob(repository, digest, size),
  };
}

async function* repositoriesOf(harbor: Connection): AsyncGenerator<string> {
  let refusal: unknown;
  let count = 0;
  try {
    for await (const name of harbor.client.repositories()) {
      count++;
      yield name;
    }
  } catch (error) {
    if (!(error instanceof RegistryError) || count > 0) throw error;
    refusal = error;
  }
  if (count > 0) return;
  try {
    for await (const project of namesIn(harbor, '/api/v2.0/projects')) {
      for await (const name of namesIn(harbor, `/api/v2.0/projects/${encodeURIComponent(project)}/repositories`)) {
        count++;
        yield name;
      }
    }
  } catch (error) {
    if (count > 0 || refusal === undefined) throw error;
  }
  if (count === 0 && refusal !== undefined) throw refusal;
}

async function* namesIn({ client, transport, credentials }: Connection, path: string): AsyncGenerator<string> {
  const secret = credentials && Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
  for (let page = 1; ; page++) {
    const url = new URL(`${path}?page=${page}&page_size=${PAGE}`, client.base);
    const answer = await transport.send({
      method: 'GET',
      url,
      headers: { Accept: 'application/json', ...(secret ? { Authorization: `Basic ${secret}` } : {}) },
      timeoutMs: TIMEOUT_MS,
    });
    if (answer.status !== 200) throw await refusedBy(`${client.base.host}${path}`, answer);
    const names = namesOf((await readUpTo(answer, PAGE_BYTES)).bytes.toString('utf8'));
    yield* names;
    if (names.length < PAGE) return;
  }
}

/** Empty for what is no list of Harbor's, such as the page of a portal that answers everything. */
function namesOf(text: string): string[] {
  try {
    const list = JSON.parse(text) as unknown;
    return (Array.isArray(list) ? list : []).flatMap((one: { name?: unknown }) =>
      typeof one?.name === 'string' ? one.name : [],
    );
  } catch {
    return [];
  }
}
