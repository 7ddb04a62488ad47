/** What the load client is told and what it tells. JSON both ways. */

/** One HTTP server under load. */
export interface Target {
  readonly port: number;
  /** Its process; what it uses while the clock runs is told with the result. */
  readonly pid: number;
  /** The value of the Authorization header. */
  readonly authorization?: string | undefined;
}

/** The same requests over and over, on `connections` connections, for `seconds`. */
export interface RequestsJob {
  readonly kind: 'requests';
  readonly method: 'GET' | 'HEAD';
  readonly paths: readonly string[];
  readonly accept?: string;
  /** Bytes that every body must have. */
  readonly bodyBytes?: number;
  readonly connections: number;
  readonly seconds: number;
  /** Of all connections together; as many as are answered without it. */
  readonly perSecond?: number;
}

/** A list from its first page to its last along the Link headers, over and over. */
export interface WalkJob {
  readonly kind: 'walk';
  readonly path: string;
  readonly seconds: number;
}

/** Distinct manifests, each under a tag of its own, for `seconds` or until `most` are sent. */
export interface PutManifestsJob {
  readonly kind: 'put-manifests';
  readonly repository: string;
  /** The manifest as JSON; each gets an annotation of its own. */
  readonly manifest: string;
  readonly connections: number;
  readonly seconds: number;
  readonly most: number;
}

/** `count` distinct blobs of random content. */
export interface PushJob {
  readonly kind: 'push';
  readonly repository: string;
  readonly bytes: number;
  /** Bytes; without it a blob goes in one PUT. */
  readonly chunkBytes?: number | undefined;
  readonly count: number;
  readonly connections: number;
  /** Pulls each blob as soon as it is pushed. */
  readonly thenPull?: boolean;
}

/** Requests to fill a registry with: `{i}` in path and body becomes 00000, 00001, … */
export interface FillJob {
  readonly kind: 'fill';
  readonly connections: number;
  readonly series: readonly {
    readonly method: 'POST' | 'PUT';
    readonly path: string;
    readonly body?: string;
    readonly type?: string;
    readonly count: number;
    readonly status: number;
  }[];
}

export type Job = RequestsJob | WalkJob | PutManifestsJob | PushJob | FillJob;

export interface Result {
  /** Of the clock, from the first request to the last answer. */
  readonly seconds: number;
  /** Requests, walks, manifests or blobs that were answered as they must be. */
  readonly done: number;
  readonly bytes: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly errors: number;
  readonly firstError?: string | undefined;
  readonly serverCpuSeconds: number;
  readonly serverPeakBytes: number;
  readonly serverPeakSampled: boolean;
  readonly clientCpuSeconds: number;
  /** Of what was pushed. */
  readonly digests: readonly string[];
}
