import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { DomainError } from '../platform/domain-error.ts';
import type { Exchange } from './exchange.ts';
import { isHeldBack, largeBodyOf, readByRequest } from './large-body.ts';

/** Whether the request announces a body (RFC 9112, section 6.3). */
export function hasBody(exchange: Exchange): boolean {
  const length = exchange.header('content-length');
  return exchange.header('transfer-encoding') !== undefined || (length !== undefined && length !== '0');
}

/** The request body as a stream; asks for it when the client waits for `100 Continue`, which only a caller who was let in reaches. */
export function bodyOf(exchange: Exchange): Readable {
  const { request } = exchange;
  invite(exchange);
  return largeBodyOf(request) ?? request;
}

function invite(exchange: Exchange): void {
  const { request, response } = exchange;
  if (!isUninvited(request) || response.headersSent) return;
  response.writeContinue();
  invited.add(request);
}

/** Requests that were told to go on. */
const invited = new WeakSet<Readable>();

/** Its client waits to be told that the body is welcome. */
function isUninvited(request: IncomingMessage): boolean {
  return /^100-continue$/i.test(request.headers.expect ?? '') && !invited.has(request);
}

/** Whether it is the request's client for which it waits: not all of its body is here, and it is not us who do not read on or who have not said yet that it is welcome. */
export function isAwaited(request: IncomingMessage): boolean {
  return !request.complete && !isHeldBack(request) && !isUninvited(request);
}

/** Bytes that came on the connection, while more of the request's body is waited for; undefined while it is not. */
export function awaitedBytes({ request }: Exchange): number | undefined {
  return isAwaited(request) ? request.socket.bytesRead : undefined;
}

/**
 * Reads away a body that turned out not to be needed. Most clients look for an answer when they have sent all; and where the connection closes with the
 * answer, it would be reset over unread bytes, and the answer lost.
 */
export async function skipBody(exchange: Exchange): Promise<void> {
  const { request } = exchange;
  if (request.complete || request.destroyed || isUninvited(request)) return;
  readByRequest(request);
  await new Promise((resolve) => request.once('end', resolve).once('close', resolve).resume());
}

const DRAIN_BYTES = 8 * 1024 * 1024;
const DRAIN_MS = 3000;

/**
 * Reads away what is left of a refused request's body, within bounds: a connection closed over unread bytes is reset, and
 * the client would see the reset instead of the answer. False when there was more: then the connection must close.
 */
export async function drainBody(exchange: Exchange): Promise<boolean> {
  const { request } = exchange;
  if (request.complete || !hasBody(exchange)) return true;
  if (request.destroyed || isUninvited(request)) return false;
  readByRequest(request);
  let seen = 0;
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      request.off('data', count).off('end', finish).off('close', finish);
      request.pause();
      resolve(request.complete);
    };
    const count = (chunk: Buffer) => {
      seen += chunk.length;
      if (seen > DRAIN_BYTES) finish();
    };
    const timer = setTimeout(finish, DRAIN_MS);
    request.on('data', count).on('end', finish).on('close', finish);
    request.resume();
  });
}

/**
 * For an answer that closes over unread bytes: sends it and its end, and reads away what still comes for a while. Closed
 * at once, the connection would be reset under a client that is still sending, and the answer lost (RFC 9112, section 9.6).
 */
export function lingerBeforeClosing({ request }: Exchange): void {
  const { socket } = request;
  socket.destroySoon = () => {
    const timer = setTimeout(() => socket.destroy(), DRAIN_MS);
    socket.once('end', () => socket.destroy()).once('close', () => clearTimeout(timer));
    request.resume();
    socket.end();
  };
}

/** A manifest or a form has come by then on any line that can carry images; whoever sends byte by byte would hold it for ever. */
const SMALL_BODY_MS = 60_000;

/** Reads a whole body of at most `limit` bytes within `ms`; counts bytes itself, since Content-Length may be missing. */
export async function readBody(
  exchange: Exchange,
  limit: number,
  tooLarge: (limit: number) => DomainError,
  ms = SMALL_BODY_MS,
): Promise<Buffer> {
  const announced = Number(exchange.header('content-length') ?? 0);
  if (announced > limit) throw tooLarge(limit);
  const body = exchange.request;
  invite(exchange);
  const chunks: Buffer[] = [];
  let size = 0;
  await new Promise<void>((resolve, reject) => {
    // Paused, not destroyed on the way out: the connection must still carry the refusal.
    const finish = (error?: Error) => {
      clearTimeout(timer);
      body.off('data', take).off('end', finish).off('error', finish).off('close', gone);
      if (!error) return resolve();
      body.pause();
      reject(error);
    };
    const take = (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > limit) finish(tooLarge(limit));
    };
    const gone = () => finish(new Error('the body ended before it was whole'));
    const timer = setTimeout(() => finish(tooSlow(ms)), ms);
    if (body.destroyed) return gone();
    body.on('data', take).on('end', finish).on('error', finish).on('close', gone);
  });
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size);
}

function tooSlow(ms: number): DomainError {
  return new DomainError(
    'invalid',
    'request.timeout',
    `The body of the request did not come within ${ms / 1000} seconds, so it was not read to its end. Send the request again, all at once.`,
  );
}
