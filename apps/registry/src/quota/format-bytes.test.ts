import { expect, it } from 'vitest';
import { formatBytes } from './format-bytes.ts';

it.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [1023, '1023 bytes'],
  [1024, '1 KiB'],
  [1536, '1.5 KiB'],
  [100 * 2 ** 30, '100 GiB'],
  [100 * 2 ** 30 - 1, '100 GiB'],
  [1_234_567, '1.18 MiB'],
  [2 ** 60, '1024 PiB'],
])('%d are shown as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
