import { digestOf } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import { expect, it } from 'vitest';
import { recordVerdict } from '../content/quarantine-verdict.ts';
import type { Distribution } from '../distribution/context.ts';
import { openTestDistribution } from '../distribution/test-distribution.ts';
import type { MetadataTx } from '../metadata/metadata-store.ts';
import { registryRow } from '../metadata/test-rows.ts';
import type { Outbound } from '../outbound/outbound.ts';
import { createImageImport } from './importer.ts';

it('an image that is failed between the last look at it and the transaction of the import is not imported', async () => {
  const t = await openTestDistribution();
  const target = registryRow({ id: 'r2', name: 'open' });
  await t.d.metadata.transaction((tx) => tx.registries.create(target));
  await t.setQuarantine('on');
  const bytes = Buffer.from('{"schemaVersion":2}');
  const digest = digestOf(bytes);
  await t.push('app', { digest }, 'application/vnd.x+json', bytes);
  const judge = (state: 'Passed' | 'Failed') => async (tx: MetadataTx) => {
    const repository = await tx.repositories.find('r1', 'app' as RepositoryName);
    if (!repository) throw new Error('no repository');
    const about = { registry: t.registry(), repository, digest };
    await recordVerdict(t.d, tx, about, { state }, { principal: 'scanner', correlationId: 'c' });
  };
  await t.d.metadata.transaction(judge('Passed'));
  let comesFirst: ((tx: MetadataTx) => Promise<void>) | undefined;
  const metadata = new Proxy(t.d.metadata, {
    get: (store, name) => {
      if (name !== 'transaction') return Reflect.get(store, name) as unknown;
      return async (work: (tx: MetadataTx) => Promise<unknown>) => {
        if (comesFirst) await store.transaction(comesFirst);
        comesFirst = undefined;
        return store.transaction(work);
      };
    },
  });
  const distribution: Distribution = { ...t.d, metadata };
  const images = createImageImport({ distribution, outbound: {} as Outbound, plainHttp: [] });
  const order = (tag: string) => ({
    source: { kind: 'local', registry: t.registry() } as const,
    image: { repository: 'app' as RepositoryName, reference: { digest } },
    target,
    targets: [{ repository: 'copy' as RepositoryName, tag: tag as TagName }],
    force: false,
    principal: t.developer('app').principal,
    correlationId: 'c',
    userAgent: undefined,
  });
  const { signal } = new AbortController();
  await images.run(order('before'), signal);
  comesFirst = judge('Failed');
  await expect(images.run(order('after'), signal)).rejects.toMatchObject({ code: 'content.quarantined' });
  const copy = await t.d.metadata.read.repositories.find('r2', 'copy' as RepositoryName);
  expect(await t.d.metadata.read.tags.list(copy?.id ?? 0, {})).toEqual(['before']);
});
