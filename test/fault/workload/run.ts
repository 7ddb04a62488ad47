// The recorded process: a random history of several clients on the real stores. Started by record-history.ts.
import { openSync, writeSync } from 'node:fs';
import { Random } from '../random.ts';
import { PLANTED_BUGS } from '../planted.ts';
import { Client, Memory } from './client.ts';
import type { Mark } from './operation.ts';
import { REGISTRY_ID, REGISTRY_NAME } from './operation.ts';
import { openComposition } from './stores.ts';

export interface WorkloadOptions {
  readonly root: string;
  readonly marks: string;
  readonly seed: number;
  readonly operations: number;
  readonly clients: number;
  /** Name of a planted bug. */
  readonly planted?: string | undefined;
}

const options = JSON.parse(process.argv[2] ?? '') as WorkloadOptions;
const marks = openSync(options.marks, 'a');
const mark = (value: Mark): void => {
  writeSync(marks, `${JSON.stringify(value)}\n`);
};

const random = new Random(options.seed);
const planted = options.planted === undefined ? undefined : PLANTED_BUGS[options.planted];
const composition = await openComposition(options.root, { planted });
await composition.metadata.transaction(async (tx) => {
  if (await tx.registries.byName(REGISTRY_NAME)) return;
  await tx.registries.create({ id: REGISTRY_ID, name: REGISTRY_NAME, adminUserEnabled: true, createdAt: new Date() });
});
mark({ mark: 'ready' });

const memory = new Memory();
await Promise.all(
  Array.from({ length: options.clients }, async () => {
    const client = new Client(composition, random.fork(), memory, mark);
    while (memory.count < options.operations) await client.step();
  }),
);
await composition.close();
