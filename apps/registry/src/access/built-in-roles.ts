import type { RolePermission } from './role-permissions.ts';

export interface BuiltInRole extends RolePermission {
  /** The same GUID as on every Azure: scripts carry them. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

const REGISTRIES = 'Microsoft.ContainerRegistry/registries';

/** "Azure built-in roles": ids, names, actions and dataActions as published. */
export const BUILT_IN_ROLES: readonly BuiltInRole[] = [
  role('8e3af657-a8ff-443c-a75c-2fe8c4bcb635', 'Owner', 'Lets you manage everything, including access to resources.', {
    actions: ['*'],
  }),
  role(
    'b24988ac-6180-42a0-ab88-20f7382dd24c',
    'Contributor',
    'Lets you manage everything except granting access to resources.',
    {
      actions: ['*'],
      notActions: [
        'Microsoft.Authorization/*/Delete',
        'Microsoft.Authorization/*/Write',
        'Microsoft.Authorization/elevateAccess/Action',
      ],
    },
  ),
  role('acdd72a7-3385-48ef-bd42-f606fba81ae7', 'Reader', 'Lets you view everything, but not make any changes.', {
    actions: ['*/read'],
  }),
  role('18d7d88d-d35e-4fb5-a5c3-7773c20a72d9', 'User Access Administrator', 'Lets you manage user access.', {
    actions: ['*/read', 'Microsoft.Authorization/*', 'Microsoft.Support/*'],
  }),
  role('7f951dda-4ed3-4680-a7ca-43fe172d538d', 'AcrPull', 'Pull images and artifacts.', {
    actions: [`${REGISTRIES}/pull/read`],
  }),
  role('8311e382-0749-4cb8-b61a-304f252e45ec', 'AcrPush', 'Pull and push images and artifacts.', {
    actions: [`${REGISTRIES}/pull/read`, `${REGISTRIES}/push/write`],
  }),
  role('c2f4ef07-c644-48eb-af81-4b1b4947fb11', 'AcrDelete', 'Delete images and artifacts.', {
    actions: [`${REGISTRIES}/artifacts/delete`],
  }),
  role('6cef56e8-d556-48e5-a04f-b8e64114680f', 'AcrImageSigner', 'Sign images.', {
    actions: [`${REGISTRIES}/sign/write`],
    dataActions: [`${REGISTRIES}/trustedCollections/write`],
  }),
  role('cdda3590-29a3-44f6-95f2-9f980659eb04', 'AcrQuarantineReader', 'Pull quarantined images.', {
    actions: [`${REGISTRIES}/quarantine/read`],
    dataActions: [`${REGISTRIES}/quarantinedArtifacts/read`],
  }),
  role('c8d4ff99-41c3-41a8-9f60-21dfdad59608', 'AcrQuarantineWriter', 'Pull and release quarantined images.', {
    actions: [`${REGISTRIES}/quarantine/read`, `${REGISTRIES}/quarantine/write`],
    dataActions: [`${REGISTRIES}/quarantinedArtifacts/read`, `${REGISTRIES}/quarantinedArtifacts/write`],
  }),
];

export const OWNER_ROLE = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';

const BY_ID = new Map(BUILT_IN_ROLES.map((r) => [r.id, r]));

export function builtInRole(id: string): BuiltInRole | undefined {
  return BY_ID.get(id.toLowerCase());
}

function role(id: string, name: string, description: string, permission: Partial<RolePermission>): BuiltInRole {
  const { actions = [], notActions = [], dataActions = [], notDataActions = [] } = permission;
  return { id, name, description, actions, notActions, dataActions, notDataActions };
}
