import {
  generateSigningKey,
  type KeyId,
  readSigningKey,
  readTrustedKeys,
  type SigningKey,
  type TrustedKey,
} from '@holdfast/bundle/signing';
import { principalId } from '../access/principal.ts';
import type { TrustedSignerRow } from '../metadata/bundles.ts';
import { DomainError } from '../platform/domain-error.ts';
import type { BundleCaller } from './caller.ts';
import { type Bundles, bundleAudit } from './context.ts';

const SETTING = 'bundleSigningKey';
const NAME_LENGTH = 100;

/** The key of this site: with it every registry signs bundles and receipts. */
export interface SiteKey extends SigningKey {
  readonly publicPem: string;
}

/** Made when it is first needed, and never again: the far side trusts it. Its private half is sealed like all secrets here. */
export async function siteKey(d: Pick<Bundles, 'metadata' | 'box'>): Promise<SiteKey> {
  const kept =
    (await d.metadata.read.settings.get(SETTING)) ??
    (await d.metadata.transaction(async (tx) => {
      const pair = generateSigningKey();
      const sealed = Buffer.from(d.box.seal(pair.privatePem, SETTING)).toString('base64');
      const value = JSON.stringify({ publicPem: pair.publicPem, sealed });
      return (await tx.settings.get(SETTING)) ?? (await tx.settings.put(SETTING, value));
    }));
  const { publicPem, sealed } = JSON.parse(kept) as { publicPem: string; sealed: string };
  return { ...readSigningKey(d.box.open(Buffer.from(sealed, 'base64'), SETTING)), publicPem };
}

/** By whose signatures volumes and receipts are believed in the registry: those that were named, and this site itself. */
export async function trustedKeys(d: Pick<Bundles, 'metadata' | 'box'>, registryId: string): Promise<TrustedKey[]> {
  const rows = await d.metadata.read.bundles.signers(registryId);
  const own = await siteKey(d);
  return [own.publicPem, ...rows.map(({ publicPem }) => publicPem)].flatMap((pem) => readTrustedKeys(pem));
}

/** Answers what was added; a key that is trusted already gets the new name. Throws `bundle.invalid`. */
export async function addSigner(
  d: Bundles,
  caller: BundleCaller,
  { name, publicKey }: { readonly name: unknown; readonly publicKey: unknown },
): Promise<TrustedSignerRow> {
  if (typeof name !== 'string' || name.trim() === '' || name.length > NAME_LENGTH)
    throw invalid(`name must be a text of 1 to ${NAME_LENGTH} characters`);
  const row: TrustedSignerRow = {
    registryId: caller.registry.id,
    ...oneKey(publicKey),
    name: name.trim(),
    addedBy: principalId(caller.principal),
    addedAt: d.clock.now(),
  };
  await d.metadata.transaction(async (tx) => {
    await tx.bundles.putSigner(row);
    await tx.audit.append(bundleAudit(d, caller, 'bundle.trust', `${row.keyId} (${row.name})`));
  });
  return row;
}

/** What was applied before stays. Throws `signer.unknown`. */
export async function removeSigner(d: Bundles, caller: BundleCaller, keyId: string): Promise<void> {
  await d.metadata.transaction(async (tx) => {
    if (!(await tx.bundles.deleteSigner(caller.registry.id, keyId))) throw unknownSigner(keyId);
    await tx.audit.append(bundleAudit(d, caller, 'bundle.distrust', keyId));
  });
}

function oneKey(pem: unknown): { keyId: KeyId; publicPem: string } {
  try {
    const [key, ...more] = readTrustedKeys(typeof pem === 'string' ? pem : '');
    if (!key || more.length > 0) throw new Error('it must hold one key');
    return { keyId: key.id, publicPem: key.publicKey.export({ type: 'spki', format: 'pem' }).toString() };
  } catch (error) {
    throw invalid(`publicKey is no public Ed25519 key in PEM form (${(error as Error).message})`);
  }
}

function invalid(why: string): DomainError {
  return new DomainError(
    'invalid',
    'bundle.invalid',
    `The signer was not added: ${why}. Send the name of the sender, and the public key that it published.`,
  );
}

function unknownSigner(keyId: string): DomainError {
  return new DomainError(
    'not-found',
    'signer.unknown',
    `No trusted signer of this registry has the id ${keyId.slice(0, 80)}. List them to see who is trusted.`,
  );
}
