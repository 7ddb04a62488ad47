import type { QuarantinePolicy } from '../../metadata/quarantine.ts';
import { SOFT_DELETE_DAYS } from '../../metadata/soft-deletions.ts';
import { DomainError } from '../../platform/domain-error.ts';
import type { Fields } from '../fields.ts';

type Status = 'enabled' | 'disabled';

/** What is kept of `properties.policies`; what is not there has its default. */
interface StoredPolicies extends QuarantinePolicy {
  readonly retention?: { readonly status: Status; readonly days: number; readonly lastUpdatedTime: string };
  readonly softDelete?: { readonly status: Status; readonly retentionDays: number; readonly lastUpdatedTime: string };
  readonly exportPolicy?: Status;
  readonly authenticationAsArm?: Status;
}

const STATUS = ['enabled', 'disabled'] as const;

/** `properties.policies` as clients read it; az crashes when `azureADAuthenticationAsArmPolicy` is missing. */
export function policiesJson(stored: string, apiVersion: string) {
  const p = JSON.parse(stored) as StoredPolicies;
  const never = '0001-01-01T00:00:00+00:00';
  const common = {
    quarantinePolicy: { status: p.quarantine ?? 'disabled' },
    trustPolicy: { type: 'Notary', status: 'disabled' },
    retentionPolicy: p.retention ?? { days: 7, lastUpdatedTime: never, status: 'disabled' },
  };
  if (apiVersion < '2020') return common;
  return {
    ...common,
    exportPolicy: { status: p.exportPolicy ?? 'enabled' },
    azureADAuthenticationAsArmPolicy: { status: p.authenticationAsArm ?? 'enabled' },
    softDeletePolicy: p.softDelete ?? { retentionDays: SOFT_DELETE_DAYS, lastUpdatedTime: never, status: 'disabled' },
  };
}

/** The stored policies after `properties.policies` of a PUT or PATCH; what it does not name stays. */
export function changePolicies(stored: string, given: Fields, now: Date): string {
  const before = JSON.parse(stored) as StoredPolicies;
  const trust = given.within('trustPolicy').word('status', STATUS);
  if (trust === 'enabled') throw noContentTrust();
  const time = now.toISOString();
  const retention = given.within('retentionPolicy');
  const soft = given.within('softDeletePolicy');
  const after: StoredPolicies = {
    ...before,
    ...optional('quarantine', given.within('quarantinePolicy').word('status', STATUS)),
    ...optional('exportPolicy', given.within('exportPolicy').word('status', STATUS)),
    ...optional('authenticationAsArm', given.within('azureADAuthenticationAsArmPolicy').word('status', STATUS)),
    ...(given.has('retentionPolicy')
      ? {
          retention: {
            days: retention.integer('days', 0, 365) ?? before.retention?.days ?? 7,
            lastUpdatedTime: time,
            status: retention.word('status', STATUS) ?? before.retention?.status ?? 'disabled',
          },
        }
      : {}),
    ...(given.has('softDeletePolicy')
      ? {
          softDelete: {
            retentionDays: soft.integer('retentionDays', 1, 90) ?? before.softDelete?.retentionDays ?? SOFT_DELETE_DAYS,
            lastUpdatedTime: time,
            status: soft.word('status', STATUS) ?? before.softDelete?.status ?? 'disabled',
          },
        }
      : {}),
  };
  return JSON.stringify(after);
}

function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}

function noContentTrust(): DomainError {
  return new DomainError(
    'unsupported',
    'resource.not-supported',
    'Content trust (Docker Notary) is not offered on this site. Sign images with a tool that stores the signature as a referrer, such as notation or cosign, and verify it where they are pulled.',
  );
}
