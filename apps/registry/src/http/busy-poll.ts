/**
 * Turns of the event loop with nothing to do in them, about a microsecond each: what a client on the same machine takes for its next
 * request, and some more. Counted and not timed, because slower machines have slower clients, too (ADR 0008).
 */
const WAIT = 48;
/** Turns with answers that have no wait behind them, at most: who is always late costs a fifth of a microsecond for each. */
const MOST_SKIPPED = 255;

/**
 * Whether to stay awake for a moment behind an answer, because the next request is likely to come in it. To fall asleep and to be
 * woken is two exits to the host in a virtual machine and takes longer than most requests do. Kernels do the same for guests where
 * that is switched on (https://docs.kernel.org/virt/guest-halt-polling.html).
 *
 * Learns whether that pays: each wait in vain doubles the number of turns with answers that have none, each that was not halves it. So a
 * client behind a network, one that works on what it was told, or one that needs this core itself costs next to nothing.
 */
export class BusyPoll {
  /** Turns that are left of the wait; 0 when there is none. */
  #turns = 0;
  /** Turns with answers that have no wait, since the last one that was in vain, and how many of them are left. */
  #skipped = 0;
  #left = 0;

  /** A turn's answers went out: whether to wait for the next request. */
  begin(): boolean {
    if (this.#turns > 0) this.#skipped >>= 1;
    if (this.#left > 0) {
      this.#left -= 1;
      return false;
    }
    this.#turns = WAIT;
    return true;
  }

  /** A turn is over and nothing was answered: whether to wait on. */
  goesOn(): boolean {
    this.#turns -= 1;
    if (this.#turns > 0) return true;
    this.#turns = 0;
    this.#skipped = Math.min(2 * this.#skipped + 1, MOST_SKIPPED);
    this.#left = this.#skipped;
    return false;
  }
}
