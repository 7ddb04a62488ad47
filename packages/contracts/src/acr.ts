/**
 * Bodies of ACR's metadata API (`/acr/v1`), as "Azure Container Registry data plane, 2021-07-01" and its clients have them.
 * Times are ISO 8601 in UTC with seven fraction digits.
 */
export interface ChangeableAttributes {
  readonly deleteEnabled: boolean;
  readonly writeEnabled: boolean;
  readonly readEnabled: boolean;
  readonly listEnabled: boolean;
}

/** What a manifest has besides; missing where no scanner was asked. */
export interface ManifestAttributes extends ChangeableAttributes {
  readonly quarantineState?: 'Quarantined' | 'Passed' | 'Failed' | undefined;
  /** What the scanner said, most often JSON. */
  readonly quarantineDetails?: string | undefined;
}

export interface AcrRepository {
  /** Login server. */
  readonly registry: string;
  readonly imageName: string;
  readonly createdTime: string;
  readonly lastUpdateTime: string;
  readonly manifestCount: number;
  readonly tagCount: number;
  readonly changeableAttributes: ChangeableAttributes;
}

/** Of `GET /acr/v1/_catalog?details=true`, which ACR has not. */
export interface AcrListedRepository {
  readonly name: string;
  readonly createdTime: string;
  readonly lastUpdateTime: string;
  readonly manifestCount: number;
  readonly tagCount: number;
  /** Everything in it, each thing once. */
  readonly storedBytes: number;
  /** Missing when nobody is known to have pulled any of it. */
  readonly lastPullTime?: string;
}

export interface AcrTag {
  readonly name: string;
  readonly digest: string;
  readonly createdTime: string;
  readonly lastUpdateTime: string;
  readonly signed: boolean;
  readonly changeableAttributes: ChangeableAttributes;
  readonly manifest?: AcrTaggedManifest | undefined;
}

/** What `include=manifest`, which ACR has not, adds to the tags of a list. */
export interface AcrTaggedManifest {
  readonly mediaType: string;
  readonly imageSize: number;
  readonly architecture?: string | undefined;
  readonly os?: string | undefined;
  readonly quarantineState?: ManifestAttributes['quarantineState'];
}

export interface AcrManifestReference {
  readonly digest: string;
  readonly architecture?: string | undefined;
  readonly os?: string | undefined;
}

export interface AcrManifest {
  readonly digest: string;
  readonly imageSize: number;
  readonly createdTime: string;
  readonly lastUpdateTime: string;
  readonly architecture?: string | undefined;
  readonly os?: string | undefined;
  readonly mediaType: string;
  readonly configMediaType?: string | undefined;
  /** Missing when the manifest has none: the CLI's own examples ask for `tags[0]==null`. */
  readonly tags?: readonly string[] | undefined;
  /** Of indexes. */
  readonly references?: readonly AcrManifestReference[] | undefined;
  readonly changeableAttributes: ManifestAttributes;
}

/** What a deletion would free: blobs that nothing else needs, and what the usage of the registry would fall by. */
export interface AcrFreed {
  readonly count: number;
  readonly bytes: number;
}

/** `GET /acr/v1/<name>/_usage`, which ACR has not; bytes. `storedBytes` is `uniqueBytes` and `sharedBytes` together. */
export interface AcrRepositoryUsage {
  readonly manifestCount: number;
  readonly tagCount: number;
  /** Everything in the repository, each thing once. */
  readonly storedBytes: number;
  /** Of that, what no other repository of the registry has. */
  readonly uniqueBytes: number;
  readonly sharedBytes: number;
  /** What its images would take if none shared anything with another. */
  readonly logicalBytes: number;
  readonly lastPullTime?: string | undefined;
  /** What would refuse the deletion of the repository; missing when nothing does. */
  readonly keptBy?: string | undefined;
  readonly deletingFrees: AcrFreed;
}

/** A blob that a manifest names, once however often that is, and who has it besides. */
export interface AcrLayerExplanation {
  readonly digest: string;
  readonly kind: 'config' | 'layer' | 'foreign-layer' | 'blob';
  /** Bytes, as the manifest claims. */
  readonly size: number;
  /** The repository has it. */
  readonly stored: boolean;
  /** Other manifests of the repository that name it; at most a hundred. */
  readonly manifests: readonly string[];
  /** Another repository of the registry has it. */
  readonly shared: boolean;
  /** Which ones, as far as a token with `registry:catalog:*` lists them; at most a hundred. */
  readonly repositories: readonly string[];
}

/** The state of a manifest's quarantine, and whence it is. */
export interface AcrQuarantineSource {
  readonly state: 'Quarantined' | 'Passed' | 'Failed';
  /** Digest of the manifest whose state it is: its own, or that of one below it, which closes it, too. */
  readonly manifest: string;
  /** Id of the principal that brought it into that state; absent for what was there before the policy. */
  readonly setBy?: string | undefined;
  readonly since?: string | undefined;
}

/** A lock, and whence it is. */
export interface AcrLockSource {
  readonly flag: string;
  readonly kind: 'repository' | 'manifest' | 'tag';
  /** Of the repository, the manifest (its digest) or the tag that is locked. */
  readonly name: string;
  readonly setBy: string;
}

/** `GET /acr/v1/<name>/_manifests/<digest>/_explain`, which ACR has not. */
export interface AcrManifestExplanation {
  readonly digest: string;
  /** Id of who pushed it. */
  readonly pushedBy: string;
  readonly lastPullTime?: string | undefined;
  /** Indexes that contain it, and manifests whose subject it is: at most a hundred of each. */
  readonly referencedBy: {
    readonly tags: readonly string[];
    readonly indexes: readonly string[];
    readonly referrers: readonly string[];
  };
  readonly subject?: string | undefined;
  /** What would refuse its deletion; missing when nothing does. */
  readonly keptBy?: string | undefined;
  /** The lock that would, if it is one: of the manifest itself, of a tag on it, or of the repository. */
  readonly lock?: AcrLockSource | undefined;
  /** There where a scanner was asked. */
  readonly quarantine?: AcrQuarantineSource | undefined;
  readonly deletingFrees: AcrFreed;
  readonly layers: readonly AcrLayerExplanation[];
}

/** `GET /acr/v1/<name>/_blobs/<digest>/_explain`, which ACR has not: why the repository has the blob, or when it goes. */
export interface AcrBlobExplanation {
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  /** How its stored bytes are damaged. */
  readonly damage?: string | undefined;
  /** `named` by manifests, `pushed` and not named yet, `released` by the deletion of the last manifest that named it. */
  readonly state: 'named' | 'pushed' | 'released';
  readonly since: string;
  /** When the repository loses it, unless a manifest names it until then. */
  readonly goesAt?: string | undefined;
  /** Those that name it, at most twenty, with the tags over each. */
  readonly manifests: readonly { readonly digest: string; readonly tags: readonly string[] }[];
  readonly shared: boolean;
  readonly repositories: readonly string[];
}

/** `GET` and `POST /acr/v1/<name>/_manifests/<digest>/_scan`, which ACR has not. */
export interface AcrManifestScan {
  readonly digest: string;
  /** `waiting` for the scanner, `submitted` to it, `done` with a report, `failed` without one; `none`: nobody asked for one. */
  readonly state: 'none' | 'waiting' | 'submitted' | 'done' | 'failed';
  readonly requestedTime?: string | undefined;
  readonly finishedTime?: string | undefined;
  /** Attempts in a row that went wrong. */
  readonly failures?: number | undefined;
  /** What went wrong last, or what an index waits for. */
  readonly reason?: string | undefined;
  readonly severity?: string | undefined;
  readonly scanner?: string | undefined;
  /** The last one, as the scanner gave it. */
  readonly report?: unknown;
}

/** `GET /acr/v1/<name>/_tags/<tag>/_explain`, which ACR has not. */
export interface AcrTagExplanation {
  readonly name: string;
  readonly keptBy?: string | undefined;
  /** Taking the tag away frees nothing; `manifest.deletingFrees` says what its manifest would. */
  readonly deletingFrees: AcrFreed;
  /** No other tag names the manifest. */
  readonly lastTag: boolean;
  readonly manifest: AcrManifestExplanation;
}

/** What a tag or a manifest has besides in a list by size or by last pull, which ACR has not. */
export interface RankAttributes {
  /** Bytes of the image; for a tag, of the one that it names. */
  readonly imageSize?: number;
  /** Missing when nobody is known to have pulled it. */
  readonly lastPullTime?: string;
}

export interface AcrDeletedRepository {
  readonly manifestsDeleted: readonly string[];
  readonly tagsDeleted: readonly string[];
}

/** Of `/acr/v1/_deleted`. The CLI reads `digest` and `deletedAt`, and adds the days of the policy to that. */
export interface AcrDeletedManifest {
  readonly digest: string;
  readonly imageSize: number;
  readonly createdTime: string;
  readonly deletedAt: string;
  readonly architecture?: string | undefined;
  readonly os?: string | undefined;
  readonly mediaType: string;
  readonly configMediaType?: string | undefined;
  /** Those that were deleted from it. */
  readonly tags?: readonly string[] | undefined;
}

export interface AcrDeletedTag {
  readonly tag: string;
  /** What it was on. */
  readonly digest: string;
  readonly deletedAt: string;
}
