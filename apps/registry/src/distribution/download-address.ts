import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Digest, parseDigest } from '@holdfast/oci/digest';
import { parseRepositoryName, type RepositoryName } from '@holdfast/oci/reference';
import type { RepositoryId } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import { DomainError } from '../platform/domain-error.ts';

/** Keys for MACs: one signs, and those before it verify what they have signed. */
export interface MacKeys {
  current(): Promise<{ readonly kid: string; readonly key: Uint8Array }>;
  find(kid: string): Promise<{ readonly key: Uint8Array } | undefined>;
}

/** How downloads are sent elsewhere. */
export interface Downloads {
  readonly keys: MacKeys;
  /** `https://data.<domain>[:port]`; known from the first request on. */
  readonly origin: () => string;
  readonly lifeSeconds: number;
  /** Whether a forwarded `Authorization` is answered as Azure's storage does; else it is not looked at. */
  readonly refusesAuthorization: boolean;
}

/** What an address opens: one blob in one repository, as it was when somebody was let in. */
export interface Download {
  /** Row id: a registry that is made again under the name is another one, as is a repository. */
  readonly registryId: string;
  readonly repositoryId: RepositoryId;
  readonly repository: RepositoryName;
  readonly digest: Digest;
  /** Given to somebody who may read what is in quarantine. */
  readonly quarantined: boolean;
}

/** So that no MAC of another purpose, or of another shape of addresses, is one of these. */
const PURPOSE = 'holdfast download address 1\n';

/**
 * The one spelling of an address. What is signed is the text up to the signature, so there is nothing to take apart before the
 * signature is looked at, and nothing that could be said twice or in another order.
 */
const ADDRESS =
  /^(\/([A-Za-z0-9-]{1,64})\/([a-z0-9._/-]{1,255})\/blobs\/(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})\?se=([1-9][0-9]{0,11})&rid=([1-9][0-9]{0,14})&sp=(rq?)&kid=([A-Za-z0-9_-]{12}))&sig=([A-Za-z0-9_-]{43})$/;

/** Signs an address: path and query, to be put behind the origin. */
export async function signDownload({ keys, lifeSeconds }: Downloads, clock: Clock, what: Download): Promise<string> {
  const { kid, key } = await keys.current();
  const until = Math.floor(clock.now().getTime() / 1000) + lifeSeconds;
  const { registryId, repository, digest, repositoryId, quarantined } = what;
  const text = `/${registryId}/${repository}/blobs/${digest}?se=${until}&rid=${repositoryId}&sp=${quarantined ? 'rq' : 'r'}&kid=${kid}`;
  return `${text}&sig=${macOf(key, text)}`;
}

/** What the address opens. Throws `download.refused` for one that was not signed just so, and for one whose time is over. */
export async function verifyDownload({ keys }: Downloads, clock: Clock, address: string): Promise<Download> {
  const match = ADDRESS.exec(address);
  if (!match) throw notSigned();
  const [, text = '', registryId = '', name = '', digestText = '', until, repositoryId, rights, kid = '', sig = ''] =
    match;
  const key = (await keys.find(kid))?.key;
  if (!key || !timingSafeEqual(Buffer.from(macOf(key, text)), Buffer.from(sig))) throw notSigned();
  const repository = parseRepositoryName(name);
  const digest = parseDigest(digestText);
  if (!repository || !digest) throw notSigned();
  if (clock.now().getTime() >= Number(until) * 1000) throw expired();
  return { registryId, repositoryId: Number(repositoryId), repository, digest, quarantined: rights === 'rq' };
}

function macOf(key: Uint8Array, text: string): string {
  return createHmac('sha256', key).update(PURPOSE).update(text).digest('base64url');
}

function notSigned(): DomainError {
  return new DomainError(
    'forbidden',
    'download.refused',
    'This is no address of a download that this site has signed, or it was changed. Ask the registry for the blob, and follow its Location as it stands.',
  );
}

function expired(): DomainError {
  return new DomainError(
    'forbidden',
    'download.refused',
    'The time of this address is over. Ask the registry for the blob again, and follow its Location.',
  );
}
