import type { Exchange } from '../../http/exchange.ts';
import { requireDisplayName } from '../../identity/directory.ts';
import type { ApplicationCredentialRow } from '../../metadata/directory.ts';
import type { MetadataTx } from '../../metadata/metadata-store.ts';
import type { Body } from '../body.ts';
import { readCertificate } from '../certificates.ts';
import type { Graph } from '../context.ts';
import { passwordJson } from '../json.ts';
import { callerOf, readJson, unknownObject } from './reply.ts';

const MOST_CREDENTIALS = 50;

/** What has secrets and certificates of its own: an application, or its service principal. */
export interface CredentialOwner {
  /** Object id. */
  readonly id: string;
  readonly appId: string;
}

/** The only answer that ever shows the secret. */
export async function addPassword(g: Graph, x: Exchange, owner: CredentialOwner): Promise<void> {
  const given = (await readJson(x)).within('passwordCredential');
  const displayName = nameOf(given);
  const { secret, row } = await g.directory.change(callerOf(x), 'credential.add', owner.appId, (tx) =>
    g.directory.addSecret(tx, {
      ownerId: owner.id,
      appId: owner.appId,
      displayName,
      startsAt: given?.date('startDateTime'),
      endsAt: given?.date('endDateTime'),
    }),
  );
  x.sendJson(200, {}, passwordJson(row, secret));
}

/** Everything that was got with it ends at the next request. */
export async function removePassword(g: Graph, x: Exchange, owner: CredentialOwner): Promise<void> {
  const keyId = (await readJson(x)).required('keyId').toLowerCase();
  await g.directory.change(callerOf(x), 'credential.remove', `${owner.appId} ${keyId}`, async (tx) => {
    const own = await ofOwner(tx, owner);
    if (!own.some((row) => row.id === keyId && row.kind === 'password'))
      throw unknownObject('password credential', keyId);
    await tx.applicationCredentials.delete(keyId);
  });
  x.send(204);
}

/**
 * A whole list takes the place of the one that is there: entries with a `keyId` that exists stay, entries with a `key` are
 * new, what is not in the list goes. Within the caller's transaction.
 */
export async function replaceCredentials(g: Graph, tx: MetadataTx, owner: CredentialOwner, body: Body): Promise<void> {
  const keys = body.list('keyCredentials', MOST_CREDENTIALS);
  const passwords = body.list('passwordCredentials', MOST_CREDENTIALS);
  const own = await ofOwner(tx, owner);
  if (keys) await keepListed(tx, own, 'certificate', keys);
  if (passwords) await keepListed(tx, own, 'password', passwords);
  for (const key of keys ?? []) if (!isListed(own, key)) await addKey(g, tx, owner, key);
}

async function addKey(g: Graph, tx: MetadataTx, owner: CredentialOwner, given: Body): Promise<void> {
  const certificate = readCertificate(given.required('key'));
  const { startsAt, endsAt } = certificate;
  const end = given.date('endDateTime') ?? endsAt;
  await g.directory.addCertificate(tx, {
    ...certificate,
    ownerId: owner.id,
    appId: owner.appId,
    displayName: nameOf(given),
    startsAt: given.date('startDateTime') ?? startsAt,
    // Never beyond the certificate's own end.
    endsAt: new Date(Math.min(end.getTime(), endsAt.getTime())),
  });
}

async function keepListed(
  tx: MetadataTx,
  own: readonly ApplicationCredentialRow[],
  kind: ApplicationCredentialRow['kind'],
  listed: readonly Body[],
): Promise<void> {
  const kept = new Set(listed.map((entry) => entry.text('keyId')?.toLowerCase()));
  for (const row of own) if (row.kind === kind && !kept.has(row.id)) await tx.applicationCredentials.delete(row.id);
}

function isListed(own: readonly ApplicationCredentialRow[], entry: Body): boolean {
  const keyId = entry.text('keyId')?.toLowerCase();
  return own.some((row) => row.id === keyId);
}

async function ofOwner(tx: MetadataTx, { appId, id }: CredentialOwner): Promise<ApplicationCredentialRow[]> {
  const all = await tx.applicationCredentials.ofApplication(appId);
  return all.filter((row) => row.ownerId === id);
}

function nameOf(given: Body | undefined): string | undefined {
  const name = given?.text('displayName');
  if (name) requireDisplayName(name);
  return name || undefined;
}
