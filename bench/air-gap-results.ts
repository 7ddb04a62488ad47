/** What `bench/air-gap.ts` writes and the report reads. */
import type { machineFacts } from './facts.ts';

/** What has to be carried after an upgrade, and how long it takes to make it. */
export interface Carried {
  readonly way: string;
  readonly bytes: number;
  readonly seconds: number;
}

export interface UpgradeResults {
  readonly images: number;
  readonly layers: number;
  /** Blobs and manifests that the far side lacks. */
  readonly missing: { readonly count: number; readonly bytes: number };
  readonly delta: {
    readonly contents: number;
    /** Blobs of the delta that the far side had by its receipt. */
    readonly held: number;
    /** Bytes of the volume over those that are missing, minus 1. */
    readonly overhead: number;
  };
  readonly carried: readonly Carried[];
}

export interface Step {
  readonly what: 'create from a layout' | 'verify' | 'apply' | 'create from a registry';
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  /** Rate over that of the slower of `cp` and `sha256sum`. */
  readonly ratio: number;
}

export interface SpeedResults {
  readonly bytes: number;
  readonly cpSeconds: number;
  readonly sha256sumSeconds: number;
  readonly steps: readonly Step[];
}

export interface MemoryResults {
  readonly bytes: number;
  readonly seconds: number;
  readonly peakBytes: number;
}

/** With the machine as it was when that part began. */
export type Measured<T> = T & { readonly facts: ReturnType<typeof machineFacts> };

export interface AirGapResults {
  readonly upgrade?: Measured<UpgradeResults> | undefined;
  readonly speed?: Measured<SpeedResults> | undefined;
  readonly memory?: Measured<MemoryResults> | undefined;
}
