import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BundledTag } from '@holdfast/bundle/documents';
import { digestOf } from '@holdfast/oci/digest';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Context } from '../command.ts';
import { BundleState, lastMoves } from './state.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-bundle-state-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('a line of the custody log that a full disk cut short takes no other one with it', async () => {
  const state = new BundleState({ env: {}, configDir: folder } as Context, folder);
  const applied = (created: string) => ({ action: 'applied' as const, place: 'far', created, tags: ['app:latest'] });
  await state.log(applied('2026-11-27T09:00:00.000Z'));
  appendFileSync(join(folder, 'custody.jsonl'), '{"time":"2026-11-27T10:00:00.000Z","by":"so');
  await state.log(applied('2026-11-27T11:00:00.000Z'));
  const custody = await state.custody();
  expect(custody).toHaveLength(2);
  const tag = { repository: 'app', tag: 'latest', digest: digestOf('') };
  expect(lastMoves(custody, 'far')(tag as BundledTag)).toBe('2026-11-27T11:00:00.000Z');
});
