import { readFile } from 'node:fs/promises';
import { readSigningKey, readTrustedKeys, type SigningKey, type TrustedKey } from '@holdfast/bundle/signing';
import type { Options } from '../command.ts';
import { CommandError } from '../command-error.ts';

export const KEY = {
  key: {
    flags: ['--key'],
    value: 'FILE',
    required: true,
    text: 'Private key to sign with, as bundle keygen makes it.',
  },
} as const satisfies Options;

export const TRUST = {
  trust: {
    flags: ['--trust'],
    value: 'FILE',
    many: true,
    required: true,
    text: 'Public keys whose signatures are believed, as PEM.',
  },
} as const satisfies Options;

export async function loadSigningKey(path: string): Promise<SigningKey> {
  const pem = await readFile(path, 'utf8').catch(unreadable(path));
  try {
    return readSigningKey(pem);
  } catch (error) {
    throw new CommandError(
      `${path} is no key to sign with: ${(error as Error).message}. Make one with holdfast bundle keygen.`,
    );
  }
}

export async function loadTrustedKeys(paths: readonly string[] = []): Promise<TrustedKey[]> {
  const all: TrustedKey[] = [];
  for (const path of paths) {
    const pem = await readFile(path, 'utf8').catch(unreadable(path));
    try {
      all.push(...readTrustedKeys(pem));
    } catch (error) {
      throw new CommandError(`${path} is not taken: ${(error as Error).message}.`);
    }
  }
  return all;
}

const unreadable = (path: string) => (error: unknown) => {
  throw new CommandError(`${path} cannot be read: ${(error as Error).message}.`);
};
