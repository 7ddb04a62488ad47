import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { type CollectedSlice, collectSlice, type GarbageSlice } from '../collector.ts';
import { SqliteBlobWriter } from './blobs.ts';
import type { CollectorAnswer, CollectorRequest } from './collector-thread.ts';
import { Connection } from './session.ts';

// The program of the collector's thread: one transaction for each slice. Who asked syncs the log.

const { path, timeout } = workerData as { path: string; timeout: number };

/** When it is first asked: what fails is an answer, too. */
function open() {
  const database = new DatabaseSync(path, { timeout });
  database.exec(
    'PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -8192; PRAGMA trusted_schema = OFF',
  );
  return { database, blobs: new SqliteBlobWriter(new Connection(database)) };
}
let opened: ReturnType<typeof open> | undefined;

async function take({ database, blobs }: ReturnType<typeof open>, slice: GarbageSlice): Promise<CollectedSlice> {
  database.exec('BEGIN IMMEDIATE');
  try {
    const collected = await collectSlice(blobs, slice);
    database.exec('COMMIT');
    return collected;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

async function answer({ ask, todo }: CollectorRequest): Promise<CollectorAnswer> {
  try {
    if (todo === 'close') {
      opened?.database.close();
      return { ask };
    }
    opened ??= open();
    return todo === 'open' ? { ask } : { ask, collected: await take(opened, todo) };
  } catch (error) {
    const { message, errcode } = error as Error & { errcode?: unknown };
    return { ask, failed: { message, errcode } };
  }
}

parentPort?.on('message', (request: CollectorRequest) => {
  void answer(request).then((told) => parentPort?.postMessage(told));
});
