import { describe, expect, it } from 'vitest';
import { diagnose, type Outcome, type Probe } from './probe.ts';

const now = new Date('2026-11-24T10:00:00Z');
const fine = { kind: 'answered', status: 200, denied: false, date: now.toUTCString() } as const;

function probes(registry: Outcome, others: Outcome = fine): Probe[] {
  const at = (name: Probe['name'], outcome: Outcome): Probe => ({
    name,
    origin: `https://${name}.site`,
    outcome,
    ms: 5,
  });
  return [at('portal', others), at('identity', others), at('registry', registry)];
}

describe('the cause of a list that does not load', () => {
  it.each<[string, Probe[], boolean]>([
    ['none', probes({ ...fine, status: 401 }), true],
    ['none', probes(fine), false],
    ['network', probes({ kind: 'failed' }), false],
    ['network', probes({ kind: 'failed' }, { kind: 'failed' }), true],
    ['firewall', probes({ kind: 'timed-out' }), true],
    ['refused', probes({ kind: 'failed' }), true],
    ['cors', probes({ kind: 'unreadable' }), true],
    ['cors', probes({ kind: 'unreadable' }, { kind: 'unreadable' }), true],
    ['private', probes({ ...fine, status: 403, denied: true }), true],
    ['site', probes({ ...fine, status: 503 }), true],
    ['clock', probes({ ...fine, date: undefined }, { ...fine, date: 'Tue, 24 Nov 2026 09:50:00 GMT' }), true],
  ])('is %s', (cause, seen, online) => {
    const finding = diagnose(seen, now, online);
    expect(finding.cause).toBe(cause);
    expect(finding.ruledOut).not.toContain(cause);
  });

  it('names the host that is meant, and what it cannot be', () => {
    expect(diagnose(probes({ kind: 'timed-out' }), now, true)).toMatchObject({
      origin: 'https://registry.site',
      ruledOut: ['network', 'site', 'refused', 'cors', 'private', 'clock'],
    });
  });
});
