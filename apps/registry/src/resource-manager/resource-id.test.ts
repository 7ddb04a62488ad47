import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatResourceId, parseResourceId, type ResourceId } from './resource-id.ts';

const part = fc.stringMatching(/^[A-Za-z0-9._()-]{1,12}$/);
const provider = fc
  .record({ namespace: part, words: fc.array(fc.tuple(part, part), { minLength: 1, maxLength: 3 }) })
  .map(({ namespace, words }) => ({
    namespace,
    type: words.map(([type]) => type).join('/'),
    names: words.map(([, name]) => name),
  }));
const id: fc.Arbitrary<ResourceId> = fc.oneof(
  fc.record({ subscriptionId: part }),
  fc.record({ subscriptionId: part, resourceGroup: part }),
  fc.record({ subscriptionId: part, resourceGroup: part, provider }),
);

describe('a resource id', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(id, (value) => {
        expect(parseResourceId(formatResourceId(value))).toEqual(value);
      }),
    );
  });

  it('has its words in any case and its names as they stand', () => {
    expect(parseResourceId('/SUBSCRIPTIONS/S/resourcegroups/G/PROVIDERS/N/t/X')).toEqual({
      subscriptionId: 'S',
      resourceGroup: 'G',
      provider: { namespace: 'N', type: 't', names: ['X'] },
    });
  });

  it('is nothing else, and reading never throws', () => {
    for (const text of [
      '',
      '/',
      'subscriptions/s',
      '/subscriptions',
      '/subscriptions/',
      '/subscriptions//resourceGroups/g',
      '/subscriptions/s/resourceGroups',
      '/subscriptions/s/resourceGroups/g/',
      '/subscriptions/s/resourceGroups/g/providers/N',
      '/subscriptions/s/resourceGroups/g/providers/N/t',
      '/subscriptions/s/resourceGroups/g/providers/N/t/x/u',
      '/subscriptions/s/providers/N/t/x',
      `/subscriptions/${'/a'.repeat(100)}`,
    ]) {
      expect(parseResourceId(text), text).toBeUndefined();
    }
    fc.assert(fc.property(fc.string(), (text) => void parseResourceId(text)));
  });
});
