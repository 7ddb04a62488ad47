import { writeFile } from 'node:fs/promises';
import { generateSigningKey, readSigningKey } from '@holdfast/bundle/signing';
import { defineCommand } from '../command.ts';
import { CommandError } from '../command-error.ts';

export const command = defineCommand({
  summary: 'Make a key to sign bundles and receipts with.',
  details:
    'Writes NAME.key, which stays where bundles are made, and NAME.pub, which the other side is given once, by a way that it trusts. Ed25519, as PEM: openssl and cosign read both.',
  options: {
    output: {
      flags: ['--file', '-f'],
      value: 'NAME',
      required: true,
      text: 'Name of the two files, without .key and .pub.',
    },
  },
  examples: [{ text: 'A key for the connected side:', command: 'holdfast bundle keygen --file connected' }],
  run: async (_context, { output }) => {
    const { privatePem, publicPem } = generateSigningKey();
    try {
      await writeFile(`${output}.key`, privatePem, { mode: 0o600, flag: 'wx' });
      await writeFile(`${output}.pub`, publicPem, { flag: 'wx' });
    } catch (error) {
      throw new CommandError(
        `No key was made: ${(error as Error).message}. Take another name, or take the old key away.`,
      );
    }
    return { keyId: readSigningKey(privatePem).id, privateKey: `${output}.key`, publicKey: `${output}.pub` };
  },
});
