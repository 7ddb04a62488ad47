import { type DestinationStream, destination } from 'pino';

/** What is kept in memory of a log that cannot be written just now; lines beyond it are counted instead. */
const KEPT_BYTES = 4 * 1024 * 1024;
/** Characters of lines that are handed over together: each time pino's stream counts the bytes of up to 16 KiB that it has, and wakes a thread. */
const BATCH = 16 * 1024;
/** Of pino's stream: it writes whatever it gets. With 0 its timer, which also tries again what could not be written, would do nothing. */
const WRITE_AT_ONCE = 1;

export interface LostLines {
  readonly lines: number;
  /** The system's word, for example `ENOSPC` or `EPIPE`; undefined when the log was only too slow. */
  readonly reason: string | undefined;
}

export interface LogStreamEvents {
  /** A line was lost just now. */
  readonly lost: () => void;
  /** The log can be written again, and what was kept of it is; told only if lines were lost. */
  readonly recovered: (lost: LostLines) => void;
}

/**
 * A descriptor as a log, written in batches. One that cannot be written (its disk is full, its reader is gone) must not
 * take the registry down, nor fill its memory: up to a bound the lines wait, and it is tried again with every batch.
 */
export function openLogStream(fd: number, events: LogStreamEvents): DestinationStream {
  const stream = destination({ fd, minLength: WRITE_AT_ONCE, maxLength: KEPT_BYTES, periodicFlush: 500, sync: false });
  stream.removeAllListeners('error'); // pino's own gives up for ever at the first EPIPE, but a FIFO's reader may return
  let failing: string | undefined;
  let lines = 0;
  let reason: string | undefined;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    failing = error.code ?? error.message;
  });
  stream.on('write', () => {
    failing = undefined;
  });
  stream.on('drop', (batch: string) => {
    reason = failing;
    for (let end = batch.indexOf('\n'); end >= 0; end = batch.indexOf('\n', end + 1)) {
      lines += 1;
      events.lost();
    }
  });
  stream.on('drain', () => {
    if (lines === 0 || failing !== undefined) return;
    const lost = { lines, reason };
    lines = 0;
    events.recovered(lost);
  });
  writeInBatches(stream);
  // At the end of the process it would try again and again for ever.
  const flush = stream.flushSync.bind(stream);
  stream.flushSync = () => {
    if (failing === undefined) flush();
  };
  return stream;
}

/** What is held of a batch goes out when it is full, and with whatever empties the stream: its timer, the end of the process. */
function writeInBatches(stream: ReturnType<typeof destination> & { minLength?: number }): void {
  const [write, flush, flushSync, end] = [stream.write, stream.flush, stream.flushSync, stream.end];
  let held = '';
  const handOver = (): void => {
    const batch = held;
    held = '';
    if (batch !== '') write.call(stream, batch);
  };
  stream.write = (line) => {
    held += line;
    if (held.length >= BATCH) handOver();
    return true;
  };
  stream.flush = (told) => {
    handOver();
    flush.call(stream, told);
  };
  stream.flushSync = () => {
    stream.minLength = Number.POSITIVE_INFINITY; // a thread's write would end after the process, if at all
    handOver();
    stream.minLength = WRITE_AT_ONCE;
    flushSync.call(stream);
  };
  stream.end = () => {
    handOver();
    end.call(stream);
  };
}
