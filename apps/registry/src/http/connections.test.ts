import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { RawConnection } from '../../../../test/support/http-client.ts';
import { Connections } from './connections.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** A server that says for itself when it answers. */
async function serve(host: string) {
  const connections = new Connections();
  const answers: ServerResponse[] = [];
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    connections.inTurn(request, response, () => answers.push(response));
  });
  connections.watch(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const dial = async (address: string, localPort?: number) => {
    const connection = await RawConnection.open(`http://${address}:${port}`, localPort);
    cleanups.push(() => connection.close());
    return connection;
  };
  return { connections, server, answers, dial };
}

async function until(so: () => boolean): Promise<void> {
  while (!so()) await sleep(5);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

it('a download whose head was sent before the stop ends its connection when it is whole', async () => {
  const { connections, server, answers, dial } = await serve('127.0.0.1');
  const connection = await dial('127.0.0.1');
  await connection.write(GET);
  await until(() => answers.length === 1);
  answers[0]?.writeHead(200, { 'Content-Length': 8 });
  answers[0]?.write('half');
  await until(() => connection.rest.includes('half'));
  const closed = new Promise((resolve) => server.close(resolve));
  connections.closeSilent();
  answers[0]?.end('done');
  const answer = await connection.answer();
  expect([answer.header('Connection'), answer.text]).toEqual(['keep-alive', 'halfdone']);
  await connection.closed();
  await closed;
});

it('a request that waits behind such a download is still answered, as the last one', async () => {
  const { connections, answers, dial } = await serve('127.0.0.1');
  const connection = await dial('127.0.0.1');
  await connection.write(GET + GET);
  await until(() => answers.length === 1);
  answers[0]?.writeHead(200, { 'Content-Length': 3 });
  answers[0]?.flushHeaders();
  connections.closeSilent();
  answers[0]?.end('one');
  expect((await connection.answer()).text).toBe('one');
  await until(() => answers.length === 2);
  answers[1]?.writeHead(200, { 'Content-Length': 3, Connection: 'close' }).end('two');
  expect((await connection.answer()).text).toBe('two');
  await connection.closed();
});

it('two connections from one port of a client to two addresses of the site are both known', async () => {
  const { connections, dial } = await serve('0.0.0.0');
  const port = await freePort();
  const first = await dial('127.0.0.1', port);
  const second = await dial('127.0.0.2', port);
  expect([first.socket.localPort, second.socket.localPort]).toEqual([port, port]);
  await sleep(20);
  connections.closeSilent();
  await Promise.all([first.closed(), second.closed()]);
});
