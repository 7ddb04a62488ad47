import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { CrashReport, CrashRun } from '../crash/run.ts';
import type { Part, Score } from '../score.ts';

const PER_HISTORY = 40;
const SERVE_EACH = 25;
const PROGRAM = join(import.meta.dirname, '../crash/run.ts');

/** Crashes and power losses at every step of random histories, each followed by a restart. */
export const crashes: Part = {
  name: 'crashes',
  what: 'crashes and power losses of random histories',
  run: async ({ score, seed, schedules, folder, recorder }) => {
    if (!recorder) return;
    const histories = Array.from({ length: Math.ceil(schedules / PER_HISTORY) }, (_, i) => ({
      seed: seed + i,
      schedules: Math.min(PER_HISTORY, schedules - i * PER_HISTORY),
    }));
    const processes = Math.min(histories.length, Math.max(1, availableParallelism()));
    const totals = { histories: 0, schedules: 0, served: 0, records: 0 };
    const begun = performance.now();
    await Promise.all(
      Array.from({ length: processes }, (_, i) => {
        const own = histories.filter((__, place) => place % processes === i);
        return runProcess({ recorder, folder, histories: own, serveEach: SERVE_EACH }, (report) => {
          take(score, report);
          totals.histories += 1;
          totals.schedules += report.schedules;
          totals.served += report.served;
          totals.records += report.records;
        });
      }),
    );
    const seconds = (performance.now() - begun) / 1000;
    console.log(
      `   ${totals.schedules} schedules of ${totals.histories} histories (${totals.records} recorded calls), ` +
        `${(totals.schedules / seconds).toFixed(1)}/s; the whole server was started on ${totals.served}`,
    );
  },
};

function take(score: Score, { seed, schedules, failures }: CrashReport): void {
  score.passed += schedules - failures.length;
  for (const { complaints, kept } of failures) {
    const again = kept ? [`again: node test/fault/run.ts --replay ${kept}`] : [];
    score.check(`a crash of the history with seed ${seed}`, [...complaints, ...again]);
  }
}

function runProcess(run: CrashRun, onReport: (report: CrashReport) => void): Promise<void> {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(run)], { stdio: ['ignore', 'pipe', 'inherit'] });
  createInterface({ input: child.stdout }).on('line', (line) => onReport(JSON.parse(line) as CrashReport));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`a process of crashes ended with ${signal ?? code}`));
    });
  });
}
