import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';

/** `sha256:` of the public key in its DER form: what `openssl pkey -pubin -outform DER | sha256sum` says. */
export type KeyId = string & { readonly __brand: 'KeyId' };

export interface SigningKey {
  readonly id: KeyId;
  readonly privateKey: KeyObject;
}

export interface TrustedKey {
  readonly id: KeyId;
  readonly publicKey: KeyObject;
}

/** A new Ed25519 key (RFC 8032) as PEM: PKCS #8, and SubjectPublicKeyInfo, which cosign and openssl read. */
export function generateSigningKey(): { readonly privatePem: string; readonly publicPem: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** Throws a clause that says what is wrong. */
export function readSigningKey(pem: string): SigningKey {
  const privateKey = createPrivateKey(pem);
  return { id: keyId(ed25519(createPublicKey(privateKey))), privateKey };
}

/** All public keys of a PEM text. Keys of another algorithm are refused: what is weaker must not be chosen by a bundle. */
export function readTrustedKeys(pem: string): TrustedKey[] {
  const blocks = pem.match(/-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g) ?? [];
  if (blocks.length === 0) throw new Error('there is no public key in PEM form');
  return blocks.map((block) => {
    const publicKey = ed25519(createPublicKey(block));
    return { id: keyId(publicKey), publicKey };
  });
}

/** Base64 with a line break, over the very bytes: `cosign verify-blob --key … --signature …` takes it as it is. */
export function signBytes({ privateKey }: SigningKey, bytes: Uint8Array): string {
  return `${sign(null, bytes, privateKey).toString('base64')}\n`;
}

/** The key that signed the bytes; undefined when none of the trusted ones did. */
export function signerOf(trusted: readonly TrustedKey[], bytes: Uint8Array, signature: string): KeyId | undefined {
  const text = signature.replace(/\n$/, '');
  const raw = Buffer.from(text, 'base64');
  if (raw.length !== 64 || raw.toString('base64') !== text) return undefined; // one signature, one way to write it
  return trusted.find(({ publicKey }) => verify(null, bytes, publicKey, raw))?.id;
}

function ed25519(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw new Error(`the key is of type ${key.asymmetricKeyType}, and only ed25519 is taken`);
}

function keyId(key: KeyObject): KeyId {
  const der = key.export({ type: 'spki', format: 'der' });
  return `sha256:${createHash('sha256').update(der).digest('hex')}` as KeyId;
}
