import type { Digest } from '@holdfast/oci/digest';

/** From the least to the worst, in the words of the scanner adapter API (`Severity`). `Unknown`: nobody has rated it yet. */
export const SEVERITIES = ['Unknown', 'Negligible', 'Low', 'Medium', 'High', 'Critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What this site goes by in a `HarborVulnerabilityReport`. */
export interface ReadReport {
  /** The worst of what it says as a whole and of what it says of each vulnerability. */
  readonly severity: Severity;
  readonly counts: Readonly<Partial<Record<Severity, number>>>;
  /** Name and version. */
  readonly scanner: string;
}

/**
 * Reads a report of the manifest `digest`; a text says why it is none. Strict, since images are let out by it: a word that no
 * scale has, or a report that does not say whose it is, is no evidence.
 */
export function readReport(text: string, digest: Digest): ReadReport | string {
  const report = parseObject(text);
  if (!report) return 'the report is no JSON object';
  if (objectOf(report.artifact)?.digest !== digest) return `the report does not say that it is of ${digest}`;
  if (!isSeverity(report.severity)) return 'the report has no severity that the scale knows';
  const items = report.vulnerabilities ?? [];
  if (!Array.isArray(items)) return 'the vulnerabilities of the report are no list';
  const counts: Partial<Record<Severity, number>> = {};
  let worst: Severity = report.severity;
  for (const item of items as unknown[]) {
    const severity = objectOf(item)?.severity;
    if (!isSeverity(severity)) return 'a vulnerability of the report has no severity that the scale knows';
    counts[severity] = (counts[severity] ?? 0) + 1;
    if (!isBelow(severity, worst)) worst = severity;
  }
  return { severity: worst, counts, scanner: scannerName(objectOf(report.scanner)) };
}

export function isBelow(severity: Severity, limit: Severity): boolean {
  return SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(limit);
}

function isSeverity(value: unknown): value is Severity {
  return SEVERITIES.some((severity) => severity === value);
}

function scannerName(scanner: Record<string, unknown> | undefined): string {
  const words = [scanner?.name, scanner?.version].filter((word) => typeof word === 'string' && word !== '');
  return words.length > 0 ? words.join(' ').slice(0, 200) : 'scanner';
}

export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export function objectOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
