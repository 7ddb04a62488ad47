import { once } from 'node:events';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../platform/domain-error.ts';
import { awaitedBytes, bodyOf, drainBody, hasBody, readBody, skipBody } from './body.ts';
import type { Exchange } from './exchange.ts';
import { fakeExchange } from './test-exchange.ts';

const tooLarge = (limit: number) => new DomainError('too-large', 'manifest.too-large', `more than ${limit}`);
const chunks = (...texts: string[]) => Readable.from(texts.map((text) => Buffer.from(text)));

describe('hasBody', () => {
  it('goes by the headers (RFC 9112, section 6.3)', () => {
    const has = (headers: Record<string, string>) => hasBody(fakeExchange({ headers }).exchange);
    expect(has({})).toBe(false);
    expect(has({ 'content-length': '0' })).toBe(false);
    expect(has({ 'content-length': '1' })).toBe(true);
    expect(has({ 'transfer-encoding': 'chunked' })).toBe(true);
  });
});

describe('bodyOf', () => {
  it('invites a client that waits for it, and nobody else', () => {
    const waiting = fakeExchange({ headers: { expect: '100-Continue' } });
    bodyOf(waiting.exchange);
    bodyOf(waiting.exchange);
    expect(waiting.continued()).toBe(1);
    const other = fakeExchange();
    bodyOf(other.exchange);
    expect(other.continued()).toBe(0);
  });
});

describe('awaitedBytes', () => {
  const told = (request: object) =>
    awaitedBytes({
      request: { complete: false, readableLength: 0, headers: {}, socket: { bytesRead: 17 }, ...request },
    } as unknown as Exchange);

  it('is what came on the connection, while the client is waited for', () => {
    expect(told({})).toBe(17);
    expect(told({ complete: true })).toBeUndefined();
    expect(told({ readableLength: 1 })).toBeUndefined(); // it is us who do not read on
  });

  it('is nothing as long as we have not said that the body is welcome', () => {
    const { exchange } = fakeExchange({ headers: { 'content-length': '3', expect: '100-continue' } });
    Object.assign(exchange.request, { socket: { bytesRead: 17 } });
    expect(awaitedBytes(exchange)).toBeUndefined();
    bodyOf(exchange);
    expect(awaitedBytes(exchange)).toBe(17);
  });
});

describe('skipBody', () => {
  it('reads all of it away, however long it is', async () => {
    let left = 20;
    const body = new Readable({
      read() {
        this.push(left-- > 0 ? Buffer.alloc(1024 * 1024) : null);
      },
    });
    const { exchange } = fakeExchange({ headers: { 'transfer-encoding': 'chunked' }, body });
    await skipBody(exchange);
    expect([exchange.request.complete, left]).toEqual([true, -1]);
    await skipBody(exchange);
  });

  it('does not wait for one that does not come', async () => {
    const never = () => new Readable({ read: () => undefined });
    const headers = { 'content-length': '3' };
    await skipBody(fakeExchange({ headers: { ...headers, expect: '100-continue' }, body: never() }).exchange);
    const gone = never().destroy();
    await once(gone, 'close');
    await skipBody(fakeExchange({ headers, body: gone }).exchange);
    const leaving = never();
    setTimeout(() => leaving.destroy(), 20);
    await skipBody(fakeExchange({ headers, body: leaving }).exchange);
  });
});

describe('readBody', () => {
  it('reads up to the limit, joined', async () => {
    const { exchange } = fakeExchange({ body: chunks('ab', 'cd') });
    expect((await readBody(exchange, 4, tooLarge)).toString()).toBe('abcd');
    expect((await readBody(fakeExchange().exchange, 4, tooLarge)).length).toBe(0);
  });

  it('refuses what is announced as larger without reading or inviting it', async () => {
    const { exchange, continued } = fakeExchange({
      headers: { 'content-length': '5', expect: '100-continue' },
      body: chunks('abcde'),
    });
    await expect(readBody(exchange, 4, tooLarge)).rejects.toThrow('more than 4');
    expect(continued()).toBe(0);
  });

  it('counts for itself, and leaves the request usable for the refusal', async () => {
    const { exchange } = fakeExchange({ headers: { 'content-length': '1' }, body: chunks('abc', 'def', 'ghi') });
    await expect(readBody(exchange, 4, tooLarge)).rejects.toThrow('more than 4');
    expect(exchange.request.destroyed).toBe(false);
  });
});

describe('a body that comes byte by byte', () => {
  const drip = (bytes: number, everyMs: number) => {
    let sent = 0;
    return new Readable({
      read() {
        setTimeout(() => this.push(sent++ < bytes ? Buffer.from('x') : null), everyMs);
      },
    });
  };

  it('has a total time, however steadily it moves, and can be read away afterwards', async () => {
    const { exchange } = fakeExchange({ headers: { 'content-length': '20' }, body: drip(20, 10) });
    const error = await readBody(exchange, 100, tooLarge, 50).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'request.timeout', message: expect.stringContaining('within 0.05 seconds') });
    expect(exchange.request.destroyed).toBe(false);
    expect(await drainBody(exchange)).toBe(true);
  });

  it('is read when it ends in time', async () => {
    const { exchange } = fakeExchange({ body: drip(5, 2) });
    expect((await readBody(exchange, 100, tooLarge, 5000)).toString()).toBe('xxxxx');
  });

  it('fails when its client goes away', async () => {
    const body = drip(1000, 10);
    const read = readBody(fakeExchange({ body }).exchange, 5000, tooLarge, 5000);
    setTimeout(() => body.destroy(), 30);
    await expect(read).rejects.toThrow('before it was whole');
    await expect(readBody(fakeExchange({ body }).exchange, 5000, tooLarge)).rejects.toThrow('before it was whole');
  });
});

describe('drainBody', () => {
  it('reads a refused body away and says whether the connection may go on', async () => {
    const headers = { 'content-length': '6' };
    expect(await drainBody(fakeExchange({ headers, body: chunks('abc', 'def') }).exchange)).toBe(true);
    expect(await drainBody(fakeExchange().exchange)).toBe(true); // there is none
  });

  it('gives up on a body without end', async () => {
    const endless = new Readable({
      read() {
        this.push(Buffer.alloc(1024 * 1024));
      },
    });
    const { exchange } = fakeExchange({ headers: { 'transfer-encoding': 'chunked' }, body: endless });
    expect(await drainBody(exchange)).toBe(false);
    expect(endless.isPaused()).toBe(true);
  });

  it('does not wait for a body that was never invited, but for one that was', async () => {
    const headers = { 'content-length': '3', expect: '100-continue' };
    expect(await drainBody(fakeExchange({ headers, body: chunks('abc') }).exchange)).toBe(false);
    const invited = fakeExchange({ headers, body: chunks('abc') });
    bodyOf(invited.exchange);
    expect(await drainBody(invited.exchange)).toBe(true);
  });

  it('ends when the client goes away', async () => {
    const body = new Readable({ read: () => undefined });
    const { exchange } = fakeExchange({ headers: { 'content-length': '3' }, body });
    const drained = drainBody(exchange);
    body.destroy();
    expect(await drained).toBe(false);
  });
});
