/** What `bench/garbage.ts` writes and the report reads. */

/** Milliseconds. */
interface Beside {
  readonly without: number;
  readonly during: number;
  /** Beside the least that collecting can be, in a process of its own. */
  readonly least: number;
}

export interface OnlineRound {
  /** From the first link that was taken away to the last file. */
  readonly seconds: number;
  readonly freedPerSecond: number;
  /** Of a manifest GET by tag, 4 connections. */
  readonly p50Ms: Beside;
  readonly p99Ms: Beside;
}

/** Seconds that it takes to get rid of the untagged images and their bytes, with nobody else at work. */
export interface OfflineResults {
  readonly manifests: number;
  readonly untagged: number;
  /** Blobs and manifests whose bytes were freed, on both sides the same images. */
  readonly freedBlobs: number;
  readonly rounds: readonly {
    /** Deleting the untagged manifests, then `holdfast gc`. */
    readonly ours: number;
    /** `registry garbage-collect --delete-untagged`. */
    readonly peer: number;
    /** False when it was broken off after so many seconds. */
    readonly peerFinished: boolean;
  }[];
  /** Median of the peer's seconds over ours; at least so much when it was broken off. */
  readonly ratio: number;
  readonly peerVersion: string;
}

export interface GarbageResults {
  readonly time: string;
  /** Of the pulls; 0: as many as were answered. */
  readonly perSecond?: number;
  readonly size: { readonly manifests: number; readonly garbage: number; readonly links: number };
  readonly dryRunSeconds: number;
  readonly rounds: readonly OnlineRound[];
  /** Median of the rounds' p99 during over p99 without. */
  readonly ratio: number;
  /** Of p99 beside the least over p99 without. */
  readonly leastRatio: number;
  readonly freedPerSecond: number;
  readonly offline?: OfflineResults | undefined;
}
