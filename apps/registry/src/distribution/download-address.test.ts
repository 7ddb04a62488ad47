import { createHmac } from 'node:crypto';
import { digestOf } from '@holdfast/oci/digest';
import type { RepositoryName } from '@holdfast/oci/reference';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../platform/clock.ts';
import { DomainError } from '../platform/domain-error.ts';
import { type Download, type Downloads, signDownload, verifyDownload } from './download-address.ts';

const keys = new Map([
  ['aaaaaaaaaaaa', Buffer.alloc(32, 1)],
  ['bbbbbbbbbbbb', Buffer.alloc(32, 2)],
]);
let signing = 'aaaaaaaaaaaa';
const downloads: Downloads = {
  keys: {
    current: async () => ({ kid: signing, key: keys.get(signing) as Buffer }),
    find: async (kid) => {
      const key = keys.get(kid);
      return key && { key };
    },
  },
  origin: () => 'https://data.site1.example',
  lifeSeconds: 300,
  refusesAuthorization: false,
};
const what: Download = {
  registryId: '0f8fad5b-d9cb-469f-a165-70867728950e',
  repositoryId: 17,
  repository: 'team/app' as RepositoryName,
  digest: digestOf('x'),
  quarantined: false,
};
let clock: FakeClock;
let address: string;
beforeEach(async () => {
  clock = new FakeClock();
  signing = 'aaaaaaaaaaaa';
  address = await signDownload(downloads, clock, what);
});

/** What it opens, or why not. */
async function verify(text: string): Promise<Download | string> {
  try {
    return await verifyDownload(downloads, clock, text);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'download.refused') return error.message;
    throw error;
  }
}
const NOT_SIGNED = expect.stringContaining('no address of a download that this site has signed');

describe('the address of a download', () => {
  it('opens what it was signed for, and can stand in a shell unquoted', async () => {
    expect(await verify(address)).toEqual(what);
    expect(address).toMatch(/^[A-Za-z0-9/:._?&=-]+$/);
    const of = { ...what, quarantined: true, digest: digestOf('x', 'sha512') };
    expect(await verify(await signDownload(downloads, clock, of))).toEqual(of);
  });

  it('lives as long as it was given, to the second, and not longer', async () => {
    clock.advance(299_999);
    expect(await verify(address)).toEqual(what);
    clock.advance(1);
    expect(await verify(address)).toContain('The time of this address is over');
  });

  it('is verified by the key that signed it, also after another one signs', async () => {
    signing = 'bbbbbbbbbbbb';
    expect(await verify(address)).toEqual(what);
    expect(await verify(address.replace('kid=aaaaaaaaaaaa', 'kid=bbbbbbbbbbbb'))).toEqual(NOT_SIGNED);
    expect(await verify(address.replace('kid=aaaaaaaaaaaa', 'kid=cccccccccccc'))).toEqual(NOT_SIGNED);
  });

  it('opens nothing when any one character of it is another', async () => {
    const characters = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/.:?&=%');
    await fc.assert(
      fc.asyncProperty(fc.nat(address.length - 1), characters, async (at, c) => {
        const changed = `${address.slice(0, at)}${c}${address.slice(at + 1)}`;
        if (changed !== address) expect(await verify(changed), changed).toEqual(NOT_SIGNED);
      }),
      { numRuns: 2000 },
    );
  });

  it('opens nothing when it was cut, or something stands before or behind it', async () => {
    for (let n = 0; n < address.length; n++) expect(await verify(address.slice(0, n))).toEqual(NOT_SIGNED);
    for (const more of ['=', '&', '&sig=x', '#', '/', ' ', '\n', '%00', 'A']) {
      expect(await verify(`${address}${more}`), more).toEqual(NOT_SIGNED);
    }
    for (const before of ['/', '//', ' ', '/.', '/x']) expect(await verify(`${before}${address}`)).toEqual(NOT_SIGNED);
  });

  const swapped: readonly [string, (text: string) => string][] = [
    ['another digest', (a) => a.replace(what.digest, digestOf('y'))],
    ['the digest in capitals', (a) => a.replace(what.digest.slice(7), what.digest.slice(7).toUpperCase())],
    ['another repository', (a) => a.replace('team/app', 'team/apq')],
    ['another registry', (a) => a.replace('0f8fad5b', '0f8fad5c')],
    ['another row', (a) => a.replace('rid=17', 'rid=18')],
    ['a row with a zero before it', (a) => a.replace('rid=17', 'rid=017')],
    ['a longer life', (a) => a.replace(/se=\d+/, 'se=9999999999')],
    ['more rights', (a) => a.replace('sp=r&', 'sp=rq&')],
    ['a parameter twice', (a) => a.replace('?se=', '?se=9999999999&se=')],
    ['a parameter twice behind', (a) => `${a}&se=9999999999`],
    ['a signature twice', (a) => `${a}&sig=${a.slice(-43)}`],
    ['another order', (a) => a.replace(/(rid=17)&(sp=r)/, '$2&$1')],
    ['a parameter more', (a) => a.replace('&sig=', '&x=1&sig=')],
    ['the path encoded', (a) => a.replace('team/app', 'team%2Fapp')],
    ['the path with dots', (a) => a.replace('team/app', 'team/./app')],
    ['the path upwards', (a) => a.replace('team/app', 'team/x/../app')],
    ['two slashes', (a) => a.replace('/blobs/', '//blobs/')],
    ['the signature encoded', (a) => a.replace(/sig=(.)/, (_, c: string) => `sig=%${c.charCodeAt(0).toString(16)}`)],
    ['the same bits of a signature in another letter', (a) => a.slice(0, -1) + twin(a.at(-1) ?? '')],
    ['a signature without its last letter', (a) => a.slice(0, -1)],
    ['a signature with padding', (a) => `${a}=`],
    ['no signature', (a) => a.replace(/&sig=.*/, '')],
    ['an empty signature', (a) => a.replace(/&sig=.*/, '&sig=')],
  ];
  it.each(swapped)('with %s opens nothing', async (_, change) => {
    const changed = change(address);
    expect(changed).not.toBe(address);
    expect(await verify(changed)).toEqual(NOT_SIGNED);
  });

  it('that was signed by the key for another purpose opens nothing', async () => {
    const text = address.replace(/&sig=.*/, '');
    const other = createHmac('sha256', keys.get('aaaaaaaaaaaa') as Buffer)
      .update(text)
      .digest('base64url');
    expect(await verify(`${text}&sig=${other}`)).toEqual(NOT_SIGNED);
  });
});

/** 256 bits fill 43 letters but for two bits: three other last letters mean the same bytes. */
function twin(letter: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return letters[letters.indexOf(letter) ^ 1] ?? '';
}
