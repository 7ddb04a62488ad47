import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DomainError, type ErrorCode } from '../platform/domain-error.ts';
import { sendError } from './error-answer.ts';
import { ERROR_TABLE } from './error-table.ts';
import { answerHealth } from './health.ts';
import { createListener } from './server.ts';
import { fakeExchange, type SentAnswer } from './test-exchange.ts';

// FAQ 17: whoever is told to come again is told when. No answer with 429 or 503 leaves the server without it.

const sources = join(import.meta.dirname, '..');
const LATER: readonly number[] = [429, 503];
const codes = Object.keys(ERROR_TABLE) as ErrorCode[];
const later = codes.filter((code) => LATER.includes(ERROR_TABLE[code].status));

function expectWholeSeconds(answer: SentAnswer): void {
  expect(LATER).toContain(answer.status);
  expect(String(answer.headers['Retry-After'])).toMatch(/^[1-9]\d*$/);
}

/** The answer to an error, however its thrower spoilt it. */
function answerTo(code: ErrorCode, retryAfter?: number, headers: DomainError['headers'] = {}, method = 'GET') {
  const { exchange, answer } = fakeExchange({ method });
  const error = new DomainError('unavailable', code, 'x', retryAfter === undefined ? {} : { retryAfter });
  error.headers = headers;
  sendError(exchange, error);
  return answer();
}

describe('429 and 503', () => {
  it('are in the table of errors', () => {
    expect(later).toEqual(['bundle.too-many', 'upload.too-many', 'import.too-many', 'server.unavailable']);
  });

  it.each(later)('of %s say when to come again, whatever whoever threw it forgot or got wrong', (code) => {
    for (const method of ['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE']) {
      expectWholeSeconds(answerTo(code, undefined, {}, method));
    }
    for (const seconds of [0, -3, 0.2, 7.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expectWholeSeconds(answerTo(code, seconds));
    }
    for (const value of ['', 'soon', 0, -1]) expectWholeSeconds(answerTo(code, 3, { 'Retry-After': value }));
  });

  it.each(later)('of %s keep what is said rightly', (code) => {
    expect(answerTo(code, 9).headers['Retry-After']).toBe(9);
    expect(answerTo(code, 7.5).headers['Retry-After']).toBe(8);
    expect(answerTo(code).headers['Retry-After']).toBe(5);
  });

  it.each(codes.filter((code) => !later.includes(code)))('are not what %s is, so it says nothing of it', (code) => {
    expect(answerTo(code).headers).not.toHaveProperty('Retry-After');
  });

  it('that no error stands behind say it, too', async () => {
    for (const status of LATER) {
      const { exchange, answer } = fakeExchange();
      exchange.send(status);
      expectWholeSeconds(answer());
    }
    const { exchange, answer } = fakeExchange({ target: '/readyz' });
    const metrics = { text: async () => ({ contentType: '', body: '' }) } as never;
    await answerHealth({ notReady: async () => ['the disk'], metrics, metricsToken: undefined }, exchange);
    expectWholeSeconds(answer());
  });
});

describe('no answer goes past the place that says it', () => {
  /** Production code that writes a status line, as `file: line`. */
  function writers(): string[] {
    return readdirSync(sources, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !/\.(test|suite)\.ts$|(^|\/)test-[^/]+$/.test(name))
      .flatMap((name) =>
        readFileSync(join(sources, name), 'utf8')
          .split('\n')
          .filter((line) => /\bresponse\.writeHead\(|statusCode = |HTTP\/1\.1 \$|_writeRaw|writeEarlyHints/.test(line))
          .map((line) => `${name}: ${line.trim()}`),
      )
      .toSorted();
  }

  it('since only three places write a status', () => {
    expect(writers()).toEqual([
      'http/exchange.ts: this.response.writeHead(status, head);', // the one that is looked at above
      expect.stringMatching(/^http\/send-blob\.ts: response\.writeHead\(status, /), // `status` is 200 or 206: see below
      expect.stringMatching(/^http\/server\.ts: `HTTP\/1\.1 \$\{status\} /), // `status` is that of three codes: see below
    ]);
  });

  it('since a blob is sent with 200 or 206', () => {
    const text = readFileSync(join(sources, 'distribution/routes/blob-answers.ts'), 'utf8');
    expect(text.match(/status: .*/g)).toEqual([expect.stringMatching(/^status: part \? 206 : 200,/)]);
    const volumes = readFileSync(join(sources, 'bundle/routes/bundles.ts'), 'utf8');
    expect(volumes.match(/ status = .*/g)).toEqual([" status = range.kind === 'none' ? 200 : 206;"]);
  });

  it('since what is no request is never told to come again', () => {
    const text = readFileSync(join(sources, 'http/server.ts'), 'utf8');
    const broken = [...new Set(text.match(/'request\.[a-z-]+'/g) ?? [])].map((code) => code.slice(1, -1) as ErrorCode);
    expect(broken.toSorted()).toEqual(['request.invalid', 'request.timeout', 'request.too-large']);
    for (const code of broken) expect(LATER).not.toContain(ERROR_TABLE[code].status);
  });

  it("since Node's own 503, beyond a number of requests on a connection, is off", () => {
    const limits = { headerBytes: 16_384, headerSeconds: 1, idleSeconds: 1 };
    const { server } = createListener(() => undefined, limits, undefined, { uuid: () => '', refused: () => undefined });
    expect(server.maxRequestsPerSocket).toBe(0);
  });
});
