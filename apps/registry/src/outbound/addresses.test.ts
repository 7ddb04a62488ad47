import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refusedAddress } from './addresses.ts';
import { createAllowList } from './allow-list.ts';

describe('an address', () => {
  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '0.1.2.3',
    '169.254.169.254',
    '169.254.0.1',
    '100.100.100.200',
    '168.63.129.16',
    '224.0.0.1',
    '239.255.255.250',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '0:0:0:0:0:0:0:1',
    'fe80::1',
    'fe80::1%eth0',
    'febf:ffff::1',
    'fec0::1',
    'ff02::1',
    'fd00:ec2::254',
    'fd00:0ec2:0:0:0:0:0:254',
    'fd20:ce::254',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::FFFF:169.254.169.254',
    '::ffff:0:127.0.0.1',
    '::127.0.0.1',
    '64:ff9b::127.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::127.0.0.1',
    '64:ff9b:1:7f00:0:100::',
    '64:ff9b:1:7f:0:1::',
    '64:ff9b:1:0:7f:0:100:0',
    '2002:7f00:1::',
    '2002:a9fe:a9fe::1',
    '2001:0:0:0:0:0:80ff:fffe',
    'fd00::5efe:127.0.0.1',
    'fd00::200:5efe:169.254.169.254',
    'localhost',
    '',
    '2130706433',
  ])('such as %s is not called', (address) => {
    expect(refusedAddress(address)).toBeTypeOf('string');
  });

  it.each([
    '10.0.0.1',
    '172.16.5.5',
    '192.168.1.1',
    '100.64.0.1',
    '126.255.255.255',
    '128.0.0.1',
    '1.1.1.1',
    '169.253.255.255',
    '169.255.0.0',
    '223.255.255.255',
    'fd00::7',
    'fd00:ec2::253',
    '2001:db8::1',
    '2606:4700::1111',
    '::ffff:10.0.0.1',
    '64:ff9b::10.0.0.1',
    '2002:a00:1::',
    'fe00::1',
  ])('such as %s is called', (address) => {
    expect(refusedAddress(address)).toBeUndefined();
  });

  const octet = fc.nat({ max: 255 });
  const anyV4 = fc.tuple(octet, octet, octet, octet).map((parts) => parts.join('.'));

  it('is judged alike as IPv4 and in every clothing that IPv6 has for it', () => {
    const forms = [
      (a: string) => `::ffff:${a}`,
      (a: string) => `64:ff9b::${a}`,
      (a: string) => `::ffff:0:${a}`,
      (a: string) => {
        const [w, x, y, z] = a.split('.').map(Number) as [number, number, number, number];
        return `2002:${(w * 256 + x).toString(16)}:${(y * 256 + z).toString(16)}::1`;
      },
    ];
    fc.assert(
      fc.property(anyV4, fc.constantFrom(...forms), (address, form) => {
        const six = form(address);
        expect(isIP(six)).toBe(6);
        expect(refusedAddress(six) === undefined).toBe(refusedAddress(address) === undefined);
      }),
      { numRuns: 2000, examples: [['127.0.0.1', forms[0] as (a: string) => string]] },
    );
  });

  it('is judged alike however an IPv6 address is spelled', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 0xffff }), { minLength: 8, maxLength: 8 }), (groups) => {
        const long = groups.map((group) => group.toString(16).padStart(4, '0')).join(':');
        const short = new URL(`http://[${long}]/`).hostname.slice(1, -1);
        expect(refusedAddress(short)).toBe(refusedAddress(long));
        expect(refusedAddress(long.toUpperCase())).toBe(refusedAddress(long));
      }),
      {
        examples: [
          [[0, 0, 0, 0, 0, 0xffff, 0x7f00, 1]],
          [[0, 0, 0, 0, 0, 0, 0, 1]],
          [[0x64, 0xff9b, 1, 0, 0, 0, 0x7f00, 1]],
        ],
      },
    );
  });
});

describe('outbound.allow', () => {
  const list = createAllowList(['Hooks.Corp.Example', '127.0.0.1', '169.254.0.0/16', 'fe80::/10', '::1']);

  it('names hosts, without case and without the dot of the root', () => {
    expect(
      ['hooks.corp.example', 'HOOKS.corp.example.', 'corp.example', 'a.hooks.corp.example'].map(list.host),
    ).toEqual([true, true, false, false]);
  });

  it('names addresses and networks of both families', () => {
    const asked = ['127.0.0.1', '127.0.0.2', '169.254.9.9', '170.0.0.1', 'fe80::5%eth0', '::1', '::2', 'nonsense'];
    expect(asked.map(list.address)).toEqual([true, false, true, false, true, true, false, false]);
  });
});
