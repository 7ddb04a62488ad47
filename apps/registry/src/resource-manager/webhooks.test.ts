import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AzureSite, codeOf, REGISTRIES, startAzureSite, valuesOf } from '../../../../test/support/azure-site.ts';
import { pushImage } from '../distribution/test-content.ts';
import { startReceiver, type TestReceiver } from '../outbound/test-receiver.ts';

let site: AzureSite;
let receiver: TestReceiver;
beforeAll(async () => {
  receiver = await startReceiver((_, response) => void response.writeHead(200, { 'X-Seen': 'yes' }).end('thanks'));
  const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
  site = await startAzureSite({ config: 'outbound: { allow: [hooks.example] }\n', resolve });
});
afterAll(async () => {
  await receiver.stop();
  expect(site.problems).toEqual([]);
  await site.stop();
});

const registry = () => `${site.group}/${REGISTRIES}/registry`;
const path = (name: string) => `${registry()}/webhooks/${name}`;
const uri = () => `http://hooks.example:${receiver.port}/in?key=SECRET`;
const body = (properties: Record<string, unknown> = {}) => ({
  location: 'local',
  properties: { serviceUri: uri(), actions: ['push', 'delete'], ...properties },
});
const put = (name: string, given: unknown = body()) => site.arm('PUT', path(name), { body: given });

interface Event {
  id: string;
  state: string;
  attempts: number;
  eventRequestMessage: { content: Record<string, unknown>; headers: Record<string, string>; requestUri: string };
  eventResponseMessage?: { statusCode?: string; content: string; reasonPhrase: string };
}

/** The events of a webhook once there are as many that are done. */
async function eventsOf(name: string, count: number): Promise<Event[]> {
  for (let tries = 0; tries < 200; tries++) {
    const events = valuesOf<Event>(await site.arm('POST', `${path(name)}/listEvents`));
    if (events.filter((event) => event.eventResponseMessage).length >= count) return events;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${name} has not ${count} events`);
}

describe('a webhook', () => {
  it('is made, shown and listed without its address and headers', async () => {
    const made = await put('Hook01', {
      ...body({ customHeaders: { Authorization: 'Bearer SECRET' }, scope: 'team/app:*' }),
      tags: { a: 'b' },
    });
    expect(made.status, made.text).toBe(201);
    expect(made.json()).toEqual({
      id: path('Hook01'),
      name: 'Hook01',
      type: 'Microsoft.ContainerRegistry/registries/webhooks',
      location: 'local',
      tags: { a: 'b' },
      properties: {
        status: 'enabled',
        scope: 'team/app:*',
        actions: ['push', 'delete'],
        provisioningState: 'Succeeded',
      },
    });
    const shown = await site.arm('GET', path('HOOK01'));
    const listed = await site.arm('GET', `${registry()}/webhooks`);
    expect([shown.text, valuesOf(listed)]).toEqual([made.text, expect.arrayContaining([made.json()])]);
    expect(made.text + shown.text + listed.text).not.toContain('SECRET');
  });

  it('tells address and headers to who may ask for the callback config, and to nobody else', async () => {
    await put('config01', body({ customHeaders: { 'X-Key': 'SECRET' } }));
    const config = await site.arm('POST', `${path('config01')}/getCallbackConfig`);
    expect([config.status, config.json()]).toEqual([200, { serviceUri: uri(), customHeaders: { 'X-Key': 'SECRET' } }]);
    const reader = await site.robot('Reader', registry());
    const refused = await site.arm('POST', `${path('config01')}/getCallbackConfig`, { as: reader.token });
    expect([refused.status, codeOf(refused)]).toEqual([403, 'AuthorizationFailed']);
    expect((await site.arm('GET', path('config01'), { as: reader.token })).status).toBe(200);
  });

  it('is changed by PATCH in what it names, and by PUT as a whole', async () => {
    await put('change01', { ...body({ customHeaders: { A: 'b' }, scope: 'a:b' }), tags: { a: 'b' } });
    const patched = await site.arm('PATCH', path('change01'), { body: { properties: { status: 'disabled' } } });
    expect([patched.status, patched.json()]).toMatchObject([
      200,
      { tags: { a: 'b' }, properties: { status: 'disabled', scope: 'a:b' } },
    ]);
    const config = (await site.arm('POST', `${path('change01')}/getCallbackConfig`)).json();
    expect(config).toEqual({ serviceUri: uri(), customHeaders: { A: 'b' } });
    const again = await put('CHANGE01', body({ actions: ['quarantine'] }));
    expect([again.status, again.json()]).toMatchObject([
      200,
      { name: 'change01', tags: {}, properties: { status: 'enabled', scope: '', actions: ['quarantine'] } },
    ]);
    expect((await site.arm('POST', `${path('change01')}/getCallbackConfig`)).json()).toEqual({
      serviceUri: uri(),
      customHeaders: {},
    });
  });

  it('is deleted once, and then it is not there', async () => {
    await put('gone01');
    expect((await site.arm('DELETE', path('gone01'))).status).toBe(200);
    expect((await site.arm('DELETE', path('gone01'))).status).toBe(204);
    const asked = await site.arm('GET', path('gone01'));
    expect([asked.status, codeOf(asked)]).toEqual([404, 'ResourceNotFound']);
    for (const [method, action] of [
      ['POST', '/ping'],
      ['POST', '/getCallbackConfig'],
      ['POST', '/listEvents'],
      ['PATCH', ''],
    ]) {
      expect((await site.arm(method as string, `${path('gone01')}${action}`, { body: {} })).status).toBe(404);
    }
  });

  it.each([
    ['serviceUri', { serviceUri: 'file:///etc/passwd' }],
    ['serviceUri', { serviceUri: 'https://user:password@hooks.example/' }],
    ['serviceUri', { serviceUri: undefined }],
    ['actions', { actions: ['push', 'pull'] }],
    ['actions', { actions: [] }],
    ['actions', { actions: undefined }],
    ['scope', { scope: 'Team/App:*' }],
    ['customHeaders', { customHeaders: { Host: 'x' } }],
    ['customHeaders', { customHeaders: { 'X-A': 'a\r\nX-B: c' } }],
    ['customHeaders', { customHeaders: { 'X-A': 5 } }],
    ['status', { status: 'on' }],
  ])('with a wrong %s is refused by its name: %j', async (property, properties) => {
    const answer = await put('wrong01', body(properties));
    expect([answer.status, codeOf(answer)]).toEqual([400, 'InvalidRequestContent']);
    expect(answer.text).toContain(`properties.${property}`);
    expect((await site.arm('GET', path('wrong01'))).status).toBe(404);
  });

  it('has a location, and a name of 5 to 50 letters and digits', async () => {
    expect(codeOf(await put('noplace1', { properties: body().properties }))).toBe('InvalidRequestContent');
    for (const name of ['hook', 'a-hook', 'a'.repeat(51)]) expect(codeOf(await put(name))).toBe('InvalidResourceName');
  });

  it('is in the list of resources for who may read it', async () => {
    await put('listed01');
    const find = async (as?: string) =>
      valuesOf<{ id: string; name: string; type: string }>(
        await site.arm('GET', `${site.group}/resources`, as === undefined ? {} : { as }),
      ).filter(({ type }) => type.endsWith('/webhooks'));
    expect(await find()).toContainEqual(
      expect.objectContaining({ id: path('listed01'), name: 'registry/listed01', location: 'local' }),
    );
    const puller = await site.robot('AcrPull', registry());
    expect(await find(puller.token)).toEqual([]);
  });

  it('does not send its saved headers to another host for whoever may not read them (A33)', async () => {
    await put('secret01', body({ customHeaders: { Authorization: 'Bearer SECRET' } }));
    const roleId = randomUUID();
    const actions = ['read', 'write', 'webhooks/read', 'webhooks/write', 'webhooks/ping/action'];
    const role = {
      roleName: roleId,
      description: '',
      permissions: [
        { actions: actions.map((action) => `Microsoft.ContainerRegistry/registries/${action}`), notActions: [] },
      ],
      assignableScopes: [site.subscription],
    };
    await site.arm('PUT', `${site.subscription}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`, {
      body: { properties: role },
    });
    const writer = await site.robot(roleId, registry());
    const patch = (properties: unknown, as?: string) =>
      site.arm('PATCH', path('secret01'), { body: { properties }, ...(as === undefined ? {} : { as }) });
    const elsewhere = `http://evil.example:${receiver.port}/in`;
    const refused = await patch({ serviceUri: elsewhere }, writer.token);
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('customHeaders')]);
    const config = async () => (await site.arm('POST', `${path('secret01')}/getCallbackConfig`)).json();
    expect(await config()).toEqual({ serviceUri: uri(), customHeaders: { Authorization: 'Bearer SECRET' } });
    expect((await patch({ serviceUri: `${uri()}&x=1` }, writer.token)).status).toBe(200); // the same host
    expect((await patch({ serviceUri: elsewhere, customHeaders: {} }, writer.token)).status).toBe(200);
    expect(await config()).toEqual({ serviceUri: elsewhere, customHeaders: {} });
    await patch({ customHeaders: { 'x-holdfast-signing-secret': 'SECRET SECRET SECRET' } });
    const masked = { 'x-holdfast-signing-secret': '******' };
    expect((await patch({ serviceUri: uri(), customHeaders: masked }, writer.token)).status).toBe(400);
    await patch({ customHeaders: { 'X-A': '1' } });
    expect((await patch({ serviceUri: uri() })).status).toBe(200); // the owner may read them
    expect((await site.arm('DELETE', path('secret01'))).status).toBe(200);
  });
});

describe('the eleventh webhook of a registry', () => {
  it('is refused, whoever comes first; one that is there can be put again', async () => {
    const other = `${site.group}/${REGISTRIES}/tenhooks`;
    await site.arm('PUT', other, { body: { location: 'local', sku: { name: 'Standard' } } });
    const make = (n: number) => site.arm('PUT', `${other}/webhooks/many${n}`, { body: body() });
    const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => make(n)));
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused.map((answer) => [answer.status, codeOf(answer)])).toEqual(Array(2).fill([403, 'QuotaExceeded']));
    expect(refused[0]?.text).toContain('Quota exceeded for resource type webhooks for the registry SKU Standard');
    const { value } = (await site.arm('GET', `${other}/listUsages`)).json<{ value: unknown[] }>();
    expect(value).toContainEqual({ name: 'Webhooks', limit: 10, currentValue: 10, unit: 'Count' });
    expect((await make(answers.findIndex(({ status }) => status === 201))).status).toBe(200);
  });

  it('and all others go with their registry', async () => {
    const other = `${site.group}/${REGISTRIES}/tenhooks`;
    expect((await site.arm('DELETE', other)).status).toBe(200);
    await site.arm('PUT', other, { body: { location: 'local', sku: { name: 'Standard' } } });
    expect(valuesOf(await site.arm('GET', `${other}/webhooks`))).toEqual([]);
  });
});

describe('what happens in a registry', () => {
  it('is told to its webhooks, and what they answered stands in their events', async () => {
    await put('pushes01', body({ scope: 'told/app:*', customHeaders: { Authorization: 'Bearer SECRET' } }));
    const image = await pushImage(site, 'told/app', { tag: 'v1' });
    await pushImage(site, 'untold/app', { tag: 'v1' });
    await eventsOf('pushes01', 1);
    await site.ask('DELETE', `/v2/told/app/manifests/${image.digest}`);
    const [deleted, pushed, ...others] = await eventsOf('pushes01', 2);
    expect(others).toEqual([]);
    expect(pushed).toMatchObject({
      eventRequestMessage: {
        content: {
          id: pushed?.id,
          action: 'push',
          target: {
            mediaType: image.mediaType,
            size: image.size,
            digest: image.digest,
            length: image.size,
            repository: 'told/app',
            tag: 'v1',
          },
          request: { host: site.bootstrap.registry.loginServer, method: 'PUT' },
        },
        headers: { 'Content-Type': 'application/json', Authorization: '******' },
        method: 'POST',
        requestUri: `http://hooks.example:${receiver.port}/******`,
        version: '1.1',
      },
      eventResponseMessage: { content: 'thanks', headers: { 'X-Seen': 'yes' }, reasonPhrase: 'OK', statusCode: '200' },
    });
    expect(deleted?.eventRequestMessage.content).toMatchObject({
      action: 'delete',
      target: { mediaType: image.mediaType, digest: image.digest, repository: 'told/app' },
      request: { method: 'DELETE' },
    });
    expect(JSON.stringify([deleted, pushed])).not.toContain('SECRET');
    const received = receiver.received.filter(({ headers }) => headers.authorization === 'Bearer SECRET');
    expect(received.map(({ url, body: text }) => [url, JSON.parse(text)])).toEqual([
      ['/in?key=SECRET', pushed?.eventRequestMessage.content],
      ['/in?key=SECRET', deleted?.eventRequestMessage.content],
    ]);
  });

  it('comes in pages, by GET as well as by POST', async () => {
    await put('paged001', body({ scope: 'paged:*' }));
    for (const tag of ['a', 'b', 'c']) await pushImage(site, 'paged', { tag });
    const all = await eventsOf('paged001', 3);
    const ids: string[] = [];
    let next: string | undefined = `${path('paged001')}/listEvents?$top=2&api-version=2019-05-01`;
    for (let page = 0; next; page++) {
      const answer = await site.ask(page === 0 ? 'POST' : 'GET', next, { as: site.owner });
      const list = answer.json<{ value: Event[]; nextLink?: string }>();
      ids.push(...list.value.map(({ id }) => id));
      next = list.nextLink?.replace(/^https?:\/\/[^/]+/, '');
    }
    expect(ids).toEqual(all.map(({ id }) => id));
  });
});

describe('what a webhook has beyond Azure', () => {
  it('is set by reserved headers, which are not sent; the signature of the body is', async () => {
    const secret = 'a secret of many letters';
    const customHeaders = {
      'X-Holdfast-Signing-Secret': secret,
      'x-holdfast-untag': 'on',
      'x-holdfast-delete-tags': 'on',
      'x-holdfast-format': 'cloudevents',
      'X-Team': 'blue',
    };
    await put('beyond01', body({ scope: 'beyond/app:*', customHeaders }));
    const image = await pushImage(site, 'beyond/app', { tag: 'v1' });
    await site.ask('PUT', `/v2/beyond/app/manifests/v2`, {
      headers: { 'Content-Type': image.mediaType },
      body: (await site.ask('GET', `/v2/beyond/app/manifests/v1`)).body,
    });
    await site.ask('DELETE', '/v2/beyond/app/manifests/v1');
    await eventsOf('beyond01', 3);
    await site.ask('DELETE', `/v2/beyond/app/manifests/${image.digest}`);
    const events = await eventsOf('beyond01', 4);
    const mine = receiver.received.filter(({ headers }) => headers['x-team'] === 'blue');
    const told = mine.map(({ body: text }) => JSON.parse(text) as { type: string; subject: string; data: unknown });
    expect(told.map(({ type, subject }) => `${type} ${subject}`)).toEqual([
      'Microsoft.ContainerRegistry.ImagePushed beyond/app:v1',
      'Microsoft.ContainerRegistry.ImagePushed beyond/app:v2',
      'holdfast.image.untagged beyond/app:v1',
      `Microsoft.ContainerRegistry.ImageDeleted beyond/app@${image.digest}`,
    ]);
    expect(told[3]?.data).toMatchObject({ target: { tags: ['v2'] } });
    for (const { headers, body: text } of mine) {
      const signature = createHmac('sha256', secret).update(text).digest('hex');
      expect(headers['x-holdfast-signature-256']).toBe(`sha256=${signature}`);
      const options = Object.keys(headers).filter((name) => name.startsWith('x-holdfast-'));
      expect(options).toEqual(['x-holdfast-signature-256']);
    }
    expect(JSON.stringify(events)).not.toContain(secret);
    await site.arm('DELETE', path('beyond01'));
  });

  it('keeps the signing secret from everybody, also from who may read the other headers', async () => {
    const customHeaders = { 'x-holdfast-signing-secret': 'SECRET SECRET SECRET', 'X-Team': 'red' };
    await put('sealed01', body({ customHeaders }));
    const config = await site.arm('POST', `${path('sealed01')}/getCallbackConfig`);
    const shown = { 'x-holdfast-signing-secret': '******', 'X-Team': 'red' };
    expect(config.json()).toEqual({ serviceUri: uri(), customHeaders: shown });
    // What was shown may be sent back, as whoever changes another header does.
    const changed = { customHeaders: { ...shown, 'X-Team': 'green' } };
    expect((await site.arm('PATCH', path('sealed01'), { body: { properties: changed } })).status).toBe(200);
    await site.arm('POST', `${path('sealed01')}/ping`);
    await eventsOf('sealed01', 1);
    const ping = receiver.received.find(({ headers }) => headers['x-team'] === 'green');
    const signature = createHmac('sha256', 'SECRET SECRET SECRET')
      .update(ping?.body ?? '')
      .digest('hex');
    expect(ping?.headers['x-holdfast-signature-256']).toBe(`sha256=${signature}`);
    // A webhook that has no secret yet has none to keep.
    const refused = await put('sealed02', body({ customHeaders: shown }));
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('x-holdfast-signing-secret')]);
  });

  it('refuses options that there are not', async () => {
    const refused = await put('wrong002', body({ customHeaders: { 'x-holdfast-colour': 'blue' } }));
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('x-holdfast-format')]);
  });
});

describe('an event that is over', () => {
  const replay = (name: string, given: object, as?: string) =>
    site.arm('POST', `${path(name)}/replayEvents`, { body: given, ...(as === undefined ? {} : { as }) });

  it('is sent again, under its id, by whoever may do that', async () => {
    await put('again001', body({ scope: 'again:*', customHeaders: { 'X-Team': 'again' } }));
    await pushImage(site, 'again', { tag: 'v1' });
    const [event] = await eventsOf('again001', 1);
    const id = event?.id ?? '';
    expect(event).toMatchObject({ state: 'done', attempts: 1 });
    expect(event?.eventRequestMessage.headers).toMatchObject({
      'X-Holdfast-State': 'done',
      'X-Holdfast-Attempts': '1',
    });
    const reader = await site.robot('Reader', registry());
    expect((await replay('again001', { event: id }, reader.token)).status).toBe(403);
    expect((await replay('again001', { event: id })).json()).toEqual({ replayed: 1 });
    const heard = () => receiver.received.filter(({ headers }) => headers['x-team'] === 'again');
    await vi.waitFor(() => expect(heard()).toHaveLength(2), 5000);
    expect(heard().map(({ body: text }) => (JSON.parse(text) as { id: string }).id)).toEqual([id, id]);
    const unknown = await replay('again001', { event: randomUUID() });
    expect([unknown.status, codeOf(unknown)]).toEqual([404, 'ResourceNotFound']);
    expect((await replay('again001', {})).json()).toEqual({ replayed: 0 });
  });

  it('is a right of its own, which the operations of the provider name', async () => {
    const { value } = (await site.arm('GET', '/providers/Microsoft.ContainerRegistry/operations')).json<{
      value: { name: string }[];
    }>();
    expect(value.map(({ name }) => name)).toContain(
      'Microsoft.ContainerRegistry/registries/webhooks/replayEvents/action',
    );
  });
});

describe('a ping', () => {
  it('is answered with its id at once, and sent to disabled webhooks, too', async () => {
    await put('pinged01', body({ status: 'disabled', scope: 'nothing:*' }));
    const answer = await site.arm('POST', `${path('pinged01')}/ping`);
    expect(answer.status).toBe(200);
    const { id } = answer.json<{ id: string }>();
    const [event] = await eventsOf('pinged01', 1);
    expect(event?.eventRequestMessage.content).toEqual({ id, timestamp: expect.any(String), action: 'ping' });
    expect(event?.eventResponseMessage).toMatchObject({ statusCode: '200' });
  });

  it('of an address that the site does not call is answered all the same; the refusal stands in the events', async () => {
    const serviceUri = `http://127.0.0.1:${receiver.port}/`;
    const before = receiver.received.length;
    await put('inner001', body({ serviceUri }));
    expect((await site.arm('POST', `${path('inner001')}/ping`)).status).toBe(200);
    const [event] = await eventsOf('inner001', 1);
    expect(event?.eventResponseMessage).toMatchObject({
      reasonPhrase: 'Refused',
      content: expect.stringContaining('it is a loopback address'),
    });
    expect(event?.eventResponseMessage?.statusCode).toBeUndefined();
    expect(receiver.received).toHaveLength(before);
  });
});
