/** What a process uses, from /proc. */
import { readFileSync, writeFileSync } from 'node:fs';

/** The kernel counts CPU time in these, USER_HZ, on every architecture that Holdfast runs on. */
const TICKS_PER_SECOND = 100;

/** User and system time of all its threads, ended ones included. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // Behind the name, which may hold blanks: state is the 3rd field, utime the 14th, stime the 15th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function statusBytes(pid: number, key: 'VmRSS' | 'VmHWM'): number {
  const match = new RegExp(`^${key}:\\s*(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
  return Number(match?.[1] ?? 0) * 1024;
}

export function residentBytes(pid: number): number {
  return statusBytes(pid, 'VmRSS');
}

export interface Usage {
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  /** True when the kernel would not reset its own mark, and the peak is the highest of samples. */
  readonly sampled: boolean;
}

/** From now until `end` is called. */
export function watchUsage(pid: number): { end(): Usage } {
  const sampled = !resetPeak(pid);
  let highest = residentBytes(pid);
  const sample = () => {
    highest = Math.max(highest, residentBytes(pid));
  };
  const timer = sampled ? setInterval(sample, 50) : undefined;
  const before = cpuSeconds(pid);
  return {
    end() {
      clearInterval(timer);
      sample();
      const peakBytes = sampled ? highest : statusBytes(pid, 'VmHWM');
      return { cpuSeconds: cpuSeconds(pid) - before, peakBytes, sampled };
    },
  };
}

/** proc(5): writing 5 sets the peak back to what is resident now. */
function resetPeak(pid: number): boolean {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
    return true;
  } catch {
    return false;
  }
}
