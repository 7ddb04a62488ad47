import { metadataStoreSuite } from '../metadata-store.suite.ts';
import { openMemoryMetadataStore } from './open.ts';

metadataStoreSuite('SQLite in memory', async () => {
  const store = openMemoryMetadataStore();
  await store.migrate();
  return store;
});
