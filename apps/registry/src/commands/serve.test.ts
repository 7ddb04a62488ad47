import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acquireFolderLock } from '../metadata/sqlite/folder-lock.ts';

const program = join(import.meta.dirname, '../../../../bin/holdfast');

describe('a start that fails half-way', () => {
  it('says which port is taken, ends with 1 and lets go of the data folder', async () => {
    const data = await mkdtemp(join(tmpdir(), 'hf-serve-'));
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    try {
      // HTTP is listening already when HTTPS finds its port taken.
      const args = ['serve', '--data', data, '--http', '127.0.0.1:0', '--https', `127.0.0.1:${port}`];
      const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
      let told = '';
      child.stderr.on('data', (chunk: Buffer) => {
        told += chunk.toString();
      });
      const [code] = await once(child, 'close');
      expect([code, told]).toEqual([1, expect.stringContaining(`127.0.0.1:${port} of --https cannot be listened on`)]);
      acquireFolderLock(data).release();
    } finally {
      taken.close();
      await rm(data, { recursive: true });
    }
  });
});
