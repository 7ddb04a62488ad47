import { createHash, createPublicKey, generateKeyPair, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import type { Ids } from '../../platform/ids.ts';
import { bits, type Der, explicit, implicit, integer, octets, oid, sequence, set, time, truth, utf8 } from './der.ts';

const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));

export interface Validity {
  readonly from: Date;
  readonly to: Date;
}

export async function generateKey(): Promise<KeyObject> {
  // P-256 is the one curve that every client and every TLS library takes.
  const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'prime256v1' });
  return privateKey;
}

/** A certificate that signs itself and server certificates, nothing else (pathLen 0). */
export function issueAuthority(key: KeyObject, validity: Validity, ids: Ids): string {
  const id = keyId(key);
  return certificate({
    key,
    issuerKey: key,
    // The key's own id makes the name unique, so that the authorities of several sites do not shadow each other in
    // one trust store, and a lost ca.pem can be made again from its key.
    issuer: name(authorityName(key)),
    subject: name(authorityName(key)),
    validity,
    ids,
    extensions: [
      extension('2.5.29.19', true, sequence(truth(), integer(Buffer.from([0])))), // basicConstraints: cA, pathLen 0
      extension('2.5.29.15', true, bits(Buffer.from([0b0000_0110]), 1)), // keyUsage: keyCertSign, cRLSign
      extension('2.5.29.14', false, octets(id)),
    ],
  });
}

export interface ServerNames {
  readonly dns: readonly string[];
  readonly ip: readonly string[];
}

export function issueServerCertificate(o: {
  readonly key: KeyObject;
  readonly authorityKey: KeyObject;
  readonly names: ServerNames;
  readonly validity: Validity;
  readonly ids: Ids;
}): string {
  const names = [
    ...o.names.dns.map((dns) => implicit(2, Buffer.from(dns, 'ascii'))),
    ...o.names.ip.map((ip) => implicit(7, addressBytes(ip))),
  ];
  return certificate({
    key: o.key,
    issuerKey: o.authorityKey,
    issuer: name(authorityName(o.authorityKey)),
    subject: name(o.names.dns[0] ?? 'holdfast'),
    validity: o.validity,
    ids: o.ids,
    extensions: [
      extension('2.5.29.19', true, sequence()), // basicConstraints: no CA
      extension('2.5.29.15', true, bits(Buffer.from([0b1000_0000]), 7)), // keyUsage: digitalSignature
      extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'))), // extKeyUsage: serverAuth
      extension('2.5.29.17', false, sequence(...names)),
      extension('2.5.29.14', false, octets(keyId(o.key))),
      extension('2.5.29.35', false, sequence(implicit(0, keyId(o.authorityKey)))),
    ],
  });
}

/** RFC 5280, 4.1: what is to be signed, then the algorithm and the signature. */
function certificate(o: {
  readonly key: KeyObject;
  readonly issuerKey: KeyObject;
  readonly issuer: Der;
  readonly subject: Der;
  readonly validity: Validity;
  readonly extensions: readonly Der[];
  readonly ids: Ids;
}): string {
  const serial = o.ids.bytes(16);
  // Positive, and of one length whatever the random bytes are.
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const toBeSigned = sequence(
    explicit(0, integer(Buffer.from([2]))), // version 3
    integer(serial),
    ecdsaWithSha256,
    o.issuer,
    sequence(time(o.validity.from), time(o.validity.to)),
    o.subject,
    publicKeyInfo(o.key),
    explicit(3, sequence(...o.extensions)),
  );
  const signature = sign('sha256', toBeSigned, o.issuerKey);
  return new X509Certificate(sequence(toBeSigned, ecdsaWithSha256, bits(signature))).toString();
}

const extension = (id: string, critical: boolean, content: Der): Der =>
  critical ? sequence(oid(id), truth(), octets(content)) : sequence(oid(id), octets(content));

const name = (commonName: string): Der =>
  sequence(
    set(sequence(oid('2.5.4.10'), utf8('Holdfast'))),
    set(sequence(oid('2.5.4.3'), utf8(commonName.slice(0, 64)))), // 64 is X.520's limit
  );

const authorityName = (key: KeyObject) => `Holdfast site CA ${keyId(key).toString('hex', 0, 8)}`;

const publicKeyInfo = (key: KeyObject): Der => createPublicKey(key).export({ type: 'spki', format: 'der' });

/** RFC 7093, method 1: 160 bits of the SHA-256 of the key's own bits, which are the last 65 bytes for P-256. */
const keyId = (key: KeyObject): Buffer =>
  createHash('sha256').update(publicKeyInfo(key).subarray(-65)).digest().subarray(0, 20);

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail = ''] = address.split('::');
  const groups = (text: string) => (text ? text.split(':').map((group) => Number.parseInt(group, 16)) : []);
  const [front, back] = [groups(head), groups(tail)];
  const all = [...front, ...new Array<number>(8 - front.length - back.length).fill(0), ...back];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}
