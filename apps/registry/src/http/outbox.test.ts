import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { Outbox } from './outbox.ts';

/** Responses that tell in which order they end, and with what. */
function recorder() {
  const ended: string[] = [];
  const response = (name: string) =>
    ({
      end: (body?: string | Uint8Array, encoding?: string) => {
        ended.push(body === undefined ? name : `${name}: ${body} (${encoding})`);
      },
    }) as unknown as ServerResponse;
  return { ended, response };
}

/** One turn of the event loop in which these answers are given; what had ended by its end. */
async function turn(outbox: Outbox, { ended, response }: ReturnType<typeof recorder>, names: readonly string[]) {
  for (const name of names) outbox.end(response(name), undefined);
  const atOnce = ended.splice(0);
  await nextTurn();
  return { atOnce, behind: ended.splice(0) };
}

describe('answers of one turn', () => {
  it('go out at once to who asks alone, however often', async () => {
    const outbox = new Outbox();
    const told = recorder();
    for (const name of ['a', 'b', 'c']) {
      expect(await turn(outbox, told, [name])).toEqual({ atOnce: [name], behind: [] });
    }
  });

  it('go out together, in their order, behind the last of them', async () => {
    const outbox = new Outbox();
    const told = recorder();
    expect(await turn(outbox, told, ['a', 'b', 'c'])).toEqual({ atOnce: ['a'], behind: ['b', 'c'] });
    expect(await turn(outbox, told, ['d', 'e'])).toEqual({ atOnce: [], behind: ['d', 'e'] });
  });

  it('wait once for others that do not come, and then no more', async () => {
    const outbox = new Outbox();
    const told = recorder();
    await turn(outbox, told, ['a', 'b']);
    expect(await turn(outbox, told, ['c'])).toEqual({ atOnce: [], behind: ['c'] });
    expect(await turn(outbox, told, ['d'])).toEqual({ atOnce: ['d'], behind: [] });
  });

  it('do not wait for more than 31 others', async () => {
    const outbox = new Outbox();
    const told = recorder();
    await turn(outbox, told, ['a', 'b']);
    const names = Array.from({ length: 70 }, (_, n) => `n${n}`);
    const { atOnce, behind } = await turn(outbox, told, names);
    expect(atOnce).toEqual(names.slice(0, 64));
    expect(behind).toEqual(names.slice(64));
  });

  it('carry their bodies as latin1', async () => {
    const outbox = new Outbox();
    const { ended, response } = recorder();
    outbox.end(response('text'), 'é');
    outbox.end(response('none'), undefined);
    await nextTurn();
    expect(ended).toEqual(['text: é (latin1)', 'none']);
  });
});

describe('on real connections', () => {
  const servers: ReturnType<typeof createServer>[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  it('one client that left meanwhile takes nothing from the others', async () => {
    const outbox = new Outbox();
    const waiting: ServerResponse[] = [];
    const server = createServer((_, response) => waiting.push(response));
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const clients = ['a', 'b', 'c'].map((name) => {
      const socket = connect(port, '127.0.0.1');
      socket.write(`GET /${name} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      return { name, socket };
    });
    while (waiting.length < clients.length) await nextTurn();
    const left = waiting.find(({ req }) => req.url === '/b');
    const answers = clients.map(async ({ name, socket }) => {
      let text = '';
      for await (const bytes of socket.on('error', () => undefined)) text += String(bytes);
      return `${name}: ${text.split('\r\n').at(-1)}`;
    });
    for (const response of waiting) {
      response.writeHead(200, { 'Content-Length': 2 });
      outbox.end(response, 'ok');
    }
    left?.destroy(); // answered, and cut before its answer was written
    expect(await Promise.all(answers)).toEqual(['a: ok', 'b: ', 'c: ok']);
  });
});
