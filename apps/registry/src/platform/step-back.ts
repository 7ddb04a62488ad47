/**
 * Lets whatever else runs go before the thread that calls it: on Linux each thread has a priority of its own, elsewhere nothing
 * happens. Uses nothing outside itself, so that it can be put before the source text of a thread's program.
 * https://man7.org/linux/man-pages/man2/setpriority.2.html#NOTES
 */
export function stepBack(): void {
  const { readlinkSync } = process.getBuiltinModule('node:fs');
  const { setPriority } = process.getBuiltinModule('node:os');
  try {
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), 10);
  } catch {
    // No Linux: it goes on beside the others.
  }
}
