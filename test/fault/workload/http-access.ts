import type { Digest } from '@holdfast/oci/digest';
import { type Answer, HttpClient, type RequestOptions } from '../../support/http-client.ts';
import { type Access, type At, Interrupted, type Pieces, Refused } from './access.ts';
import { correlationOf } from './operation.ts';

/** The registry as its clients see it. */
export function httpAccess(base: string, authorization: string): Access & { close(): Promise<void> } {
  const client = new HttpClient(base, { headers: { Authorization: authorization } });
  const ask = async (at: At, method: string, path: string, options: RequestOptions = {}): Promise<Answer> => {
    const headers = { 'X-Ms-Correlation-Request-Id': correlationOf(at.number), ...options.headers };
    try {
      return await client.request(method, `/v2/${at.repository}/${path}`, { ...options, headers });
    } catch (error) {
      throw new Interrupted(error instanceof Error ? error.message : String(error));
    }
  };
  const demand = async (status: number, ...request: Parameters<typeof ask>): Promise<Answer> => {
    const answer = await ask(...request);
    if (answer.status !== status) throw new Refused(`http ${answer.status}`, answer.text);
    return answer;
  };
  const body = ({ pieces, length, from }: Pieces): RequestOptions => ({
    body: Buffer.concat(pieces),
    headers: from === undefined ? {} : { 'Content-Range': `${from}-${from + length - 1}` },
  });
  const optional = async (...request: Parameters<typeof ask>): Promise<Answer | undefined> => {
    const answer = await ask(...request);
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw new Refused(`http ${answer.status}`, answer.text);
    return answer;
  };
  return {
    pushBlob: async (at, content, pieces) => {
      await demand(201, at, 'POST', `blobs/uploads/?digest=${content.digest}`, body(pieces));
    },
    startUpload: async (at) => (await demand(202, at, 'POST', 'blobs/uploads/')).header('Docker-Upload-UUID') ?? '',
    append: async (at, upload, pieces) =>
      Number(
        (await demand(202, at, 'PATCH', `blobs/uploads/${upload}`, body(pieces))).header('Holdfast-Upload-Offset'),
      ),
    complete: async (at, upload, digest, pieces) => {
      await demand(201, at, 'PUT', `blobs/uploads/${upload}?digest=${digest}`, pieces && body(pieces));
    },
    cancel: async (at, upload) => {
      await demand(204, at, 'DELETE', `blobs/uploads/${upload}`);
    },
    mount: async (at, digest, from) => {
      const answer = await ask(at, 'POST', `blobs/uploads/?mount=${digest}&from=${encodeURIComponent(from)}`);
      if (answer.status === 202) {
        // It opened a session instead, which nobody wants.
        await demand(204, at, 'DELETE', `blobs/uploads/${answer.header('Docker-Upload-UUID')}`);
        return false;
      }
      if (answer.status !== 201) throw new Refused(`http ${answer.status}`, answer.text);
      return true;
    },
    pushManifest: async (at, { digest, bytes, mediaType }, tags, byTag) => {
      const reference = byTag ? tags[0] : digest;
      const more = byTag || tags.length === 0 ? '' : `?${tags.map((tag) => `tag=${tag}`).join('&')}`;
      await demand(201, at, 'PUT', `manifests/${reference}${more}`, {
        body: bytes,
        headers: { 'Content-Type': mediaType },
      });
    },
    deleteManifest: async (at, reference) => {
      await demand(202, at, 'DELETE', `manifests/${'tag' in reference ? reference.tag : reference.digest}`);
    },
    deleteBlob: async (at, digest) => {
      await demand(202, at, 'DELETE', `blobs/${digest}`);
    },
    resolveTag: async (at, tag) => {
      const answer = await optional(at, 'GET', `manifests/${tag}`);
      return answer?.header('Docker-Content-Digest') as Digest | undefined;
    },
    listTags: async (at) => (await optional(at, 'GET', 'tags/list'))?.json<{ tags: string[] }>().tags ?? [],
    sweep: undefined,
    expire: undefined,
    close: async () => client.close(),
  };
}
