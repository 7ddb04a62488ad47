import type { TagName } from '@holdfast/oci/reference';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digest, Stock } from './clean-up/test-stock.ts';
import { requireMutable, type TagChange } from './immutable-tags.ts';

let stock: Stock;
beforeEach(async () => {
  stock = await Stock.open();
  await stock.push(1, { tags: ['v1', 'edge'] });
  await stock.push(2, { tags: ['other'] });
});
afterEach(() => stock.metadata.close());

const ask = async (change: TagChange, name = 'team/app') => {
  const place = { id: stock.id, name, registryId: 'r1' } as Parameters<typeof requireMutable>[2];
  return requireMutable(stock.metadata.read, 'contoso', place, change).then(
    () => 'may',
    (error: { code: string }) => error.code,
  );
};
const tag = (name: string) => name as TagName;
const REFUSED = 'content.immutable';

describe('immutable tags', () => {
  beforeEach(() => stock.immutable('releases', { repositories: ['team/*'], match: ['v*'], except: ['v*-rc'] }));

  it.each<[string, TagChange, string]>([
    ['moves', { operation: 'put-tag', tag: tag('v1'), digest: digest(2) }, REFUSED],
    ['puts again where it is', { operation: 'put-tag', tag: tag('v1'), digest: digest(1) }, 'may'],
    ['puts for the first time', { operation: 'put-tag', tag: tag('v2'), digest: digest(2) }, 'may'],
    ['moves another', { operation: 'put-tag', tag: tag('edge'), digest: digest(2) }, 'may'],
    ['takes away', { operation: 'delete-tag', tag: tag('v1') }, REFUSED],
    ['takes away one that is excepted', { operation: 'delete-tag', tag: tag('v1-rc') }, 'may'],
    ['takes away with its manifest', { operation: 'delete-manifest', digest: digest(1) }, REFUSED],
    ['takes away with another manifest', { operation: 'delete-manifest', digest: digest(2) }, 'may'],
    ['takes away with the repository', { operation: 'delete-repository' }, REFUSED],
  ])('are asked of whoever %s', async (_, change, expected) => {
    expect(await ask(change)).toBe(expected);
  });

  it('are in the repositories that the policy names, while it is enabled', async () => {
    const change = { operation: 'delete-tag', tag: tag('v1') } as const;
    expect(await ask(change, 'teams/app')).toBe('may');
    await stock.immutable('releases', { status: 'disabled', match: ['*'] });
    expect(await ask(change)).toBe('may');
    expect(await ask({ operation: 'delete-repository' })).toBe('may');
  });
});
