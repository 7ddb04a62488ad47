import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { DomainError } from '../platform/domain-error.ts';

/** The certificates of `outbound.ca`, as PEM; refuses a file that has none, which would only be noticed at the first call. */
export async function readAuthorities(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    const pem = await readFile(path, 'utf8');
    new X509Certificate(pem);
    return pem;
  } catch (cause) {
    throw new DomainError(
      'invalid',
      'server.internal',
      `outbound.ca names ${path}, which cannot be read as certificates in PEM form. Correct the setting or the file, then start again.`,
      { cause },
    );
  }
}
