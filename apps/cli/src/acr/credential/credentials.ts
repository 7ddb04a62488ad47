import type { TableRows } from '../../command.ts';

export interface AdminCredentials {
  readonly username: string;
  readonly passwords: readonly { readonly name: string; readonly value: string }[];
}

export function credentialRows(result: unknown): TableRows {
  const { username, passwords } = result as AdminCredentials;
  return [{ USERNAME: username, PASSWORD: passwords[0]?.value, PASSWORD2: passwords[1]?.value }];
}
