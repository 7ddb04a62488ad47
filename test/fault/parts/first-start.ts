import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkServed } from '../check/check-served.ts';
import { BARE_POWER_LOSS, materialise, PROCESS_CRASH, powerLoss } from '../disk/crash.ts';
import { SimulatedDisk } from '../disk/simulated-disk.ts';
import { Random } from '../random.ts';
import { readRecording } from '../recorder/read-recording.ts';
import { recorderEnvironment } from '../recorder/recorder.ts';
import type { Part } from '../score.ts';

const MAIN = join(import.meta.dirname, '../../../apps/registry/src/main.ts');
const CRASHES = 30;

/** The very first start of the whole server makes keys, passwords, certificates and the database: it, too, may be cut. */
export const firstStart: Part = {
  name: 'first-start',
  what: 'crashes and power losses of the first start of the whole server',
  run: async ({ score, seed, folder, recorder }) => {
    if (!recorder) return;
    const records = await recordFirstStart(recorder, folder);
    const random = new Random(seed);
    const moments = Array.from({ length: CRASHES }, () => random.below(records.length + 1)).sort((a, b) => a - b);
    const disk = new SimulatedDisk();
    let place = 0;
    for (const [number, moment] of moments.entries()) {
      for (; place < moment; place++) {
        const record = records[place];
        if (record) disk.apply(record);
      }
      const crash = [PROCESS_CRASH, BARE_POWER_LOSS, powerLoss(random)][number % 3] ?? PROCESS_CRASH;
      const crashed = join(folder, `crashed-${number}`);
      materialise(disk, crash, random, crashed);
      await score.trial(`a crash after call ${moment} of ${records.length}: ${JSON.stringify(crash)}`, () =>
        checkServed(crashed, true),
      );
      rmSync(crashed, { recursive: true, force: true });
    }
    console.log(`   ${CRASHES} crashes within ${records.length} recorded calls`);
  },
};

/** From nothing to ready, and a stop. */
async function recordFirstStart(recorder: string, folder: string) {
  const root = join(folder, 'recorded');
  mkdirSync(root);
  const log = join(folder, 'recording');
  const env = recorderEnvironment({ recorder, root, log, marks: '', syncMicros: 1000 });
  const args = [MAIN, 'serve', '--data', root, '--http', '127.0.0.1:0', '--https', '127.0.0.1:0'];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  // It says that it is ready a moment before it listens to signals.
  child.stdout.once('data', () => setTimeout(() => child.kill('SIGTERM'), 200));
  await new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`the server ended with ${code}`))));
  });
  return readRecording(log);
}
