import { createCipheriv, createDecipheriv } from 'node:crypto';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { MetadataReader } from '../metadata/metadata-store.ts';
import { DomainError } from '../platform/domain-error.ts';
import { replaceFile, syncFolder } from '../platform/durable-file.ts';
import type { Ids } from '../platform/ids.ts';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Keeps secrets that a protocol must be able to return (listCredentials) or use (signing keys) unreadable in the database. */
export interface SecretBox {
  /** Nonce, tag, cipher text. `context` says what the secret is for; the same context opens it again, no other does. */
  seal(text: string, context: string): Uint8Array;
  open(sealed: Uint8Array, context: string): string;
}

/**
 * The installation's master key in `<dataDir>/secrets/master.key` (mode 0600), made at the first start.
 *
 * It is never made when `sealedSecretsExist` says that the database holds secrets of an earlier key: a fresh key could
 * open none of them, and every password and token would silently be lost.
 */
export async function openMasterKey(
  dataDir: string,
  ids: Ids,
  options: { sealedSecretsExist: () => Promise<boolean> },
): Promise<SecretBox> {
  const path = join(dataDir, 'secrets', 'master.key');
  let text = await readIfThere(path);
  if (text === undefined) {
    if (await options.sealedSecretsExist())
      throw refusal(`${path} is missing, but the database holds secrets sealed with it`);
    text = `${ids.bytes(KEY_BYTES).toString('base64url')}\n`;
    await createKeyFile(path, text, ids);
  }
  // A restored backup or a mounted volume may have come with looser bits; a read-only mount cannot be changed, and need not.
  await chmod(path, 0o600).catch(() => undefined);
  const key = Buffer.from(text.trim(), 'base64url');
  if (key.length !== KEY_BYTES) throw refusal(`${path} is not a master key of ${KEY_BYTES} bytes in base64url`);
  return createSecretBox(key, ids);
}

/** Whether the database holds anything that only the existing master key opens. */
export async function sealedSecretsExist(read: MetadataReader, registryName: string): Promise<boolean> {
  if ((await read.keys.all()).length > 0 || (await read.signInKeys.all()).length > 0) return true;
  const registry = await read.registries.byName(registryName);
  return registry !== undefined && (await read.credentials.byRegistry(registry.id)).length > 0;
}

/**
 * AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce; the context is the additional authenticated data, so that a
 * sealed value copied into another row does not open there.
 */
export function createSecretBox(key: Uint8Array, ids: Ids): SecretBox {
  return {
    seal(text, context) {
      const nonce = ids.bytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]);
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      if (bytes.length < NONCE_BYTES + TAG_BYTES) throw cannotOpen(context);
      try {
        const nonce = bytes.subarray(0, NONCE_BYTES);
        const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
        decipher.setAAD(Buffer.from(context));
        decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
        const text = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
        return Buffer.concat([text, decipher.final()]).toString('utf8');
      } catch (cause) {
        throw cannotOpen(context, cause);
      }
    },
  };
}

/** Whoever calls holds the data folder's lock, so nobody else makes one at the same time. */
async function createKeyFile(path: string, text: string, ids: Ids): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await replaceFile(path, text, 0o600, ids);
  await syncFolder(dirname(folder));
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

function refusal(what: string): DomainError {
  return new DomainError(
    'internal',
    'server.internal',
    `${what}. Put the master.key of this installation back from its backup; a new key could open none of the stored secrets.`,
  );
}

function cannotOpen(context: string, cause?: unknown): DomainError {
  return new DomainError(
    'internal',
    'server.internal',
    `The stored secret "${context}" cannot be opened: it was sealed with another master key or was changed. Put the master.key that belongs to this database back.`,
    { cause },
  );
}
