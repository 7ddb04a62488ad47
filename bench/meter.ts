/** Counts what the load client gets done, and runs its clock. */
import { type Answer, Connection } from './connection.ts';
import type { Result, Target } from './jobs.ts';
import { watchUsage } from './process-usage.ts';

export class Meter {
  readonly connections: Connection[] = [];
  readonly target: Target;
  readonly digests: string[] = [];
  readonly #latencies: number[] = [];
  #bytes = 0;
  #errors = 0;
  #firstError: string | undefined;

  constructor(target: Target) {
    this.target = target;
  }

  /** As late as can be: a server closes what is silent for long, and some jobs prepare for long. */
  async open(count: number): Promise<void> {
    const opening = Array.from({ length: count }, () => Connection.open('127.0.0.1', this.target.port));
    this.connections.push(...(await Promise.all(opening)));
  }

  head(method: string, path: string, ...headers: string[]): string {
    const { authorization, port } = this.target;
    const lines = [`${method} ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, ...headers];
    if (authorization) lines.push(`Authorization: ${authorization}`);
    return `${lines.join('\r\n')}\r\n\r\n`;
  }

  /** One unit of work that began at `begun`. */
  done(begun: number, bytes: number): void {
    this.#latencies.push(performance.now() - begun);
    this.#bytes += bytes;
  }

  error(text: string): void {
    this.#errors += 1;
    this.#firstError ??= text;
  }

  /** True when the answer is the one that must come; otherwise it is an error. */
  check(answer: Answer, status: number, what: string, bytes?: number): boolean {
    if (answer.status !== status) this.error(`${what}: ${answer.status} instead of ${status}`);
    else if (bytes !== undefined && answer.bytes !== bytes)
      this.error(`${what}: ${answer.bytes} bytes instead of ${bytes}`);
    else return true;
    return false;
  }

  /** Runs `work` on every connection at once, with the clock running. A connection that breaks off is an error. */
  async run(work: (connection: Connection, index: number) => Promise<void>): Promise<Result> {
    // What the preparation counted is not part of it.
    this.#latencies.length = 0;
    this.#bytes = 0;
    const usage = watchUsage(this.target.pid);
    const cpu = process.cpuUsage();
    const begun = performance.now();
    const failed = (error: unknown) => this.error(error instanceof Error ? error.message : String(error));
    await Promise.all(this.connections.map((connection, i) => work(connection, i).catch(failed)));
    const seconds = (performance.now() - begun) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const { cpuSeconds, peakBytes, sampled } = usage.end();
    const sorted = Float64Array.from(this.#latencies).sort();
    const quantile = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
    return {
      seconds,
      done: sorted.length,
      bytes: this.#bytes,
      p50Ms: quantile(0.5),
      p99Ms: quantile(0.99),
      errors: this.#errors,
      firstError: this.#firstError,
      serverCpuSeconds: cpuSeconds,
      serverPeakBytes: peakBytes,
      serverPeakSampled: sampled,
      clientCpuSeconds: (user + system) / 1e6,
      digests: this.digests,
    };
  }
}
