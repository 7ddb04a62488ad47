import { BlockList, isIP } from 'node:net';

/**
 * Addresses that a site does not call because somebody wrote them into a webhook or an import: its own machine, what is
 * only on its own link, and where clouds give out credentials. Private ranges are not among them: that is where the
 * receivers of a disconnected site are.
 */
const REFUSED_V4: readonly (readonly [network: string, bits: number, what: string])[] = [
  ['0.0.0.0', 8, 'an address of this machine'],
  ['127.0.0.0', 8, 'a loopback address'],
  ['169.254.0.0', 16, 'a link-local or metadata address'],
  ['100.100.100.200', 32, 'a metadata address'],
  ['168.63.129.16', 32, 'a metadata address'],
  ['192.0.0.192', 32, 'a metadata address'],
  ['224.0.0.0', 4, 'a multicast address'],
  ['240.0.0.0', 4, 'a reserved address'],
];
const REFUSED_V6: typeof REFUSED_V4 = [
  ['::', 128, 'an address of this machine'],
  ['::1', 128, 'a loopback address'],
  ['fe80::', 10, 'a link-local address'],
  ['fec0::', 10, 'a site-local address'],
  ['ff00::', 8, 'a multicast address'],
  ['fd00:ec2::254', 128, 'a metadata address'],
  ['fd20:ce::254', 128, 'a metadata address'],
];

const lists = (rules: typeof REFUSED_V4, family: 'ipv4' | 'ipv6') =>
  rules.map(([network, bits, what]) => {
    const list = new BlockList();
    list.addSubnet(network, bits, family);
    return { list, what };
  });
const V4 = lists(REFUSED_V4, 'ipv4');
const V6 = lists(REFUSED_V6, 'ipv6');

/** What kind of address it is, if the site does not call it by itself; undefined for those that it does call. */
export function refusedAddress(address: string): string | undefined {
  const plain = withoutZone(address);
  const family = isIP(plain);
  if (family === 0) return 'no address';
  if (family === 4) return V4.find(({ list }) => list.check(plain, 'ipv4'))?.what;
  const own = V6.find(({ list }) => list.check(plain, 'ipv6'))?.what;
  if (own !== undefined) return own;
  for (const inner of embeddedAddresses(plain)) {
    const what = V4.find(({ list }) => list.check(inner, 'ipv4'))?.what;
    if (what !== undefined) return `${what} in the form of an IPv6 address`;
  }
  return undefined;
}

/** `fe80::1%eth0` is an address with the name of an interface behind it. */
export function withoutZone(address: string): string {
  const end = address.indexOf('%');
  return end < 0 ? address : address.slice(0, end);
}

/**
 * The IPv4 addresses that an IPv6 address may stand for; whoever is asked to route to it may hand it to one of them.
 * `at` are the places of the four bytes.
 */
const FORMS: readonly { prefix: readonly number[]; at: readonly number[]; inverted?: boolean }[] = [
  { prefix: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff], at: [12, 13, 14, 15] }, // mapped, RFC 4291
  { prefix: [0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0], at: [12, 13, 14, 15] }, // translated, RFC 2765
  { prefix: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], at: [12, 13, 14, 15] }, // compatible, RFC 4291
  { prefix: [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0], at: [12, 13, 14, 15] }, // NAT64, RFC 6052
  // NAT64 of a network's own, RFC 8215: it may divide its /48 further, and the byte 8 stays zero (RFC 6052, section 2.2).
  { prefix: [0, 0x64, 0xff, 0x9b, 0, 1], at: [6, 7, 9, 10] },
  { prefix: [0, 0x64, 0xff, 0x9b, 0, 1], at: [7, 9, 10, 11] },
  { prefix: [0, 0x64, 0xff, 0x9b, 0, 1], at: [9, 10, 11, 12] },
  { prefix: [0, 0x64, 0xff, 0x9b, 0, 1], at: [12, 13, 14, 15] },
  { prefix: [0x20, 0x02], at: [2, 3, 4, 5] }, // 6to4, RFC 3056
  { prefix: [0x20, 0x01, 0, 0], at: [12, 13, 14, 15], inverted: true }, // Teredo, RFC 4380
];

function embeddedAddresses(address: string): string[] {
  const bytes = bytesOf(address);
  const found = FORMS.filter(({ prefix }) => prefix.every((byte, i) => bytes[i] === byte)).map(({ at, inverted }) =>
    at.map((i) => (inverted ? (bytes[i] ?? 0) ^ 0xff : bytes[i])).join('.'),
  );
  // ISATAP, RFC 5214, below any prefix.
  const isatap = (bytes[8] === 0 || bytes[8] === 2) && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe;
  return isatap ? [...found, bytes.slice(12).join('.')] : found;
}

/** The 16 bytes of an IPv6 address that `isIP` knows as one. */
function bytesOf(address: string): number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const hex = (high: string | undefined, low: string | undefined) => (Number(high) * 256 + Number(low)).toString(16);
  const text = dotted ? `${dotted[1]}${hex(dotted[2], dotted[3])}:${hex(dotted[4], dotted[5])}` : address;
  const [left = '', right] = text.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const head = groups(left);
  const tail = groups(right ?? '');
  const zeros = right === undefined ? 0 : 8 - head.length - tail.length;
  return [...head, ...new Array<number>(zeros).fill(0), ...tail].flatMap((group) => [group >> 8, group & 0xff]);
}
