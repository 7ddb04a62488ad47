/** What one line of the log takes alone, as ours writes one for each request: no HTTP, nobody who asks. */
import { type EventEmitter, once } from 'node:events';
import { mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { systemClock } from '../apps/registry/src/platform/clock.ts';
import { openLogStream } from '../apps/registry/src/telemetry/log-stream.ts';
import { createLogger } from '../apps/registry/src/telemetry/logger.ts';
import { createRequestLog } from '../apps/registry/src/telemetry/request-log.ts';

const TRIES = 3;
/** Requests of one turn of the event loop. */
const TOGETHER = 16;

/** Pino's own, which says when its file is closed. */
type LogFile = ReturnType<typeof openLogStream> & EventEmitter & { end(): void };

/** Microseconds of CPU time, of all threads: the least of three tries, each for `seconds`. */
export async function measureLogLine(folder: string, seconds: number): Promise<number> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'log-alone');
  const ignored = () => undefined;
  const stream = openLogStream(openSync(path, 'w'), { lost: ignored, recovered: ignored }) as LogFile;
  const record = createRequestLog(createLogger({ level: 'info', terminal: false, stream }), systemClock);
  const tries: number[] = [];
  for (let i = 0; i < TRIES; i++) tries.push(await oneTry(record, seconds));
  const closed = once(stream, 'close'); // with its descriptor, and what it still held written
  stream.end();
  await closed;
  rmSync(path);
  return Number(Math.min(...tries).toFixed(1));
}

async function oneTry(record: ReturnType<typeof createRequestLog>, seconds: number): Promise<number> {
  const cpu = process.cpuUsage();
  const end = performance.now() + seconds * 1000;
  let lines = 0;
  while (performance.now() < end) {
    for (let i = 0; i < TOGETHER; i++) record(lineOf(lines++));
    await nextTurn();
  }
  const { user, system } = process.cpuUsage(cpu);
  return (user + system) / lines;
}

/** As `http/handler.ts` has them of a manifest. */
function lineOf(n: number) {
  return {
    method: 'GET',
    url: `/v2/bench/manifests/manifests/v${n % 64}`,
    status: 200,
    ms: (n % 100) / 10,
    bytes: 1024,
    route: 'manifest.get',
    principal: 'admin-user:registry',
    client: '127.0.0.1',
    agent: undefined,
    correlationId: '0f8fad5b-d9cb-469f-a165-70867728950e',
  };
}
