import type { MetadataStore } from '../../metadata/metadata-store.ts';
import type { Clock } from '../../platform/clock.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { detailsOf, withDetails } from './deployment-record.ts';

export function cancelled(by: string): DomainError {
  return new DomainError(
    'conflict',
    'deployment.interrupted',
    `The deployment was cancelled by '${by}'. What it had made until then is there; deploy again to make the rest.`,
  );
}

export function serverEnded(): DomainError {
  return new DomainError(
    'conflict',
    'deployment.interrupted',
    'The server ended while the deployment ran. What it had made until then is there; deploy again to make the rest.',
  );
}

/**
 * Runs live in the process, with the secrets that they were given. So those that the last server did not end have failed,
 * and are shown so from the start on: nothing is lost silently. They are not taken up again, since that would need the secrets.
 */
export async function failInterruptedDeployments(metadata: MetadataStore, clock: Clock): Promise<void> {
  if ((await metadata.read.deployments.running()).length === 0) return;
  const { message } = serverEnded();
  await metadata.transaction(async (tx) => {
    for (const row of await tx.deployments.running()) {
      const error = { code: 'DeploymentInterrupted', message };
      await tx.deployments.put(
        withDetails({ ...row, state: 'Failed', endedAt: clock.now() }, { ...detailsOf(row), error }),
      );
    }
  });
}
