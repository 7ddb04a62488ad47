import type { Finding } from '../integrity/finding.ts';
import { type Counts, sizeText } from './progress-line.ts';

export interface ScrubCounts extends Counts {
  readonly blobs: number;
  readonly manifests: number;
  /** Bytes that were read. */
  readonly bytes: number;
  readonly damaged: number;
}

/** The same on one line. */
export const scrubProgress = ({ blobs, manifests, bytes, damaged }: ScrubCounts): string =>
  `${blobs} blobs, ${manifests} manifests, ${sizeText(bytes)}, ${damaged} damaged`;

/** What `--json` prints. */
export interface ScrubReport {
  readonly blobs: number;
  readonly manifests: number;
  /** Bytes that were read. */
  readonly bytes: number;
  readonly clean: boolean;
  /** A server was running on the folder. */
  readonly beside: boolean;
  readonly damaged: readonly Finding[];
  /** Digests that were marked as damaged and are not. */
  readonly healed: readonly string[];
}

/** The report for people. */
export function scrubText(report: ScrubReport): string {
  const { blobs, manifests, bytes, damaged, healed, beside } = report;
  const lines = [`${blobs} blobs and ${manifests} manifests were checked, ${sizeText(bytes)}.`];
  if (healed.length > 0) lines.push(`Sound again: ${healed.join(', ')}.`);
  if (damaged.length === 0) lines.push('All of them are sound.');
  for (const finding of damaged) lines.push('', ...findingLines(finding));
  if (damaged.length > 0) {
    lines.push(
      '',
      `${damaged.length} damaged. They are refused ${beside ? 'within a minute, when the running server has looked at them,' : 'from now on,'} until they are healed:`,
      'push an image that contains them again, or put their files back from a backup and scrub again.',
    );
  }
  return `${lines.join('\n')}\n`;
}

function findingLines({ what, digest, damage, hurts }: Finding): string[] {
  const head = `${what} ${digest}: ${damage.kind}, found ${damage.since.toISOString()}`;
  if (hurts.length === 0) return [head, '  no repository links it'];
  return [
    head,
    ...hurts.flatMap(({ registry, repository, manifests }) => [
      `  ${registry}/${repository}`,
      ...manifests.map((manifest) => `    ${manifest.digest}  ${manifest.tags.join(', ') || 'no tag'}`),
    ]),
  ];
}
