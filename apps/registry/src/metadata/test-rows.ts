import type { RegistryRow } from './metadata-store.ts';

/** A registry's row, as a test needs it. */
export function registryRow(row: Pick<RegistryRow, 'id' | 'name'> & Partial<RegistryRow>): RegistryRow {
  const createdAt = row.createdAt ?? new Date(Date.UTC(2026, 0, 1));
  return {
    subscriptionId: '11111111-1111-4111-8111-111111111111',
    resourceGroup: 'default',
    location: 'local',
    sku: 'Standard',
    adminUserEnabled: true,
    anonymousPullEnabled: false,
    policies: '{}',
    tags: '{}',
    createdAt,
    updatedAt: createdAt,
    ...row,
  };
}
