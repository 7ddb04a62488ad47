import type { Report } from './check-health.ts';
import type { Finding } from './faults.ts';
import { speedText } from './speed.ts';

const SIGN = { ok: '✓', failed: '✗', skipped: '–' } as const;

/** For people: a line for each check, then each finding with what to do, then the figures. */
export function reportText({ checks, findings, speed }: Report): string {
  const lines = checks.map(({ check, state, text }) => `${SIGN[state]} ${check.padEnd(10)} ${text}`);
  if (speed?.pull) lines.push(`  pull       ${speedText(speed.pull)}`);
  if (speed?.push) lines.push(`  push       ${speedText(speed.push)}`);
  if (speed) {
    const { tls, hash, diskWrite, diskRead } = speed.host;
    const rate = (value: number) => `${value.toFixed(0)} MB/s`;
    lines.push(
      `  this host  TLS ${rate(tls)}, sha256 ${rate(hash)}, disk writes ${rate(diskWrite)}, reads ${rate(diskRead)}`,
    );
  }
  return `${[...lines, ...findings.map(findingText)].join('\n')}\n${summary(findings)}\n`;
}

const findingText = ({ fault, code, severity, seen, meaning, fix }: Finding): string =>
  `\n${severity === 'error' ? '✗' : '!'} ${code} (${fault})\n  ${seen}\n  ${meaning}\n  → ${fix}`;

function summary(findings: readonly Finding[]): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const count = (many: number, word: string) => `${many} ${word}${many === 1 ? '' : 's'}`;
  return findings.length === 0
    ? '\nNothing is wrong.'
    : `\n${count(errors, 'error')}, ${count(findings.length - errors, 'warning')}.`;
}
