import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DiskRecord } from '../recorder/read-recording.ts';
import { type DataChange, FileNode } from './file-node.ts';

export class FolderNode {
  readonly kind = 'folder';
  /** What the running system sees. */
  readonly live = new Map<string, Node>();
  /** What is there for certain after a power loss. */
  readonly durable = new Map<string, Node>();
}

export type Node = FileNode | FolderNode;

/** One entry of one folder. */
export interface Place {
  readonly folder: FolderNode;
  readonly name: string;
}

/**
 * A change of names that no fsync of its folder has covered yet. A rename is one change of two places, as on every file
 * system with a journal: never both names, never none. It is durable with the folder that it goes to.
 */
export interface NameChange {
  readonly order: number;
  readonly removed: Place | undefined;
  readonly added: (Place & { readonly node: Node }) | undefined;
}

/**
 * What a disk and its cache hold while a recording is played: strictly POSIX. The data of a file is durable with an
 * fsync of that file, its name with an fsync of its folder; everything else may or may not be on the disk, in any order.
 */
export class SimulatedDisk {
  readonly root = new FolderNode();
  /** In their order. */
  names: NameChange[] = [];
  readonly #open = new Map<number, Node>();
  readonly #syncs = new Map<number, { readonly node: Node; readonly before: number }>();
  #order = 0;

  /** A disk on which everything below `folder` is durable. */
  static of(folder: string): SimulatedDisk {
    const disk = new SimulatedDisk();
    load(folder, disk.root);
    return disk;
  }

  /** Only the process is gone: the cache stays, and with it what is not durable yet. */
  processDied(): void {
    this.#open.clear();
    this.#syncs.clear();
  }

  apply(record: DiskRecord): void {
    this.#order += 1;
    switch (record.kind) {
      case 'open':
        this.#openFile(record.descriptor, record.path, record.truncate);
        return;
      case 'close':
        this.#open.delete(record.descriptor);
        return;
      case 'write':
        this.#change(record.descriptor, { position: record.position, bytes: record.bytes });
        return;
      case 'truncate':
        this.#change(record.descriptor, { length: record.length });
        return;
      case 'sync-begin':
        this.#syncs.set(record.number, { node: this.#node(record.descriptor), before: this.#order });
        return;
      case 'sync-end':
        this.#synced(record.number, record.done);
        return;
      case 'mark':
        return;
      case 'rename':
      case 'link':
      case 'unlink':
      case 'make-folder':
      case 'remove-folder':
        this.#changeNames(record);
    }
  }

  #openFile(descriptor: number, path: string, truncate: boolean): void {
    if (path === '') {
      this.#open.set(descriptor, this.root);
      return;
    }
    const place = this.#place(path);
    let node = place.folder.live.get(place.name);
    if (node === undefined) {
      node = new FileNode();
      this.#rename(undefined, { ...place, node });
    } else if (truncate && node instanceof FileNode) {
      node.change(this.#order, { length: 0 });
    }
    this.#open.set(descriptor, node);
  }

  #node(descriptor: number): Node {
    const node = this.#open.get(descriptor);
    if (!node) throw new Error(`A call on descriptor ${descriptor}, whose opening was not recorded.`);
    return node;
  }

  #change(descriptor: number, change: DataChange): void {
    const node = this.#node(descriptor);
    if (!(node instanceof FileNode)) throw new Error('Data was written to a folder.');
    node.change(this.#order, change);
  }

  #synced(number: number, done: boolean): void {
    const sync = this.#syncs.get(number);
    this.#syncs.delete(number);
    if (!sync || !done) return;
    const { node: folder, before } = sync;
    if (folder instanceof FileNode) {
      folder.sync(before);
      return;
    }
    const covered = this.names.filter((change) => change.order < before && isIn(change, folder));
    for (const change of covered) applyTo(change, (place) => place.folder.durable);
    this.names = this.names.filter((change) => !covered.includes(change) && !overtaken(change, covered));
  }

  #changeNames(record: Extract<DiskRecord, { path: string } | { from: string }>): void {
    switch (record.kind) {
      case 'make-folder':
        this.#rename(undefined, { ...this.#place(record.path), node: new FolderNode() });
        break;
      case 'unlink':
      case 'remove-folder':
        this.#rename(this.#place(record.path), undefined);
        break;
      case 'rename':
      case 'link': {
        const from = this.#place(record.from);
        const node = from.folder.live.get(from.name);
        if (!node) throw new Error(`${record.from} was renamed and is not there.`);
        this.#rename(record.kind === 'rename' ? from : undefined, { ...this.#place(record.to), node });
        break;
      }
      case 'open':
        break;
    }
  }

  #rename(removed: Place | undefined, added: (Place & { readonly node: Node }) | undefined): void {
    const change: NameChange = { order: this.#order, removed, added };
    applyTo(change, (place) => place.folder.live);
    this.names.push(change);
  }

  #place(path: string): Place {
    const parts = path.split('/');
    const name = parts.pop() ?? '';
    let folder = this.root;
    for (const part of parts) {
      const next = folder.live.get(part);
      if (!(next instanceof FolderNode)) throw new Error(`${path}: ${part} is no folder.`);
      folder = next;
    }
    return { folder, name };
  }
}

export function applyTo(change: NameChange, entries: (place: Place) => Map<string, Node>): void {
  if (change.removed) entries(change.removed).delete(change.removed.name);
  if (change.added) entries(change.added).set(change.added.name, change.added.node);
}

/** A rename counts for the folder that it goes to only: strict. */
function isIn(change: NameChange, folder: FolderNode): boolean {
  return (change.added ?? change.removed)?.folder === folder;
}

/** Whether it concerned the old name of a rename that is durable now: then it is behind us, whether it happened or not. */
function overtaken(change: NameChange, covered: readonly NameChange[]): boolean {
  const place = change.added ?? change.removed;
  return covered.some(
    ({ removed, order }) =>
      removed !== undefined && order > change.order && removed.folder === place?.folder && removed.name === place.name,
  );
}

/** Two names of one file are one node. */
function load(path: string, into: FolderNode, files = new Map<bigint, FileNode>()): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    const { ino } = statSync(child, { bigint: true });
    const node = entry.isDirectory() ? new FolderNode() : (files.get(ino) ?? new FileNode(readFileSync(child)));
    if (node instanceof FolderNode) load(child, node, files);
    else files.set(ino, node);
    into.live.set(entry.name, node);
    into.durable.set(entry.name, node);
  }
}
