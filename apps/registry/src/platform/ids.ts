import { randomBytes, randomUUID } from 'node:crypto';

/** Randomness, so that tests can repeat it. */
export interface Ids {
  uuid(): string;
  /** A secret of 256 random bits, in characters that need no quoting in a shell, a URL or a Dockerfile. */
  secret(): string;
  bytes(length: number): Buffer;
}

export const systemIds: Ids = {
  uuid: () => randomUUID(),
  secret: () => randomBytes(32).toString('base64url').replace(/^[-_]/, 'A'),
  bytes: (length) => randomBytes(length),
};
