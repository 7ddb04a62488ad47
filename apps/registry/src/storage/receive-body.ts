import type { Readable } from 'node:stream';

/** Takes one chunk; a promise holds the body back until it resolves. */
export type TakeChunk = (chunk: Buffer) => Promise<void> | undefined;

/** `take`, with each chunk admitted first. */
export function admitting(
  take: TakeChunk,
  admit: ((received: number) => Promise<void> | undefined) | undefined,
): TakeChunk {
  if (!admit) return take;
  let received = 0;
  return (chunk) => {
    received += chunk.byteLength;
    const hold = admit(received);
    return hold ? hold.then(() => take(chunk)) : take(chunk);
  };
}

/**
 * Feeds every chunk of `body` to `take`, uncopied: `for await` would join whatever has piled up into a new buffer.
 * Rejects with the body's own error, with the signal's reason, or with what `take` threw. The body is then left paused
 * and is not destroyed, because an HTTP body shares its socket with the answer that still has to be written.
 */
export function receiveBody(body: Readable, take: TakeChunk, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let settled = false;
    let ended = false;
    let waiting = false;

    const settle = (): boolean => {
      if (settled) return false;
      settled = true;
      body.pause();
      body.off('data', onData).off('end', onEnd).off('close', onClose).off('error', fail);
      body.on('error', () => {}); // a late error of a body that nobody reads any more must not end the process
      signal?.removeEventListener('abort', onAbort);
      return true;
    };
    const fail = (error: unknown): void => {
      if (settle()) reject(error);
    };
    const onAbort = (): void => fail(signal?.reason);
    const onEnd = (): void => {
      ended = true;
      if (!waiting && settle()) resolve();
    };
    const onClose = (): void => {
      if (!ended) fail(body.errored ?? prematureEnd());
    };
    const onData = (chunk: unknown): void => {
      try {
        const hold = take(asBuffer(chunk));
        if (hold === undefined) return;
        waiting = true;
        body.pause();
        hold.then(() => {
          waiting = false;
          if (ended) onEnd();
          else if (!settled) body.resume();
        }, fail);
      } catch (error) {
        fail(error);
      }
    };

    if (signal?.aborted) return onAbort();
    if (body.errored) return fail(body.errored);
    if (body.readableEnded) return onEnd();
    if (body.destroyed) return fail(prematureEnd());
    signal?.addEventListener('abort', onAbort, { once: true });
    body.on('error', fail).on('end', onEnd).on('close', onClose).on('data', onData);
  });
}

function asBuffer(chunk: unknown): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk;
  if (chunk instanceof Uint8Array) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (typeof chunk === 'string') return Buffer.from(chunk);
  throw new TypeError('A body must consist of bytes.');
}

function prematureEnd(): Error {
  return Object.assign(new Error('The body ended before it was complete.'), { code: 'ERR_STREAM_PREMATURE_CLOSE' });
}
