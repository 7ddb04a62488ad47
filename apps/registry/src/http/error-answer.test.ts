import { describe, expect, it } from 'vitest';
import { DomainError } from '../platform/domain-error.ts';
import { sendError, toDomainError } from './error-answer.ts';
import { fakeExchange } from './test-exchange.ts';

describe('toDomainError', () => {
  it('keeps the errors of the domains', () => {
    const error = new DomainError('not-found', 'blob.unknown', 'no such blob');
    expect(toDomainError(error)).toBe(error);
  });

  it('knows a full disk, whoever met it', () => {
    for (const code of ['ENOSPC', 'EDQUOT']) {
      expect(toDomainError(Object.assign(new Error('x'), { code })).code).toBe('storage.full');
    }
  });

  it('says nothing of the inside of what was not foreseen', () => {
    const secret = new Error("SELECT password FROM credentials WHERE name = 'x' at /srv/data");
    for (const thrown of [secret, 'text', undefined, null, { message: 'SELECT' }]) {
      const error = toDomainError(thrown);
      expect([error.kind, error.code]).toEqual(['internal', 'server.internal']);
      expect(error.message).not.toMatch(/SELECT|srv/);
      expect(error.cause).toBe(thrown);
    }
  });
});

describe('sendError', () => {
  it('writes the OCI envelope with the status of the table', () => {
    const { exchange, answer } = fakeExchange();
    sendError(exchange, new DomainError('not-found', 'blob.unknown', 'no such blob', { detail: { digest: 'x' } }));
    expect(answer().status).toBe(404);
    expect(answer().headers['Content-Type']).toBe('application/json; charset=utf-8');
    expect(JSON.parse(answer().body)).toEqual({
      errors: [
        {
          code: 'BLOB_UNKNOWN',
          message: `no such blob (correlation id ${exchange.facts.correlationId})`,
          detail: { digest: 'x' },
        },
      ],
    });
  });

  it('gives the correlation id in the text, which is all that most clients show, and in the header', () => {
    const { exchange, answer } = fakeExchange();
    sendError(exchange, new DomainError('internal', 'server.internal', 'It failed.'));
    const { correlationId } = exchange.facts;
    expect(answer().body).toContain(`It failed. (correlation id ${correlationId})`);
    expect(answer().headers['X-Ms-Correlation-Request-Id']).toBe(correlationId);
  });

  it('says when to come again: as the error says, or after 5 s', () => {
    const retryOf = (error: DomainError) => {
      const { exchange, answer } = fakeExchange();
      sendError(exchange, error);
      return answer().headers['Retry-After'];
    };
    expect(retryOf(new DomainError('too-many', 'upload.too-many', 'x', { retryAfter: 9 }))).toBe(9);
    expect(retryOf(new DomainError('too-many', 'upload.too-many', 'x'))).toBe(5);
    expect(retryOf(new DomainError('unavailable', 'server.unavailable', 'x'))).toBe(5);
    expect(retryOf(new DomainError('invalid', 'name.invalid', 'x'))).toBeUndefined();
  });

  it("sends the error's own headers, and the caller's over them", () => {
    const { exchange, answer } = fakeExchange();
    const error = new DomainError('out-of-range', 'upload.range', 'x');
    error.headers = { Range: '0-4', Location: '/v2/a' };
    sendError(exchange, error, { Connection: 'close', Range: '0-5' });
    expect(answer().headers).toMatchObject({ Range: '0-5', Location: '/v2/a', Connection: 'close' });
  });
});
