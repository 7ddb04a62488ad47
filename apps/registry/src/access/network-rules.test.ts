import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admits, type NetworkRules } from './network-rules.ts';

const rules = (defaultAction: NetworkRules['defaultAction'], ...allowed: string[]) =>
  JSON.stringify({ defaultAction, allowed } satisfies NetworkRules);

describe('the network rules of a registry', () => {
  it('let everybody in while there are none, and while the default is Allow', () => {
    expect(admits(undefined, '203.0.113.5')).toBe(true);
    expect(admits(rules('Allow', '10.0.0.0/8'), '203.0.113.5')).toBe(true);
  });

  it('let nobody in when the default is Deny and nothing is named', () => {
    expect(admits(rules('Deny'), '10.0.0.1')).toBe(false);
    expect(admits(rules('Deny'), '127.0.0.1')).toBe(false);
  });

  it.each([
    ['10.1.2.3', true],
    ['10.255.255.255', true],
    ['11.0.0.0', false],
    ['9.255.255.255', false],
    ['192.0.2.7', true],
    ['192.0.2.8', false],
    ['::ffff:10.1.2.3', true],
    ['::FFFF:192.0.2.7', true],
    ['::ffff:11.0.0.1', false],
    ['fd00:5::1', true],
    ['fd00:6::1', false],
    ['fd00:5::1%eth0', true],
    ['nonsense', false],
    ['', false],
  ])('judge %s by address and range', (address, expected) => {
    expect(admits(rules('Deny', '10.0.0.0/8', '192.0.2.7', 'fd00:5::/32'), address)).toBe(expected);
  });

  it('agree with arithmetic on any range of IPv4', () => {
    const octet = fc.nat({ max: 255 });
    const address = fc.tuple(octet, octet, octet, octet);
    const number = (a: readonly number[]) => a.reduce((sum, part) => sum * 256 + part, 0);
    fc.assert(
      fc.property(address, address, fc.integer({ min: 0, max: 32 }), (base, asked, bits) => {
        const size = 2 ** (32 - bits);
        const same = Math.floor(number(base) / size) === Math.floor(number(asked) / size);
        expect(admits(rules('Deny', `${base.join('.')}/${bits}`), asked.join('.'))).toBe(same);
      }),
    );
  });

  it('count as soon as they are changed', () => {
    expect(admits(rules('Deny', '10.0.0.1'), '10.0.0.1')).toBe(true);
    expect(admits(rules('Deny', '10.0.0.2'), '10.0.0.1')).toBe(false);
    expect(admits(rules('Deny', '10.0.0.1'), '10.0.0.1')).toBe(true);
  });
});
