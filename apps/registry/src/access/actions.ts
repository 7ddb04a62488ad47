import type { Action, ResourceAction } from './principal.ts';

const REGISTRIES = 'Microsoft.ContainerRegistry/registries';

/** The names that roles have for what is asked of content ("Azure Container Registry roles and permissions"). */
const CONTENT_ACTIONS = {
  pull: `${REGISTRIES}/pull/read`,
  push: `${REGISTRIES}/push/write`,
  delete: `${REGISTRIES}/artifacts/delete`,
  metadataRead: `${REGISTRIES}/metadata/read`,
  metadataWrite: `${REGISTRIES}/metadata/write`,
  quarantineRead: `${REGISTRIES}/quarantine/read`,
  quarantineWrite: `${REGISTRIES}/quarantine/write`,
  deletedRead: `${REGISTRIES}/deleted/read`,
  deletedRestore: `${REGISTRIES}/deleted/restore/action`,
} as const satisfies Record<string, ResourceAction>;

/**
 * Any one of these lets a word of a token's scope pass. Whoever deletes reads metadata, too: the CLI finds the digest of a
 * tag first, in one token (`delete,metadata_read`). Whoever pushes may lock what it pushed. Whoever reads what is in quarantine
 * reads the rest, too: a scanner looks at all there is, before the policy is switched on and when an image is judged anew.
 */
const ENOUGH: Readonly<Record<Action, readonly ResourceAction[]>> = {
  pull: [CONTENT_ACTIONS.pull, CONTENT_ACTIONS.quarantineRead],
  push: [CONTENT_ACTIONS.push],
  delete: [CONTENT_ACTIONS.delete],
  metadata_read: [
    CONTENT_ACTIONS.pull,
    CONTENT_ACTIONS.metadataRead,
    CONTENT_ACTIONS.delete,
    CONTENT_ACTIONS.quarantineRead,
  ],
  metadata_write: [CONTENT_ACTIONS.push, CONTENT_ACTIONS.metadataWrite],
  catalog: [CONTENT_ACTIONS.pull, CONTENT_ACTIONS.metadataRead, CONTENT_ACTIONS.quarantineRead],
  mount: [CONTENT_ACTIONS.pull],
  bundle_read: [CONTENT_ACTIONS.pull],
  bundle_write: [CONTENT_ACTIONS.push],
  bundle_trust: [`${REGISTRIES}/write`],
  quarantine_write: [CONTENT_ACTIONS.quarantineWrite],
  deleted_catalog: [CONTENT_ACTIONS.deletedRead],
  deleted_read: [CONTENT_ACTIONS.deletedRead],
  deleted_restore: [CONTENT_ACTIONS.deletedRestore],
};

/** Opens what is in quarantine, for whoever may pull. No word of a token's scope: it is asked of the identity behind the token. */
export const READ_QUARANTINED: ResourceAction = CONTENT_ACTIONS.quarantineRead;

/** The smallest built-in role that gives a right, for whoever must ask for it. */
const ROLE: Readonly<Record<Action, string>> = {
  pull: 'AcrPull',
  push: 'AcrPush',
  delete: 'AcrDelete',
  metadata_read: 'AcrPull',
  metadata_write: 'AcrPush',
  catalog: 'AcrPull',
  mount: 'AcrPull',
  bundle_read: 'AcrPull',
  bundle_write: 'AcrPush',
  bundle_trust: 'Contributor',
  quarantine_write: 'AcrQuarantineWriter',
  deleted_catalog: 'Reader',
  deleted_read: 'Reader',
  deleted_restore: 'Contributor',
};

export function enoughFor(action: Action | ResourceAction): readonly ResourceAction[] {
  return isContentAction(action) ? ENOUGH[action] : [action];
}

export function roleFor(action: Action): string {
  return ROLE[action];
}

export function isContentAction(action: Action | ResourceAction): action is Action {
  return action in ENOUGH;
}
