import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { refused } from '../outbound/failures.ts';
import type { Outbound, OutboundAnswer, OutboundRequest } from '../outbound/outbound.ts';
import { FakeClock } from '../platform/clock.ts';
import { DELIVERY_MS, deliver } from './delivery.ts';
import { eventContent, pingContent } from './event.ts';
import { composeMessage } from './message.ts';
import type { WebhookTarget } from './target.ts';

const target = {
  serviceUri: 'https://hooks.example/services/T0/SECRETPATH',
  customHeaders: { Authorization: 'Bearer SECRETHEADER', 'X-Team': 'SECRETTEAM' },
};
const never = new AbortController().signal;

const answer = (more: Partial<OutboundAnswer> = {}): OutboundAnswer => ({
  status: 200,
  reason: 'OK',
  version: '1.1',
  headers: {},
  url: new URL('https://hooks.example/'),
  body: Readable.from([Buffer.from('thanks')]),
  ...more,
});

function outboundThat(respond: (request: OutboundRequest) => Promise<OutboundAnswer>) {
  const sent: OutboundRequest[] = [];
  const outbound: Outbound = {
    send: (request) => {
      sent.push(request);
      return respond(request);
    },
  };
  return { outbound, sent };
}

const send = async (respond: (request: OutboundRequest) => Promise<OutboundAnswer>, given: WebhookTarget = target) => {
  const { outbound, sent } = outboundThat(respond);
  const message = composeMessage(given, '{"id":"e"}', 'registry.example');
  const result = await deliver({ outbound, clock: new FakeClock() }, given, message, never);
  return { ...result, sent };
};

describe('a delivery', () => {
  it('posts the content as JSON with the custom headers, and follows no redirect', async () => {
    const { sent } = await send(async () => answer());
    expect(sent).toMatchObject([
      {
        method: 'POST',
        url: new URL(target.serviceUri),
        headers: { 'Content-Type': 'application/json', ...target.customHeaders },
        body: '{"id":"e"}',
        timeoutMs: DELIVERY_MS,
      },
    ]);
    expect(sent[0]?.redirects ?? 0).toBe(0);
  });

  it('lets a custom header take the place of the content type, however it is spelled', async () => {
    const given = { ...target, customHeaders: { 'content-TYPE': 'application/vnd.corp+json' } };
    const { sent, request } = await send(async () => answer(), given);
    expect(sent[0]?.headers).toEqual({ 'Content-Type': 'application/vnd.corp+json' });
    expect(request.headers).toEqual({ 'Content-Type': 'application/vnd.corp+json', 'Content-Length': '10' });
  });

  it('is recorded as Azure does, with what is secret masked', async () => {
    const headers = { 'content-length': '6', 'set-cookie': 'session=abc' };
    const { request, response } = await send(async () => answer({ status: 202, reason: 'Accepted', headers }));
    expect(request).toEqual({
      headers: {
        'Content-Type': 'application/json',
        Authorization: '******',
        'X-Team': '******',
        'Content-Length': '10',
      },
      method: 'POST',
      requestUri: 'https://hooks.example/******',
      version: '1.1',
    });
    expect(response).toEqual({
      content: 'thanks',
      headers: { 'Content-Length': '6', 'Set-Cookie': '******' },
      reasonPhrase: 'Accepted',
      statusCode: '202',
      version: '1.1',
    });
    const plain = await send(async () => answer(), { serviceUri: 'http://myservice.example', customHeaders: {} });
    expect(plain.request.requestUri).toBe('http://myservice.example');
  });

  it('keeps no secret that a receiver sends back', async () => {
    const echo = `you sent Bearer SECRETHEADER and SECRETTEAM to /services/T0/SECRETPATH`;
    const { request, response } = await send(async () =>
      answer({ headers: { 'x-echo': echo }, body: Readable.from([Buffer.from(echo)]) }),
    );
    expect(JSON.stringify([request, response])).not.toMatch(/SECRET/);
    expect(response.content).toBe('you sent ****** and ****** to ******');
  });

  it('keeps a few KiB of an answer, whatever its length', async () => {
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(1024, 'x');
      })(),
    );
    const { response } = await send(async () => answer({ body: endless, headers: { 'x-long': 'y'.repeat(50_000) } }));
    expect(response.content.length).toBeLessThanOrEqual(4097);
    expect(JSON.stringify(response).length).toBeLessThan(10_000);
    expect(endless.destroyed).toBe(true);
  });

  it('has the status as its result even when the body breaks off', async () => {
    const broken = new Readable({ read() {} });
    queueMicrotask(() => broken.destroy(new Error('reset')));
    const { response } = await send(async () => answer({ status: 500, reason: 'Oops', body: broken }));
    expect(response).toMatchObject({ statusCode: '500', reasonPhrase: 'Oops' });
  });

  it('that was refused or failed says so in the place of an answer', async () => {
    const { response } = await send(async () => {
      throw refused(new URL(target.serviceUri), 'it is a loopback address');
    });
    expect(response).toEqual({
      content: expect.stringContaining('https://hooks.example is not called from this site: it is a loopback address'),
      headers: {},
      reasonPhrase: 'Refused',
    });
    const failed = await send(async () => {
      throw new Error('SECRET inner text');
    });
    expect(failed.response).toMatchObject({ reasonPhrase: 'Failed' });
    expect(JSON.stringify(failed.response)).not.toContain('SECRET');
  });

  it('ends after its time as a whole, however slowly an answer drips', async () => {
    const clock = new FakeClock();
    const { outbound } = outboundThat(
      ({ signal }) =>
        new Promise((_, reject) => {
          signal?.addEventListener('abort', () => reject(new Error('late')), { once: true });
        }),
    );
    const delivery = deliver({ outbound, clock }, target, { headers: {}, body: '{}' }, never);
    clock.advance(DELIVERY_MS);
    expect((await delivery).response.reasonPhrase).toBe('Failed');
  });

  it('has no result when the server stops, since it will be taken up again', async () => {
    const stop = new AbortController();
    const { outbound } = outboundThat(async () => {
      stop.abort(new Error('the server stops'));
      throw new Error('aborted');
    });
    const delivery = deliver({ outbound, clock: new FakeClock() }, target, { headers: {}, body: '{}' }, stop.signal);
    await expect(delivery).rejects.toThrow('the server stops');
  });
});

describe('the content of an event', () => {
  const payload = {
    target: {
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      size: 524,
      digest: 'sha256:ab',
      repository: 'hello-world',
      tag: 'v1',
    },
    principal: 'somebody',
    correlationId: '0f8fad5b-d9cb-469f-a165-70867728950e',
    request: { method: 'PUT', userAgent: 'docker/28.5.2' },
  };
  const facts = {
    id: 'event',
    time: new Date('2026-11-17T16:52:01.343Z'),
    payload,
    host: 'registry.azsacr.local.example',
  };

  it('of a push is to the letter what Azure sends', () => {
    expect(eventContent('push', facts)).toBe(
      '{"id":"event","timestamp":"2026-11-17T16:52:01.343Z","action":"push",' +
        '"target":{"mediaType":"application/vnd.oci.image.manifest.v1+json","size":524,"digest":"sha256:ab","length":524,"repository":"hello-world","tag":"v1"},' +
        '"request":{"id":"0f8fad5b-d9cb-469f-a165-70867728950e","host":"registry.azsacr.local.example","method":"PUT","useragent":"docker/28.5.2"}}',
    );
  });

  it('of a deletion has neither size nor tag', () => {
    const deleted = { ...payload, tags: ['v1'], request: { method: 'DELETE', userAgent: undefined } };
    expect(JSON.parse(eventContent('delete', { ...facts, payload: deleted }))).toEqual({
      id: 'event',
      timestamp: '2026-11-17T16:52:01.343Z',
      action: 'delete',
      target: { mediaType: payload.target.mediaType, digest: 'sha256:ab', repository: 'hello-world' },
      request: { id: payload.correlationId, host: facts.host, method: 'DELETE', useragent: '' },
    });
  });

  it('of a deletion names the tags that went with it for who asked for that', () => {
    const deleted = { ...payload, tags: ['v1', 'v2'], request: { method: 'DELETE', userAgent: undefined } };
    const content = JSON.parse(eventContent('delete', { ...facts, payload: deleted, deletedTags: true })) as object;
    expect(content).toMatchObject({ target: { digest: 'sha256:ab', tags: ['v1', 'v2'] } });
    const untagged = JSON.parse(
      eventContent('delete', { ...facts, payload: { ...payload, tags: [] }, deletedTags: true }),
    ) as object;
    expect(untagged).toMatchObject({ target: { tags: [] } });
  });

  it('of a tag that was taken away is that of a deletion, with the tag', () => {
    const untagged = { ...payload, request: { method: 'DELETE', userAgent: 'az' } };
    expect(JSON.parse(eventContent('untag', { ...facts, payload: untagged }))).toMatchObject({
      action: 'untag',
      target: { mediaType: payload.target.mediaType, digest: 'sha256:ab', repository: 'hello-world', tag: 'v1' },
      request: { method: 'DELETE' },
    });
  });

  it('of the quarantine has the shape of a push', () => {
    const { action, target: about } = JSON.parse(eventContent('quarantine', facts)) as Record<string, unknown>;
    expect([action, about]).toEqual(['quarantine', { ...payload.target, length: 524 }]);
  });

  it('of a ping is its id, its time and its name', () => {
    expect(pingContent('event', facts.time)).toBe(
      '{"id":"event","timestamp":"2026-11-17T16:52:01.343Z","action":"ping"}',
    );
  });
});
