import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeScene, inParallel, openScene, quantile, residentMiB, type Scene, smallWork } from './scene.ts';

const CROWD = 5000;
const SMALL_REQUESTS = 600;
/** Each second has so many, and in each of them another part of the crowd sends its byte. */
const TURNS = 100;
/** For each connection: socket, parser, open file and hash; nothing of what was sent. */
const MAX_KIB_EACH = 80;
/** The neighbour's 99th percentile beside the crowd may be this much longer than without it. */
const FACTOR = 3;
const ALLOWANCE_MS = 50;

/** A24: 5,000 bodies that come at one byte a second, each on a session of its own. */
export async function beside5000(dataDir: string): Promise<string[]> {
  const scene = await openScene(dataDir, { config: `uploads: { perPrincipal: ${CROWD} }` });
  const sockets: Socket[] = [];
  try {
    return await measure(scene, sockets);
  } finally {
    for (const socket of sockets) socket.destroy();
    await closeScene(scene);
  }
}

async function measure({ server, neighbour }: Scene, sockets: Socket[]): Promise<string[]> {
  const complaints: string[] = [];
  const complain = (so: boolean, text: string) => void (so && complaints.push(text));
  const alone = await smallWork(neighbour, SMALL_REQUESTS);
  const sessions: string[] = [];
  await inParallel(CROWD, 64, async () => {
    const answer = await server.client.request('POST', '/v2/drip/blobs/uploads/');
    complain(answer.status !== 202, `a session within the limit was answered with ${answer.status}`);
    sessions.push(answer.header('Location') ?? '');
  });
  const before = residentMiB(server);
  await inParallel(CROWD, 100, async (i) => {
    // From several addresses, since one alone has few ports left on a busy machine; all are loopback.
    const from = `127.0.0.${2 + (i % 8)}`;
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(server.http).port), localAddress: from });
    sockets.push(socket.on('error', () => undefined).resume());
    await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
    const head = ['Host: x', `Authorization: ${server.basic}`, 'Content-Length: 1000000', '', ''];
    socket.write([`PATCH ${sessions[i]} HTTP/1.1`, ...head].join('\r\n'));
  });
  let turn = 0;
  // Evenly, since the neighbour's times are taken in this process, too.
  const drip = setInterval(() => {
    for (let i = turn++ % TURNS; i < sockets.length; i += TURNS) sockets[i]?.write('x');
  }, 1000 / TURNS);
  await sleep(1500);
  const beside = await smallWork(neighbour, SMALL_REQUESTS);
  const refused = await server.client.request('POST', '/v2/drip/blobs/uploads/');
  const [opened] = [await neighbour.request('POST', '/v2/n/blobs/uploads/')];
  clearInterval(drip);
  const after = residentMiB(server);
  const alive = sockets.filter((socket) => !socket.destroyed).length;
  const p50s = [alone, beside].map((times) => quantile(times, 0.5).toFixed(1));
  const [p99Alone, p99Beside] = [quantile(alone, 0.99), quantile(beside, 0.99)];
  console.log(
    `   ${alive} connections drip; the neighbour's p50/p99 ${p50s[0]}/${p99Alone.toFixed(1)} ms without, ` +
      `${p50s[1]}/${p99Beside.toFixed(1)} ms beside them; memory ${before.toFixed(0)} → ${after.toFixed(0)} MiB`,
  );
  complain(alive !== CROWD, `${CROWD - alive} connections that move were closed`);
  complain(refused.status !== 429, `one session more than the limit was answered with ${refused.status}`);
  complain(opened.status !== 202, `the neighbour's own session was answered with ${opened.status}`);
  complain(p99Beside > p99Alone * FACTOR + ALLOWANCE_MS, `the neighbour waits ${p99Beside.toFixed(1)} ms`);
  complain(after - before > (CROWD * MAX_KIB_EACH) / 1024, `memory grew by ${(after - before).toFixed(0)} MiB`);
  return [...new Set(complaints)];
}
