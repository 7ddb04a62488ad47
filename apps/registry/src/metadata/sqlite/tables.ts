import type { Awaitable, MetadataReader, MetadataTx } from '../metadata-store.ts';
import { SqliteAuditLog, SqliteOutbox } from './audit.ts';
import { SqliteBlobReader, SqliteBlobWriter } from './blobs.ts';
import { SqliteIntegrityReader, SqliteIntegrityWriter } from './integrity.ts';
import { SqliteJobTable } from './jobs.ts';
import { SqliteManifestReader, SqliteManifestWriter } from './manifests.ts';
import {
  SqliteCredentialReader,
  SqliteCredentialWriter,
  SqliteRegistryReader,
  SqliteRegistryWriter,
  SqliteSigningKeyReader,
  SqliteSigningKeyWriter,
} from './registries.ts';
import { SqliteRepositoryReader, SqliteRepositoryWriter } from './repositories.ts';
import type { Session } from './session.ts';
import { SqliteSettingReader, SqliteSettingWriter } from './settings.ts';
import { SqliteTagReader, SqliteTagWriter } from './tags.ts';
import { SqliteUploadReader, SqliteUploadWriter } from './uploads.ts';

export function readerOn(session: Session): MetadataReader {
  return {
    settings: new SqliteSettingReader(session),
    registries: new SqliteRegistryReader(session),
    credentials: new SqliteCredentialReader(session),
    keys: new SqliteSigningKeyReader(session),
    repositories: new SqliteRepositoryReader(session),
    blobs: new SqliteBlobReader(session),
    manifests: new SqliteManifestReader(session),
    tags: new SqliteTagReader(session),
    uploads: new SqliteUploadReader(session),
    integrity: new SqliteIntegrityReader(session),
  };
}

/** One transaction's tables; each is made when it is asked for: most transactions use three of them. */
export class SqliteTx implements MetadataTx {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  get settings() {
    return new SqliteSettingWriter(this.#session);
  }
  get registries() {
    return new SqliteRegistryWriter(this.#session);
  }
  get credentials() {
    return new SqliteCredentialWriter(this.#session);
  }
  get keys() {
    return new SqliteSigningKeyWriter(this.#session);
  }
  get repositories() {
    return new SqliteRepositoryWriter(this.#session);
  }
  get blobs() {
    return new SqliteBlobWriter(this.#session);
  }
  get manifests() {
    return new SqliteManifestWriter(this.#session);
  }
  get tags() {
    return new SqliteTagWriter(this.#session);
  }
  get uploads() {
    return new SqliteUploadWriter(this.#session);
  }
  get integrity() {
    return new SqliteIntegrityWriter(this.#session);
  }
  get audit() {
    return new SqliteAuditLog(this.#session);
  }
  get outbox() {
    return new SqliteOutbox(this.#session);
  }
  get jobs() {
    return new SqliteJobTable(this.#session);
  }
}

type Table = Record<string, (...parameters: unknown[]) => Awaitable<unknown>>;

/** The same reader, whose every answer waits while `open` names a transaction: for one connection that everybody shares. */
export function waitingReader(reader: MetadataReader, open: () => Promise<void> | undefined): MetadataReader {
  const waitingTable = (table: Table): Table =>
    new Proxy(table, {
      get:
        (target, name: string) =>
        async (...parameters: unknown[]) => {
          for (let pending = open(); pending; pending = open()) await pending;
          return target[name]?.(...parameters);
        },
    });
  const tables = Object.entries(reader).map(([name, table]) => [name, waitingTable(table as unknown as Table)]);
  return Object.fromEntries(tables) as MetadataReader;
}
