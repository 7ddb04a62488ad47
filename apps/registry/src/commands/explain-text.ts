import type { BlobExplanation, BlobHolder } from '../content/explain/explain-blob.ts';
import type { ManifestExplanation } from '../content/explain/explain-manifest.ts';
import type { UsageExplanation } from '../content/explain/explain-usage.ts';
import type { SoftDeletedManifest } from '../content/explain/soft-deleted.ts';
import { formatBytes } from '../quota/format-bytes.ts';

/** The answers of `holdfast explain`, for people. Each ends with a line break. */
export function blobText({ digest, size, damage, holders, more, freedAt }: BlobExplanation): string {
  const lines = [`blob ${digest}, ${formatBytes(size)}${damage ? `, damaged: ${damage}` : ''}`];
  if (holders.length === 0) {
    lines.push(`Nothing links it: its bytes are freed after ${freedAt?.toISOString() ?? 'the grace period'}.`);
  }
  for (const holder of holders) lines.push(...holderLines(holder));
  if (more) lines.push('… and more repositories');
  return ending(lines);
}

function holderLines({ registry, repository, state, since, manifests, goesAt }: BlobHolder): string[] {
  const place = `${registry}/${repository}`;
  if (state === 'pushed') {
    return [
      `${place}: pushed ${since.toISOString()}, no manifest names it yet; it goes after ${goesAt?.toISOString()}`,
    ];
  }
  if (state === 'released') {
    return [`${place}: its last manifest was deleted ${since.toISOString()}; it goes after ${goesAt?.toISOString()}`];
  }
  return [
    `${place}: kept, needed by`,
    ...manifests.map(({ digest, tags, softDeletedUntil: until }) => {
      const deleted = until ? `, soft-deleted until ${until.toISOString()}` : '';
      return `  ${digest}  ${tags.join(', ') || 'no tag'}${deleted}`;
    }),
  ];
}

export function manifestText(m: ManifestExplanation): string {
  const lines = [
    `manifest ${m.registry}/${m.repository}@${m.digest}`,
    `${m.mediaType}, ${formatBytes(m.size)}, pushed ${m.pushedAt.toISOString()} by ${m.pushedBy}`,
    m.pulledAt ? `Pulled last ${m.pulledAt.toISOString()}` : 'Never pulled, as far as is known',
    `Tags: ${m.tags.join(', ') || 'none'}`,
  ];
  if (m.parents.length > 0) lines.push('Part of:', ...m.parents.map((digest) => `  ${digest}`));
  if (m.subject) lines.push(`Says something of: ${m.subject}`);
  if (m.referrers.length > 0) lines.push('Referrers:', ...m.referrers.map((digest) => `  ${digest}`));
  lines.push('Names:', ...m.names.map(({ digest, kind, size }) => `  ${digest}  ${kind}, ${formatBytes(size)}`));
  const { count, bytes } = m.deletingFrees;
  lines.push(
    m.keptBy ? `It cannot be deleted: ${m.keptBy}.` : 'It can be deleted.',
    `Deleting it lowers the usage of ${m.registry} by ${formatBytes(bytes)}: itself and ${count} ${count === 1 ? 'blob' : 'blobs'} that nothing else needs.`,
  );
  return ending(lines);
}

export function softDeletedText(m: SoftDeletedManifest): string {
  return ending([
    `manifest ${m.registry}/${m.repository}@${m.digest}`,
    `soft-deleted until ${m.softDeletedUntil.toISOString()}, deleted ${m.deletedAt.toISOString()}; nobody can pull it`,
    `Tags when it was deleted: ${m.tags.join(', ') || 'none'}`,
    `To bring it back: az acr manifest restore -r ${m.registry} -n ${m.repository}${m.tags[0] ? `:${m.tags[0]}` : ''} -d ${m.digest}`,
    `It counts for the usage until then, with ${formatBytes(m.imageSize)} that it names.`,
  ]);
}

export function usageText({ registry, storage, largest, shared, garbage, drift }: UsageExplanation): string {
  const { used, limit, reserved, quota } = storage;
  const lines = [
    `${registry} stores ${formatBytes(used)} of ${formatBytes(limit)} (quota ${quota})${reserved > 0 ? `; uploads under way need ${formatBytes(reserved)}` : ''}.`,
    ...(largest.length > 0 ? ['Largest repositories, each with all that is in it:'] : []),
    ...largest.map(({ name, bytes }) => `  ${formatBytes(bytes).padStart(12)}  ${name}`),
  ];
  if (shared > 0) lines.push(`${formatBytes(shared)} of that are in several of them, and count once.`);
  if (garbage.count > 0) {
    lines.push(
      `${formatBytes(garbage.bytes)} in ${garbage.count} blobs of the site are needed by no manifest, and are freed after their grace period ('holdfast gc --dry-run').`,
    );
  }
  if (drift !== 0) lines.push(`The kept figure is ${drift} bytes off the rows: run 'holdfast fsck --repair'.`);
  return ending(lines);
}

const ending = (lines: readonly string[]) => `${lines.join('\n')}\n`;
