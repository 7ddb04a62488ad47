/** A registry of many manifests: what goes through all of them lets others have their turn. */
import { join } from 'node:path';
import { readReceipt } from '@holdfast/bundle/receipt';
import { readTrustedKeys } from '@holdfast/bundle/signing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqliteMetadataStore } from '../../apps/registry/src/metadata/sqlite/open.ts';
import { fill, MANY, REPOSITORY } from '../../bench/scale-rows.ts';
import type { Answer } from '../support/http-client.ts';
import { startRegistry, type TestRegistry } from '../support/start-registry.ts';

/** One more than a bundle of the transfer station may have. */
const ROWS = 50_001;

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
  await registry.halt();
  const store = openSqliteMetadataStore({ path: join(registry.dataDir, 'metadata.db') });
  await fill(store, ROWS);
  await store.close();
  await registry.resume();
}, 120_000);
afterAll(() => registry.stop());

const estimate = (...images: string[]) =>
  registry.ask('POST', '/holdfast/v1/_bundles/_estimate', {
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ images }),
  });

/** How many requests were answered, one after the other, until the answer came. */
async function othersDuring(work: Promise<Answer>): Promise<{ answer: Answer; others: number }> {
  let answer: Answer | undefined;
  void work.then((come) => {
    answer = come;
  });
  for (let others = 0; ; others++) {
    if (answer) return { answer, others };
    expect((await registry.ask('GET', '/v2/')).status).toBe(200);
  }
}

describe('a registry of many manifests', () => {
  it('tells all of them in a receipt, and answers others meanwhile', async () => {
    const { answer, others } = await othersDuring(registry.ask('GET', '/holdfast/v1/_receipt'));
    expect(answer.status, answer.text.slice(0, 300)).toBe(200);
    const key = await registry.ask('GET', '/holdfast/v1/_key');
    const receipt = readReceipt(answer.text, readTrustedKeys(key.json<{ publicKey: string }>().publicKey));
    expect(receipt.count).toBe(2 * ROWS);
    const tag = await registry.ask('HEAD', `/v2/${REPOSITORY}/manifests/t00${ROWS - 1}`);
    expect(receipt.has(REPOSITORY, tag.header('Docker-Content-Digest') ?? '')).toBe(true);
    expect(receipt.has(REPOSITORY, MANY)).toBe(false);
    expect(others).toBeGreaterThan(20);
  });

  it('says what a bundle of many would have, and answers others meanwhile', async () => {
    const { answer, others } = await othersDuring(estimate(`${REPOSITORY}:t000*`));
    expect(answer.json()).toMatchObject({ tags: 10_000, manifests: 10_000 });
    expect(others).toBeGreaterThan(20);
  });

  it('makes no bundle that would hold others up, and says what to do instead', async () => {
    const answer = await estimate(REPOSITORY);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(
      'more than 50000 manifests. Choose fewer images, or make it with holdfast bundle create',
    );
  });
});
