import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseContentRange, parseRange } from './range.ts';

const none = { kind: 'none' };
const unsatisfiable = { kind: 'unsatisfiable' };
const range = (start: number, end: number) => ({ kind: 'range', start, end });

describe('parseRange', () => {
  it.each<[string | undefined, number, object]>([
    // What the OCI conformance suite asks for, of 4096 bytes.
    ['bytes=500-1499', 4096, range(500, 1499)],
    ['bytes=500-', 4096, range(500, 4095)],
    ['bytes=-500', 4096, range(3596, 4095)],
    ['bytes=2000-5000', 4096, range(2000, 4095)],
    ['bytes=500-0', 4096, unsatisfiable],
    ['bytes=5000-10000', 4096, unsatisfiable],
    // RFC 9110 section 14.1.2
    ['bytes=0-0', 10, range(0, 0)],
    ['bytes=9-', 10, range(9, 9)],
    ['bytes=10-', 10, unsatisfiable],
    ['bytes=-0', 10, unsatisfiable],
    ['bytes=-11', 10, range(0, 9)],
    ['bytes=-1', 10, range(9, 9)],
    ['Bytes= 1-2 ', 10, range(1, 2)],
    ['bytes=0-99999999999999999999999', 10, range(0, 9)],
    ['bytes=99999999999999999999999-', 10, unsatisfiable],
    [`bytes=${'9'.repeat(4000)}-${'9'.repeat(4000)}`, 10, unsatisfiable],
    // Nothing there
    ['bytes=0-', 0, unsatisfiable],
    ['bytes=0-0', 0, unsatisfiable],
    ['bytes=-0', 0, unsatisfiable],
    ['bytes=-5', 0, none],
    // Ignored
    [undefined, 10, none],
    ['', 10, none],
    ['bytes', 10, none],
    ['bytes=', 10, none],
    ['bytes=-', 10, none],
    ['bytes=a-b', 10, none],
    ['bytes=1.5-2', 10, none],
    ['bytes=--1', 10, none],
    ['bytes=0x1-2', 10, none],
    ['bytes=1 - 2', 10, none],
    ['bytes 0-1', 10, none],
    ['items=0-1', 10, none],
    ['bytes=0-1,3-4', 10, none],
    ['bytes=0-0,-1', 10, none],
    [`bytes=${'0-1,'.repeat(1000)}0-1`, 10, none],
    ['bytes=0-1\n', 10, none],
  ])('answers %s of %i bytes', (header, size, expected) => {
    expect(parseRange(header, size)).toEqual(expected);
  });

  it('answers a range inside the content or none, whatever is asked', () => {
    const number = fc.oneof(fc.nat(20).map(String), fc.constantFrom('', '00', '9007199254740993', '-1', 'x'));
    const header = fc.oneof(
      fc.string(),
      fc.tuple(number, number).map(([a, b]) => `bytes=${a}-${b}`),
    );
    fc.assert(
      fc.property(header, fc.nat(20), (text, size) => {
        const answer = parseRange(text, size);
        if (answer.kind !== 'range') return;
        expect(answer.start).toBeGreaterThanOrEqual(0);
        expect(answer.start).toBeLessThanOrEqual(answer.end);
        expect(answer.end).toBeLessThan(size);
      }),
    );
  });

  it('agrees with the definition for every int-range', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.nat(30), fc.nat(30), (first, last, size) => {
        const wanted = Array.from({ length: size }, (_, i) => i).filter((i) => first <= i && i <= last);
        const [start, end] = [wanted.at(0), wanted.at(-1)];
        const expected = start === undefined || end === undefined ? unsatisfiable : range(start, end);
        expect(parseRange(`bytes=${first}-${last}`, size)).toEqual(expected);
      }),
    );
  });
});

describe('parseContentRange', () => {
  // distribution-spec, spec.md, "Pushing a blob in chunks"
  const SPEC_RANGE = /^[0-9]+-[0-9]+$/;

  it.each(['0-1023', ' 0-1023 ', 'bytes 0-1023/*', 'bytes 0-1023/1024', 'bytes=0-1023', 'bytes 0-1023', '0-1023/*'])(
    'reads %j',
    (header) => expect(parseContentRange(header)).toEqual({ start: 0, end: 1023 }),
  );

  it.each([
    '',
    '-',
    '0-',
    '-1',
    '5-4',
    '0--1',
    'a-b',
    '0-1.5',
    '1e3-2e3',
    'bytes */1024',
    'bytes 0-1023/1023',
    'items 0-1',
    '0-1,2-3',
    '0-9007199254740992',
    `0-${'9'.repeat(500)}`,
  ])('refuses %j', (header) => expect(parseContentRange(header)).toBeUndefined());

  it('accepts what the spec writes when it is a range of safe integers', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (start, end) => {
        expect(parseContentRange(`${start}-${end}`)).toEqual(start <= end ? { start, end } : undefined);
      }),
    );
    fc.assert(
      fc.property(fc.stringMatching(SPEC_RANGE), (text) => {
        const [start = 0, end = 0] = text.split('-').map(Number);
        expect(parseContentRange(text)).toEqual(start <= end && Number.isSafeInteger(end) ? { start, end } : undefined);
      }),
    );
  });
});
