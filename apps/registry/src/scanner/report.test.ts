import type { Digest } from '@holdfast/oci/digest';
import { describe, expect, it } from 'vitest';
import { isBelow, readReport, SEVERITIES } from './report.ts';
import { reportOf } from './test-scanner.ts';

const digest = `sha256:${'a'.repeat(64)}` as Digest;
const read = (report: unknown) => readReport(typeof report === 'string' ? report : JSON.stringify(report), digest);

describe('a report', () => {
  it('has the worst severity of all that it says', () => {
    expect(read(reportOf(digest, 'Low', ['Low', 'Critical', 'Low']))).toEqual({
      severity: 'Critical',
      counts: { Low: 2, Critical: 1 },
      scanner: 'Fake 1.0',
    });
    expect(read(reportOf(digest, 'High', []))).toMatchObject({ severity: 'High', counts: {} });
    expect(read({ ...reportOf(digest, 'Unknown'), vulnerabilities: null, scanner: 7 })).toMatchObject({
      severity: 'Unknown',
      scanner: 'scanner',
    });
  });

  it.each([
    ['an empty answer', '', 'no JSON object'],
    ['half of one', JSON.stringify(reportOf(digest)).slice(0, -9), 'no JSON object'],
    ['a list', [reportOf(digest)], 'no JSON object'],
    ['one of another image', reportOf(`sha256:${'b'.repeat(64)}`), 'does not say that it is of'],
    ['one that does not say of which', { ...reportOf(digest), artifact: undefined }, 'does not say that it is of'],
    ['one without a severity', { ...reportOf(digest), severity: undefined }, 'no severity'],
    ['a word that no scale has', reportOf(digest, 'fine'), 'no severity'],
    ['a vulnerability of no known severity', reportOf(digest, 'Low', ['Low', 'catastrophic']), 'a vulnerability'],
    ['a vulnerability that is none', { ...reportOf(digest), vulnerabilities: ['CVE'] }, 'a vulnerability'],
    ['vulnerabilities in another form', { ...reportOf(digest), vulnerabilities: { CVE: 'High' } }, 'no list'],
  ])('is none when it is %s', (_, report, why) => {
    expect(read(report)).toContain(why);
  });

  it('is below a severity when all of it is, in the order of the scale', () => {
    for (const [i, one] of SEVERITIES.entries()) {
      for (const [j, other] of SEVERITIES.entries()) expect(isBelow(one, other)).toBe(i < j);
    }
  });
});
