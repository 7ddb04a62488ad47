import fc from 'fast-check';
import { expect, it } from 'vitest';
import { namePage, namesOn } from './name-page.ts';

const name = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._/-]{0,30}$/);

it('shows as many names as asked for, and says after which the next page starts', () => {
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 12 }), fc.integer({ min: 1, max: 12 }), (all, limit) => {
      const asked = all.slice(0, limit + 1);
      const page = namePage(JSON.stringify(asked), asked.length, limit);
      expect(namesOn(page)).toEqual(all.slice(0, limit));
      expect(page.next).toBe(all.length > limit ? all[limit - 1] : undefined);
    }),
  );
});
