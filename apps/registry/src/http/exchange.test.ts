import { describe, expect, it, vi } from 'vitest';
import { fakeExchange } from './test-exchange.ts';

describe('an exchange', () => {
  it('sends a body with its length', () => {
    const { exchange, answer } = fakeExchange();
    exchange.send(200, { 'Content-Type': 'text/plain' }, 'häl');
    expect(answer()).toMatchObject({
      status: 200,
      body: 'häl',
      headers: { 'Content-Length': 4, 'Content-Type': 'text/plain' },
    });
    expect(exchange.bytesSent).toBe(4);
  });

  it.each(['ASCII', 'nützlich', '存储库', '🙂', 'lone \ud800', ''])('sends the text %j as UTF-8', (text) => {
    const { exchange, answer } = fakeExchange();
    exchange.send(200, {}, text);
    const bytes = Buffer.from(text);
    expect(answer()).toMatchObject({ headers: { 'Content-Length': bytes.length }, body: bytes.toString() });
    expect(exchange.bytesSent).toBe(bytes.length);
  });

  it('gives small bytes to Node as text, which goes out in one piece with the head, and large ones as they are', async () => {
    const small = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    for (const [bytes, told] of [
      [small, small.toString('latin1')],
      [Buffer.alloc(16 * 1024 + 1), Buffer.alloc(16 * 1024 + 1)],
    ] as const) {
      const { exchange, response, answer } = fakeExchange();
      const end = vi.spyOn(response, 'end');
      exchange.send(200, {}, bytes);
      expect(end).toHaveBeenCalledExactlyOnceWith(told, 'latin1');
      expect(answer().headers).toMatchObject({ 'Content-Length': bytes.length });
    }
  });

  it('leaves the body of an answer to HEAD out and keeps its length', () => {
    const { exchange, answer } = fakeExchange({ method: 'HEAD' });
    exchange.send(200, {}, 'abc');
    expect(answer()).toMatchObject({ body: '', headers: { 'Content-Length': 3 } });
    expect(exchange.bytesSent).toBe(0);
  });

  it('sends neither body nor length with 204 and 304 (RFC 9110, section 8.6)', () => {
    for (const status of [204, 304]) {
      const { exchange, answer } = fakeExchange();
      exchange.send(status, {}, 'abc');
      expect(answer().body).toBe('');
      expect(answer().headers).not.toHaveProperty('Content-Length');
    }
  });

  it('bears the headers of the data plane on every answer, and promises TLS only over TLS and for its own names', () => {
    const { exchange, answer } = fakeExchange();
    exchange.sendJson(200, {}, {});
    expect(answer().headers).toMatchObject({
      'Docker-Distribution-Api-Version': 'registry/2.0',
      'X-Ms-Correlation-Request-Id': exchange.facts.correlationId,
      'X-Content-Type-Options': 'nosniff',
    });
    expect(answer().headers).not.toHaveProperty('Strict-Transport-Security');
    const foreign = fakeExchange({ facts: { scheme: 'https' } }).exchange; // it may be the name of another server, too
    expect(foreign.baseHeaders()).not.toHaveProperty('Strict-Transport-Security');
    expect(
      fakeExchange({
        facts: { scheme: 'https', hostRoute: { kind: 'registry', name: 'default' } },
      }).exchange.baseHeaders(),
    ).toHaveProperty('Strict-Transport-Security');
  });

  it('joins the values of a header that came in several lines', () => {
    const { exchange } = fakeExchange({ headers: { accept: ['a', 'b'], host: 'x' } });
    expect([exchange.header('accept'), exchange.header('host'), exchange.header('none')]).toEqual([
      'a, b',
      'x',
      undefined,
    ]);
  });

  it('is aborted when the client goes away before the end of the answer, not after it', () => {
    const gone = fakeExchange();
    gone.response.emit('close');
    expect(gone.exchange.signal.aborted).toBe(true);
    const whole = fakeExchange();
    whole.exchange.send(200);
    expect(whole.exchange.signal.aborted).toBe(false);
  });

  it('tells the one that sends when the client goes away, not when the answer is whole', () => {
    for (const writableFinished of [false, true]) {
      const { exchange, response } = fakeExchange();
      const lost = vi.fn();
      exchange.whenGone(lost);
      Object.defineProperty(response, 'writableFinished', { value: writableFinished });
      response.emit('close');
      expect([exchange.gone, lost.mock.calls.length]).toEqual(writableFinished ? [false, 0] : [true, 1]);
    }
  });

  it('has no registry until the data plane has found one', () => {
    const { exchange } = fakeExchange();
    expect(exchange.registry.name).toBe('registry');
    expect(exchange.principal).toEqual({ kind: 'anonymous' });
  });
});
