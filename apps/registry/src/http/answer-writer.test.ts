import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AnswerWriter } from './answer-writer.ts';

/** Responses that tell in which order they end, and with what. */
function recorder() {
  const ended: string[] = [];
  const response = (name: string) => ({
    end: (body?: string | Uint8Array, encoding?: string) => {
      ended.push(body === undefined ? name : `${name}: ${body} (${encoding})`);
    },
  });
  return { ended, response };
}

/** One turn of the event loop in which these answers are given; what had ended by its end. */
async function turn(answers: AnswerWriter, { ended, response }: ReturnType<typeof recorder>, names: readonly string[]) {
  for (const name of names) answers.end(response(name), undefined);
  const atOnce = ended.splice(0);
  await nextTurn();
  return { atOnce, behind: ended.splice(0) };
}

describe('answers of one turn', () => {
  it('go out at once to who asks alone, however often', async () => {
    const answers = new AnswerWriter();
    const told = recorder();
    for (const name of ['a', 'b', 'c']) {
      expect(await turn(answers, told, [name])).toEqual({ atOnce: [name], behind: [] });
    }
  });

  it('go out together, in their order, behind the last of them', async () => {
    const answers = new AnswerWriter();
    const told = recorder();
    expect(await turn(answers, told, ['a', 'b', 'c'])).toEqual({ atOnce: ['a'], behind: ['b', 'c'] });
    expect(await turn(answers, told, ['d', 'e'])).toEqual({ atOnce: [], behind: ['d', 'e'] });
  });

  it('wait once for others that do not come, and then no more', async () => {
    const answers = new AnswerWriter();
    const told = recorder();
    await turn(answers, told, ['a', 'b']);
    expect(await turn(answers, told, ['c'])).toEqual({ atOnce: [], behind: ['c'] });
    expect(await turn(answers, told, ['d'])).toEqual({ atOnce: ['d'], behind: [] });
  });

  it('do not wait for more than 31 others', async () => {
    const answers = new AnswerWriter();
    const told = recorder();
    await turn(answers, told, ['a', 'b']);
    const names = Array.from({ length: 70 }, (_, n) => `n${n}`);
    const { atOnce, behind } = await turn(answers, told, names);
    expect(atOnce).toEqual(names.slice(0, 64));
    expect(behind).toEqual(names.slice(64));
  });

  it('find the loop awake for a moment, and leave it one turn behind each other', async () => {
    const answers = new AnswerWriter();
    const told = recorder();
    const begun = vi.spyOn(globalThis, 'setImmediate');
    const turns = async (count: number) => {
      begun.mockClear();
      for (let n = 0; n < count; n++) await nextTurn();
      return begun.mock.calls.length;
    };
    await turns(100); // those of the tests before are asleep then
    await turn(answers, told, ['a']);
    await turn(answers, told, ['b']); // while it is awake
    expect(await turns(5)).toBe(5);
    expect(await turns(100)).toBeLessThan(50);
    await turn(answers, told, ['c']); // behind a wait in vain
    expect(await turns(5)).toBe(0);
    begun.mockRestore();
  });

  it('carry their bodies as latin1', async () => {
    const answers = new AnswerWriter();
    const { ended, response } = recorder();
    answers.end(response('text'), 'é');
    answers.end(response('none'), undefined);
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
    const answers = new AnswerWriter();
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
    const received = clients.map(async ({ name, socket }) => {
      let text = '';
      for await (const bytes of socket.on('error', () => undefined)) text += String(bytes);
      return `${name}: ${text.split('\r\n').at(-1)}`;
    });
    // The first one is written at once, so it must not be that one.
    for (const response of waiting.toSorted((a, b) => Number(a === left) - Number(b === left))) {
      response.writeHead(200, { 'Content-Length': 2 });
      answers.end(response, 'ok');
    }
    left?.destroy(); // answered, and cut before its answer was written
    expect(await Promise.all(received)).toEqual(['a: ok', 'b: ', 'c: ok']);
  });
});
