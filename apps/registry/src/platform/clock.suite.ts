import { describe, expect, it } from 'vitest';
import type { Clock } from './clock.ts';

/** What every clock keeps to. `pass` lets about that many milliseconds go by. */
export function clockSuite(name: string, open: () => { clock: Clock; pass: (ms: number) => Promise<void> }): void {
  describe(name, () => {
    it('does not go back, and moves on when time passes', async () => {
      const { clock, pass } = open();
      const [now, monotonic] = [clock.now().getTime(), clock.monotonic()];
      await pass(20);
      expect(clock.now().getTime()).toBeGreaterThanOrEqual(now + 15);
      expect(clock.monotonic()).toBeGreaterThanOrEqual(monotonic + 15);
    });

    it('wakes a sleeper after its time and not before', async () => {
      const { clock, pass } = open();
      let awake = false;
      const sleep = clock.sleep(40).then(() => {
        awake = true;
      });
      await pass(10);
      expect(awake).toBe(false);
      await Promise.all([sleep, pass(60)]);
      expect(awake).toBe(true);
    });

    it('rejects a sleep with the reason of its signal, also of one that was aborted before', async () => {
      const { clock } = open();
      const reason = new Error('enough');
      const abort = new AbortController();
      const sleep = clock.sleep(60_000, abort.signal);
      abort.abort(reason);
      await expect(sleep).rejects.toBe(reason);
      await expect(clock.sleep(60_000, abort.signal)).rejects.toBe(reason);
    });
  });
}
