/** The load client, a process of its own: a target and a job as JSON on stdin, a result as JSON on stdout. */
import { text } from 'node:stream/consumers';
import { Connection } from './connection.ts';
import type { Job, Result, Target } from './jobs.ts';
import { fill, push, putManifests, repeat, walk } from './load.ts';
import { Meter } from './meter.ts';

function perform(meter: Meter, job: Job): Promise<Result> {
  switch (job.kind) {
    case 'requests':
      return repeat(meter, job);
    case 'walk':
      return walk(meter, job);
    case 'put-manifests':
      return putManifests(meter, job);
    case 'push':
      return push(meter, job);
    case 'fill':
      return fill(meter, job);
  }
}

const { target, job } = JSON.parse(await text(process.stdin)) as { target: Target; job: Job };
const count = job.kind === 'walk' ? 1 : job.connections;
const opened = await Promise.all(Array.from({ length: count }, () => Connection.open('127.0.0.1', target.port)));
const result = await perform(new Meter(target, opened), job);
for (const connection of opened) connection.close();
process.stdout.write(JSON.stringify(result));
