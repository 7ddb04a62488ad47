import type { Dialect, Migration } from './migration.ts';

/**
 * What a manifest names is kept by the manifest's number, which rises with each push, and no longer by its digest, which is random: rows of one
 * push lie side by side, at the end of their tree. Kept by digests they were one page of the write-ahead log each, and half of what a push
 * wrote. The number is of `manifest_metadata`, and is never given out twice.
 */
export const numberedManifests: Migration = {
  version: 21,
  name: 'manifests have a number, by which their references lie',
  statements: (dialect) => [...summaries(dialect), ...references(dialect)],
};

const SUMMARY = `repository_id, digest, media_type, config_media_type, architecture, os, image_size, child_count, created_at, updated_at,
  untagged_at, pulled_at`;

/**
 * A primary key cannot be added to a table: it is made anew around its rows, in the order in which they came. By size and by last pull those
 * with tags and those without have an index each: lists of tags need the one, lists of manifests are made of both.
 */
function summaries({ identity, text }: Dialect): string[] {
  return [
    `CREATE TABLE numbered_metadata (
      id ${identity},
      repository_id BIGINT NOT NULL,
      digest ${text} NOT NULL,
      media_type ${text} NOT NULL,
      config_media_type ${text},
      architecture ${text},
      os ${text},
      image_size BIGINT NOT NULL,
      child_count INTEGER NOT NULL,
      created_at BIGINT NOT NULL,
      updated_at BIGINT NOT NULL,
      untagged_at BIGINT,
      pulled_at BIGINT NOT NULL DEFAULT 0,
      UNIQUE (repository_id, digest),
      FOREIGN KEY (repository_id, digest) REFERENCES manifests (repository_id, digest)
    )`,
    `INSERT INTO numbered_metadata (${SUMMARY})
      SELECT ${SUMMARY} FROM manifest_metadata ORDER BY created_at, repository_id, digest`,
    'DROP TABLE manifest_metadata',
    'ALTER TABLE numbered_metadata RENAME TO manifest_metadata',
    'CREATE INDEX manifest_metadata_updated ON manifest_metadata (repository_id, updated_at, digest)',
    `CREATE INDEX manifest_metadata_untagged ON manifest_metadata (repository_id, untagged_at, digest)
      WHERE untagged_at IS NOT NULL`,
    `CREATE UNIQUE INDEX manifest_metadata_tagged_size ON manifest_metadata (repository_id, image_size, digest)
      WHERE untagged_at IS NULL`,
    `CREATE UNIQUE INDEX manifest_metadata_tagged_pulled ON manifest_metadata (repository_id, pulled_at, digest)
      WHERE untagged_at IS NULL`,
    `CREATE UNIQUE INDEX manifest_metadata_untagged_size ON manifest_metadata (repository_id, image_size, digest)
      WHERE untagged_at IS NOT NULL`,
    `CREATE UNIQUE INDEX manifest_metadata_untagged_pulled ON manifest_metadata (repository_id, pulled_at, digest)
      WHERE untagged_at IS NOT NULL`,
  ];
}

function references({ text, clustered }: Dialect): string[] {
  return [
    `CREATE TABLE numbered_references (
      manifest_id BIGINT NOT NULL REFERENCES manifest_metadata (id),
      place INTEGER NOT NULL,
      repository_id BIGINT NOT NULL,
      digest ${text} NOT NULL,
      kind ${text} NOT NULL CHECK (kind IN ('config', 'layer', 'foreign-layer', 'manifest', 'blob')),
      media_type ${text} NOT NULL,
      size BIGINT NOT NULL,
      architecture ${text},
      os ${text},
      PRIMARY KEY (manifest_id, place)
    )${clustered}`,
    `INSERT INTO numbered_references (manifest_id, place, repository_id, digest, kind, media_type, size, architecture, os)
      SELECT m.id, r.place, r.repository_id, r.digest, r.kind, r.media_type, r.size, r.architecture, r.os
      FROM manifest_metadata m CROSS JOIN manifest_references r
      WHERE r.repository_id = m.repository_id AND r.manifest_digest = m.digest ORDER BY m.id, r.place`,
    'DROP TABLE manifest_references',
    'ALTER TABLE numbered_references RENAME TO manifest_references',
    'CREATE INDEX manifest_references_digest ON manifest_references (repository_id, digest, manifest_id)',
  ];
}
