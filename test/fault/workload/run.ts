// The recorded process: a random history of several clients on the real stores. Started by record-history.ts.
import { openSync, writeSync } from 'node:fs';
import { PLANTED_BUGS } from '../planted.ts';
import { Random } from '../random.ts';
import { Client, Memory } from './client.ts';
import { directAccess } from './direct-access.ts';
import type { Mark } from './operation.ts';
import { createRegistryRow, openComposition } from './stores.ts';

export interface WorkloadOptions {
  readonly root: string;
  readonly marks: string;
  readonly seed: number;
  readonly operations: number;
  readonly clients: number;
  /** Where the numbers of the operations start; those of an earlier life are below. */
  readonly firstNumber?: number | undefined;
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
await createRegistryRow(composition.metadata);
mark({ mark: 'ready' });

const access = directAccess(composition);
const memory = new Memory();
const first = options.firstNumber ?? 0;
memory.count = first;
await Promise.all(
  Array.from({ length: options.clients }, async () => {
    const client = new Client(access, random.fork(), memory, mark);
    while (memory.count < first + options.operations) await client.step();
  }),
);
await composition.close();
