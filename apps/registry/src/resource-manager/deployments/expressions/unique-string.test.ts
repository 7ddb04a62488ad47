import fc from 'fast-check';
import { expect, it } from 'vitest';
import { uniqueString } from './unique-string.ts';

/** What Azure gives, as it stands in public code of others: one length that ends on a whole word, one that does not. */
it.each([
  [
    'z22rah77jfqry',
    '/subscriptions/12345678-1234-1234-1234-123456789012/resourceGroups/my-rg',
    'Microsoft.Storage/storageAccounts',
  ],
  ['52p2c4jfs43ig', '/subscriptions/00000000-0000-4000-8000-000000000084/resourceGroups/rg-p84', 'p84fixture'],
])('gives %s, as Azure does', (expected, ...parts) => {
  expect(uniqueString(parts)).toBe(expected);
});

it('gives thirteen characters of its alphabet for whatever text, the same each time', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 4 }), (parts) => {
      const text = uniqueString(parts);
      expect(text).toMatch(/^[a-z2-7]{13}$/);
      expect(uniqueString([parts.join('-')])).toBe(text);
    }),
  );
});
