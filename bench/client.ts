/** The load client, a process of its own: a target and a job as JSON on stdin, a result as JSON on stdout. */
import { text } from 'node:stream/consumers';
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
const meter = new Meter(target);
if (job.kind !== 'push') await meter.open(job.kind === 'walk' ? 1 : job.connections);
const result = await perform(meter, job);
for (const connection of meter.connections) connection.close();
process.stdout.write(JSON.stringify(result));
