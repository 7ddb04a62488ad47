import { digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import type { Answer } from '../../support/http-client.ts';
import { SEAM } from './content.ts';
import { type Ask, type Attempt, ask } from './site.ts';
import type { Trial } from './trial.ts';

/** A request of a push or a pull, what stands before it, and how a client goes on when its connection breaks. */
export interface Kind {
  readonly name: string;
  readonly layerBytes?: number;
  readonly prepare?: (t: Trial) => Promise<void>;
  readonly request: (t: Trial) => Ask;
  /** What the request is answered when nothing breaks. */
  readonly status: number;
  /** What the repetition may be answered instead when the first sending had arrived whole. */
  readonly onceDone?: number;
  /** How a client goes on, unless it just sends the request again. */
  readonly repeat?: (t: Trial, broken: Attempt) => Promise<Answer>;
  /** What a client does next, with or without a break before. */
  readonly next?: (t: Trial, answer: Answer) => Promise<void>;
  /** What is compared of the answer, unless it is all of it. */
  readonly result?: (t: Trial, answer: Answer) => string;
}

/** More than the server gathers before it hashes and writes: so a cut may find a part of it on the disk. */
const LARGE = 2_500_000;

const statusOnly = (_: Trial, answer: Answer) => String(answer.status);

// ── pushing a blob ──────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Asks where the session is and sends what is missing behind it. Asks once more when it is there no more: what was sent before had arrived
 * and came to the disk meanwhile.
 */
async function goOn(t: Trial, to: number, ranged: boolean): Promise<Answer> {
  const answer = await sendRest(t, to, ranged);
  return answer.status === 416 ? sendRest(t, to, ranged) : answer;
}

async function sendRest(t: Trial, to: number, ranged: boolean): Promise<Answer> {
  const offset = await t.offset();
  if (offset === to) return ask(t.site, { method: 'GET', target: t.session ?? '' });
  const { headers: _, ...streamed } = t.patch(offset, to);
  return ask(t.site, ranged ? t.patch(offset, to) : streamed);
}

const withFirstChunk = async (t: Trial) => {
  await t.openSession();
  await t.demand(202, t.patch(0, SEAM));
};
const withAllChunks = async (t: Trial) => {
  await t.openSession();
  await t.demand(202, t.patch(0, t.content.layer.length));
};
const closeIt = async (t: Trial) => {
  await t.demand(201, t.close());
};
const takeSession = async (t: Trial, answer: Answer) => {
  t.session = answer.header('Location') ?? '';
  await t.demand(201, t.close(t.content.layer));
};

/** Whether a chunk was taken now or before, its client sees the same: the session is at its end. */
const reached = (t: Trial, answer: Answer) =>
  `at ${answer.header('Holdfast-Upload-Offset')} of ${t.content.layer.length}`;

const uploads: readonly Kind[] = [
  {
    name: 'POST opens a session',
    request: (t) => ({ method: 'POST', target: t.path('blobs/uploads/') }),
    status: 202,
    next: takeSession,
    result: statusOnly,
  },
  {
    name: 'GET of a session',
    prepare: withFirstChunk,
    request: (t) => ({ method: 'GET', target: t.session ?? '' }),
    status: 204,
    next: async (t) => void (await t.demand(201, t.close(t.content.layer.subarray(SEAM)))),
  },
  {
    name: 'PATCH with Content-Range, the first chunk',
    prepare: (t) => t.openSession(),
    request: (t) => t.patch(0, SEAM),
    status: 202,
    repeat: (t) => goOn(t, SEAM, true),
    next: async (t) => void (await t.demand(201, t.close(t.content.layer.subarray(SEAM)))),
    result: reached,
  },
  {
    name: 'PATCH with Content-Range, a later chunk',
    layerBytes: LARGE,
    prepare: withFirstChunk,
    request: (t) => t.patch(SEAM, t.content.layer.length),
    status: 202,
    repeat: (t) => goOn(t, t.content.layer.length, true),
    next: closeIt,
    result: reached,
  },
  {
    name: 'PATCH with Content-Range in a session for sha512',
    prepare: async (t) => {
      await t.openSession('?digest-algorithm=sha512');
      await t.demand(202, t.patch(0, SEAM));
    },
    request: (t) => t.patch(SEAM, t.content.layer.length),
    status: 202,
    repeat: (t) => goOn(t, t.content.layer.length, true),
    next: async (t) => void (await t.demand(201, t.close(undefined, 'sha512'))),
    result: reached,
  },
  {
    name: 'PATCH streamed',
    layerBytes: LARGE,
    prepare: (t) => t.openSession(),
    request: (t) => ({ method: 'PATCH', target: t.session ?? '', body: t.content.layer, chunked: true }),
    status: 202,
    repeat: (t) => goOn(t, t.content.layer.length, false),
    next: closeIt,
    result: reached,
  },
  { name: 'PUT without a body', prepare: withAllChunks, request: (t) => t.close(), status: 201 },
  {
    name: 'PUT without a body, sha512',
    prepare: withAllChunks,
    request: (t) => t.close(undefined, 'sha512'),
    status: 201,
  },
  {
    name: 'PUT with the last chunk',
    prepare: withFirstChunk,
    request: (t) => {
      const range = `${SEAM}-${t.content.layer.length - 1}`;
      return { ...t.close(t.content.layer.subarray(SEAM)), headers: { 'Content-Range': range } };
    },
    status: 201,
  },
  {
    name: 'PUT with all of the blob',
    layerBytes: LARGE,
    prepare: (t) => t.openSession(),
    request: (t) => t.close(t.content.layer),
    status: 201,
  },
  {
    name: 'PUT with all of the blob, streamed',
    prepare: (t) => t.openSession(),
    request: (t) => ({ ...t.close(t.content.layer), chunked: true }),
    status: 201,
  },
  {
    name: 'POST with all of the blob',
    layerBytes: LARGE,
    request: (t) => {
      const target = t.path(`blobs/uploads/?digest=${digestOf(t.content.layer)}`);
      return { method: 'POST', target, body: t.content.layer };
    },
    status: 201,
  },
  {
    name: 'POST mounts',
    prepare: async (t) => {
      const target = `/v2/${t.repository}x/blobs/uploads/?digest=${digestOf(t.content.layer)}`;
      await t.demand(201, { method: 'POST', target, body: t.content.layer });
    },
    request: (t) => ({
      method: 'POST',
      target: t.path(`blobs/uploads/?mount=${digestOf(t.content.layer)}&from=${t.repository}x`),
    }),
    status: 201,
  },
  {
    name: 'DELETE of a session',
    prepare: withFirstChunk,
    request: (t) => ({ method: 'DELETE', target: t.session ?? '' }),
    status: 204,
    onceDone: 404,
    result: statusOnly,
  },
];

// ── pushing and deleting manifests, tags, blobs ─────────────────────────────────────────────────────────────────────

const withImage = (t: Trial) => t.pushImage('one');
const manifestOf = (t: Trial) => digestOf(t.content.manifest);
const blob = (t: Trial) => t.path(`blobs/${digestOf(t.content.layer)}`);

const facts: readonly Kind[] = [
  { name: 'PUT of a manifest by a new tag', prepare: withImage, request: (t) => t.putManifest('two'), status: 201 },
  {
    name: 'PUT of another manifest by a used tag',
    prepare: withImage,
    request: (t) => t.putManifest('one', t.content.index, MEDIA_TYPE.ociIndex),
    status: 201,
  },
  {
    name: 'PUT of a manifest by digest',
    prepare: async (t) => {
      const { layer, config } = t.content;
      for (const bytes of [layer, config]) await t.pushBlob(bytes);
    },
    request: (t) => t.putManifest(manifestOf(t)),
    status: 201,
  },
  {
    name: 'PUT of a manifest by digest with two tags',
    prepare: withImage,
    request: (t) => t.putManifest(`${manifestOf(t)}?tag=one&tag=two`),
    status: 201,
  },
  {
    name: 'DELETE of a tag',
    prepare: withImage,
    request: (t) => ({ method: 'DELETE', target: t.path('manifests/one') }),
    status: 202,
    onceDone: 404,
    result: statusOnly,
  },
  {
    name: 'DELETE of a manifest',
    prepare: withImage,
    request: (t) => ({ method: 'DELETE', target: t.path(`manifests/${manifestOf(t)}`) }),
    status: 202,
    onceDone: 404,
    result: statusOnly,
  },
  {
    name: 'DELETE of a blob',
    prepare: withImage,
    request: (t) => ({ method: 'DELETE', target: t.path(`blobs/${digestOf(t.content.loose)}`) }),
    status: 202,
    onceDone: 404,
    result: statusOnly,
  },
];

// ── pulling ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const reading = (name: string, method: string, target: (t: Trial) => string, more: Partial<Kind> = {}): Kind => ({
  name,
  prepare: withImage,
  request: (t) => ({ method, target: target(t) }),
  status: 200,
  ...more,
});

/** Takes what came, and asks for the rest of just those bytes. */
async function resumePull(t: Trial, broken: Attempt): Promise<Answer> {
  if (broken.status === undefined || broken.received.length === 0)
    return ask(t.site, { method: 'GET', target: blob(t) });
  const headers = {
    Range: `bytes=${broken.received.length}-`,
    'If-Range': `"${digestOf(t.content.layer)}"`,
  };
  const rest = await t.demand(206, { method: 'GET', target: blob(t), headers });
  const whole = Buffer.concat([broken.received, rest.body]);
  if (!whole.equals(t.content.layer)) throw new Error(`${broken.received.length} bytes and the rest are another blob`);
  return ask(t.site, { method: 'GET', target: blob(t) });
}

const pulls: readonly Kind[] = [
  reading('GET of /v2/', 'GET', () => '/v2/'),
  reading('GET of a manifest by tag', 'GET', (t) => t.path('manifests/one')),
  reading('GET of a manifest by digest', 'GET', (t) => t.path(`manifests/${manifestOf(t)}`)),
  reading('HEAD of a manifest', 'HEAD', (t) => t.path('manifests/one')),
  reading('GET of a blob', 'GET', blob, { layerBytes: LARGE }),
  reading('GET of a blob, gone on with by Range', 'GET', blob, { layerBytes: LARGE, repeat: resumePull }),
  reading('GET of a range of a blob', 'GET', blob, {
    request: (t) => ({ method: 'GET', target: blob(t), headers: { Range: `bytes=${SEAM}-` } }),
    status: 206,
  }),
  reading('HEAD of a blob', 'HEAD', blob),
  reading('GET of the list of tags', 'GET', (t) => t.path('tags/list?n=10')),
  reading('GET of referrers', 'GET', (t) => t.path(`referrers/${manifestOf(t)}`)),
];

// ── tokens ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

function tokenForm(t: Trial, more: Record<string, string>): Ask {
  const parameters = { service: 'faq17', scope: `repository:${t.repository}:pull`, ...more };
  const body = Buffer.from(new URLSearchParams(parameters).toString());
  return { method: 'POST', target: '/oauth2/token', headers: FORM, body };
}

const byPassword = (t: Trial) =>
  tokenForm(t, {
    grant_type: 'password',
    username: t.site.username,
    password: t.site.password,
    access_type: 'offline',
  });

/** The token opens what it was asked for. */
async function useToken(t: Trial, answer: Answer): Promise<void> {
  const token = answer.json<{ access_token: string }>().access_token;
  await t.demand(200, { method: 'GET', target: t.path('tags/list'), headers: { Authorization: `Bearer ${token}` } });
}

const token: Pick<Kind, 'prepare' | 'status' | 'next' | 'result'> = {
  prepare: withImage,
  status: 200,
  next: useToken,
  result: (_, answer) => Object.keys(answer.json<object>()).join(),
};

const refreshTokens = new WeakMap<Trial, string>();

const tokens: readonly Kind[] = [
  {
    ...token,
    name: 'GET of a token',
    request: (t) => ({ method: 'GET', target: `/oauth2/token?service=faq17&scope=repository:${t.repository}:pull` }),
  },
  { ...token, name: 'POST for a token, by password', request: byPassword },
  {
    ...token,
    name: 'POST for a token, by refresh token',
    prepare: async (t) => {
      await withImage(t);
      const answer = await t.demand(200, byPassword(t));
      refreshTokens.set(t, answer.json<{ refresh_token: string }>().refresh_token);
    },
    request: (t) => tokenForm(t, { grant_type: 'refresh_token', refresh_token: refreshTokens.get(t) ?? '' }),
  },
];

/** Every kind of request of a push, a pull or a removal. */
export const kinds: readonly Kind[] = [...uploads, ...facts, ...pulls, ...tokens];
