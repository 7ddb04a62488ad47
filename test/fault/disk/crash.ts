import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../random.ts';
import { type DataLoss, FileNode } from './file-node.ts';
import {
  applyTo,
  type FolderNode,
  type NameChange,
  type Node,
  type Place,
  type SimulatedDisk,
} from './simulated-disk.ts';

/** How a machine goes down. */
export interface Crash {
  readonly data: DataLoss;
  /** How likely a change of names that no fsync covered is there. */
  readonly namesKept: number;
  /** How likely a write (or sector) that no fsync covered is there. */
  readonly dataKept: number;
}

/** Only the process dies: what it told the kernel stays. */
export const PROCESS_CRASH: Crash = { data: 'all-kept', namesKept: 1, dataKept: 1 };
/** Only what was fsynced stays. */
export const BARE_POWER_LOSS: Crash = { data: 'nothing-kept', namesKept: 0, dataKept: 0 };

export function powerLoss(random: Random): Crash {
  const data = random.pick<DataLoss>(['nothing-kept', 'some-writes-kept', 'some-sectors-kept', 'all-kept']);
  return { data, namesKept: random.pick([0, 0.2, 0.5, 0.8, 1]), dataKept: random.pick([0.1, 0.5, 0.9]) };
}

/** Writes what the crash leaves into an empty folder. */
export function materialise(disk: SimulatedDisk, crash: Crash, random: Random, folder: string): void {
  const entriesOf = survivingNames(disk.names, crash.namesKept, random);
  const written = new Map<FileNode, string>();
  const write = (node: FolderNode, path: string): void => {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    for (const [name, child] of entriesOf(node)) {
      const childPath = join(path, name);
      const same = child instanceof FileNode ? written.get(child) : undefined;
      if (same !== undefined) linkSync(same, childPath);
      else if (child instanceof FileNode) {
        written.set(child, childPath);
        writeFileSync(childPath, child.contentAfter(crash.data, crash.dataKept, random), { mode: 0o600 });
      } else write(child, childPath);
    }
  };
  write(disk.root, folder);
}

/** Changes of one place happen in their order, or from some point on not at all; those of different places independently. */
function survivingNames(
  changes: readonly NameChange[],
  keep: number,
  random: Random,
): (node: FolderNode) => Map<string, Node> {
  const entries = new Map<FolderNode, Map<string, Node>>();
  const entriesOf = (node: FolderNode): Map<string, Node> => {
    let own = entries.get(node);
    if (!own) {
      own = new Map(node.durable);
      entries.set(node, own);
    }
    return own;
  };
  const lost = new Map<FolderNode, Set<string>>();
  const isLost = (place: Place | undefined): boolean =>
    place !== undefined && (lost.get(place.folder)?.has(place.name) ?? false);
  const lose = (place: Place | undefined): void => {
    if (!place) return;
    const names = lost.get(place.folder) ?? new Set();
    lost.set(place.folder, names.add(place.name));
  };
  for (const change of changes) {
    const { added, removed } = change;
    if (!isLost(added) && !isLost(removed) && random.chance(keep)) applyTo(change, (place) => entriesOf(place.folder));
    else {
      lose(added);
      lose(removed);
    }
  }
  return entriesOf;
}
