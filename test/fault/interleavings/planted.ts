import type { Digest } from '@holdfast/oci/digest';
import type { ManifestAge } from '../../../apps/registry/src/metadata/clean-up.ts';
import type { MetadataStore, MetadataTx, RepositoryId } from '../../../apps/registry/src/metadata/metadata-store.ts';
import { usage } from '../../../apps/registry/src/metadata/sqlite/usage.ts';
import { deferring, flat, over, replaced, split } from '../planted.ts';

/** A bug put between the rooms, to see that the schedules find it. */
export interface InterleavingBug {
  readonly metadata?: (inner: MetadataStore, turn: () => Promise<void>) => MetadataStore;
  /** Of the collector. */
  readonly graceHours?: number;
  /** Answers what takes it away again. */
  readonly install?: () => () => void;
}

export interface PlantedInterleaving extends InterleavingBug {
  /** What must be said of it. */
  readonly evidence: RegExp;
}

/** Their names say what is wrong. */
export const PLANTED_INTERLEAVINGS: Readonly<Record<string, PlantedInterleaving>> = {
  'garbage collected without grace': { graceHours: -1, evidence: /pushed just now, is lost/ },
  'event committed apart from its change': {
    metadata: (inner, turn) =>
      split(yielding(inner, turn), (tx, later) => ({
        ...tx,
        outbox: deferring(tx.outbox, 'append', later('tags' as never)),
      })),
    evidence: /has no event|out of order/,
  },
  'lock looked at before the transaction': { metadata: locksBefore, evidence: /in spite of the lock/ },
  'bytes freed without the lock of their digest': {
    metadata: (inner) => replaced(inner, { exclusive: (_key, work) => work() }),
    evidence: /the bytes of .* are lost/,
  },
  'usage not decremented': {
    install: () => {
      const { manifestGoes } = usage;
      usage.manifestGoes = () => undefined;
      return () => {
        usage.manifestGoes = manifestGoes;
      };
    },
    evidence: /usage of the registry/,
  },
  'children of tagged indexes deleted': {
    metadata: (inner) =>
      changing(inner, (tx) => ({ manifests: replaced(tx.manifests, { taggedAncestor: () => undefined }) })),
    evidence: /the child .* is lost/,
  },
  'mounts out of the quarantine': {
    metadata: (inner) => {
      const open = <T extends Pick<MetadataTx, 'quarantine'>>(at: T) =>
        replaced(at.quarantine, { blobReleased: () => true });
      return replaced(
        changing(inner, (tx) => ({ quarantine: open(tx) })),
        {
          read: replaced(inner.read, { quarantine: replaced(inner.read.quarantine, { blobReleased: () => true }) }),
        },
      );
    },
    evidence: /mounted out of the quarantine/,
  },
  'clean-up decided before the transaction': {
    metadata: (inner) =>
      changing(inner, (tx) => ({
        tags: replaced(tx.tags, { ofManifest: () => [] }),
        cleanUp: replaced(tx.cleanUp, { manifest: (id, digest) => longUntagged(tx, id, digest) }),
      })),
    evidence: /was cleaned up, and a tag names it/,
  },
  'restored in the log only': {
    metadata: (inner) =>
      changing(inner, (tx) => ({
        softDeletions: replaced(tx.softDeletions, { restore: () => true }),
        quarantine: replaced(tx.quarantine, { put: () => undefined }), // which would name what is not there
      })),
    evidence: /the manifest .* is lost/,
  },
  'reservation of a broken push not released': {
    metadata: (inner) =>
      changing(inner, (tx) => ({ reservations: replaced(tx.reservations, { release: () => undefined }) })),
    evidence: /stay reserved/,
  },
};

function changing(inner: MetadataStore, change: (tx: MetadataTx) => Partial<MetadataTx>): MetadataStore {
  return over(inner, { transaction: (work) => inner.transaction((tx) => work({ ...flat(tx), ...change(tx) })) });
}

/** Others come between two transactions. */
function yielding(inner: MetadataStore, turn: () => Promise<void>): MetadataStore {
  let first = true;
  return over(inner, {
    transaction: async (work) => {
      if (!first) await turn();
      first = false;
      return inner.transaction(work);
    },
  });
}

/** The whole work is tried and taken back, which asks the locks; then it is done without asking again. */
function locksBefore(inner: MetadataStore, turn: () => Promise<void>): MetadataStore {
  const taken = new Error('taken back');
  return over(inner, {
    transaction: async (work) => {
      const tried = inner.transaction(async (tx) => {
        await work(tx);
        throw taken;
      });
      await tried.catch((error: unknown) => {
        if (error !== taken) throw error;
      });
      await turn();
      return inner.transaction((tx) => work({ ...flat(tx), locks: blind(tx.locks) }));
    },
  });
}

function blind(locks: MetadataTx['locks']): MetadataTx['locks'] {
  return replaced(locks, { find: () => undefined, onTagsOf: () => undefined, within: () => undefined });
}

async function longUntagged(tx: MetadataTx, id: RepositoryId, digest: Digest): Promise<ManifestAge | undefined> {
  const manifest = await tx.cleanUp.manifest(id, digest);
  const long = new Date(0);
  return manifest && { ...manifest, pushedAt: long, updatedAt: long, untaggedAt: long };
}
