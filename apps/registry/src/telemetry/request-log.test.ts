import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { createLogger } from './logger.ts';
import { createRequestLog, type RequestLine } from './request-log.ts';

function logs(level = 'info') {
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ level, terminal: false, stream });
  return { logger, lines, record: createRequestLog(logger, systemClock) };
}

/** Whatever a client can send: characters that JSON escapes and such as it does not. */
const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.string({ minLength: 90, maxLength: 300 }));
const line: fc.Arbitrary<RequestLine> = fc.record({
  method: text,
  url: text,
  status: fc.integer({ min: 100, max: 599 }),
  ms: fc.nat(1e8).map((tenths) => tenths / 10),
  bytes: fc.maxSafeNat(),
  route: text,
  principal: text,
  client: text,
  agent: fc.option(text, { nil: undefined }),
  correlationId: text,
});

describe('the log of requests', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-29T12:00:00.007Z') }));
  afterEach(() => void vi.useRealTimers());

  it('has the lines that pino would write', () => {
    fc.assert(
      fc.property(line, fc.nat(5000), (fields, ms) => {
        vi.setSystemTime(Date.now() + ms);
        const { logger, lines, record } = logs();
        record(fields);
        logger.info(fields, 'request');
        expect(lines[0]).toBe(lines[1]);
      }),
      { numRuns: 500 },
    );
  });

  it('gives each line its own time', () => {
    const { lines, record } = logs();
    const [fields] = fc.sample(line, 1);
    for (let n = 0; n < 3; n++) {
      record(fields as RequestLine);
      record(fields as RequestLine);
      vi.setSystemTime(Date.now() + 1000);
    }
    const seconds = lines.map((each) => (JSON.parse(each) as { time: string }).time.slice(17));
    expect(seconds).toEqual(['00.007Z', '00.007Z', '01.007Z', '01.007Z', '02.007Z', '02.007Z']);
  });

  it('is silent where only warnings are wanted, and speaks again when that is over', () => {
    const { logger, lines, record } = logs('warn');
    const [fields] = fc.sample(line, 1);
    record(fields as RequestLine);
    expect(lines).toEqual([]);
    logger.level = 'info';
    record(fields as RequestLine);
    expect(lines).toHaveLength(1);
  });
});
