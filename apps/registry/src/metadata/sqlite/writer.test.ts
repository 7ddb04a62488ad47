import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Thread, ThreadEnded } from '../../platform/thread.ts';
import { Connection } from './session.ts';
import { Writer } from './writer.ts';

let db: DatabaseSync;
beforeEach(() => {
  db = new DatabaseSync(':memory:');
});
afterEach(() => db.close());

const dying = () => process.exit(1);
const work = (writer: Writer) =>
  writer.submit((session) => {
    session.wrote = true;
    return 'done';
  });

it('a transaction in a thread that ends is refused, and no other one is', async () => {
  const sync = vi.fn(async () => {});
  const log = { sync, publish: () => {}, settle: () => {}, checkpointDue: () => false, checkpoint: async () => {} };
  const writer = new Writer(new Connection(db), log);
  const thread = new Thread<object, { ask: number }>(dying, { name: 'dying' });
  const asked = writer.submitCollector(() => thread.ask({}));
  await expect(asked).rejects.toMatchObject({ kind: 'unavailable', cause: expect.any(ThreadEnded) });
  expect(sync).toHaveBeenCalled(); // it may have been committed just before
  expect(writer.broken).toBeUndefined();
  expect(await work(writer)).toBe('done');
});

it('a transaction elsewhere that fails otherwise is believed: nothing is accepted any more', async () => {
  const writer = new Writer(new Connection(db), undefined);
  await expect(writer.submitCollector(() => Promise.reject(new Error('EIO')))).rejects.toThrow('not be written');
  await expect(work(writer)).rejects.toBe(writer.broken);
});

it('a checkpoint whose thread ends is made again, and nothing is refused', async () => {
  const checkpoint = vi.fn(async () => {});
  checkpoint.mockRejectedValueOnce(new ThreadEnded('checkpoint'));
  let due = true;
  const log = { sync: async () => {}, publish: () => {}, settle: () => {}, checkpointDue: () => due, checkpoint };
  const writer = new Writer(new Connection(db), log);
  for (let i = 0; i < 3; i++) expect(await work(writer)).toBe('done');
  due = false;
  await writer.close();
  expect(writer.broken).toBeUndefined();
  expect(checkpoint.mock.calls.length).toBeGreaterThan(1);
});
