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

export interface AcrTag {
  readonly name: string;
  readonly digest: string;
  readonly createdTime: string;
  readonly lastUpdateTime: string;
  readonly signed: boolean;
  readonly changeableAttributes: ChangeableAttributes;
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
