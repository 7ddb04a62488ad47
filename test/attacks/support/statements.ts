import { StatementSync } from 'node:sqlite';

const METHODS = ['get', 'all', 'iterate', 'run'] as const;

/** Of content: not of who asks, which is looked up again from time to time, nor of the background's work. */
export const CONTENT = /\b(?:repositories|repository_blobs|blobs|manifests|manifest_references|tags|uploads)\b/;

/**
 * The SQL of these tables that the registry in this process runs until `stop`, in order: what a request makes the database do is what
 * its time can tell, and unlike the time it does not vary.
 */
export function recordStatements(tables: RegExp): { take(): string[]; stop(): void } {
  const seen: string[] = [];
  const originals = METHODS.map((method) => StatementSync.prototype[method]);
  for (const [i, method] of METHODS.entries()) {
    const original = originals[i] as (this: StatementSync, ...parameters: unknown[]) => unknown;
    const recorded = function (this: StatementSync, ...parameters: unknown[]): unknown {
      if (tables.test(this.sourceSQL)) seen.push(this.sourceSQL);
      return original.apply(this, parameters);
    };
    Object.assign(StatementSync.prototype, { [method]: recorded });
  }
  return {
    take: () => seen.splice(0),
    stop: () => {
      for (const [i, method] of METHODS.entries()) {
        Object.assign(StatementSync.prototype, { [method]: originals[i] });
      }
    },
  };
}
