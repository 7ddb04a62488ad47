/** Counts what held and tells what did not. */
export class Score {
  passed = 0;
  failed = 0;

  check(what: string, complaints: readonly string[] | boolean): void {
    const list = typeof complaints === 'boolean' ? (complaints ? [] : ['']) : complaints;
    if (list.length === 0) {
      this.passed += 1;
      return;
    }
    this.failed += 1;
    console.log(`   FAILED ${what}`);
    for (const complaint of list) if (complaint) console.log(`          ${complaint}`);
  }

  /** Runs `work`, which counts by itself; what it throws is a failure. */
  async guard(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.check(what, [error instanceof Error ? (error.stack ?? error.message) : String(error)]);
    }
  }

  /** One check that is passed when `work` throws nothing and complains of nothing. */
  async trial(what: string, work: () => Promise<readonly string[]>): Promise<void> {
    try {
      this.check(what, await work());
    } catch (error) {
      this.check(what, [error instanceof Error ? (error.stack ?? error.message) : String(error)]);
    }
  }
}

export interface PartContext {
  readonly score: Score;
  readonly seed: number;
  readonly schedules: number;
  /** A folder of this part, gone afterwards; in memory where there is room. */
  readonly folder: string;
  /** The compiled recorder; undefined without a C compiler. */
  readonly recorder: string | undefined;
}

export interface Part {
  readonly name: string;
  readonly what: string;
  run(context: PartContext): Promise<void>;
}
