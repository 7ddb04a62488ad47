import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { AcrManifestScan } from '@holdfast/contracts/acr';
import type { Digest } from '@holdfast/oci/digest';
import { requestScan } from '../content/request-scan.ts';
import { auditEntry, type Caller, type Distribution } from '../distribution/context.ts';
import { unknownManifest } from '../distribution/manifests.ts';
import type { RepositoryId } from '../metadata/metadata-store.ts';
import type { ScanRow } from '../metadata/scans.ts';
import { DomainError } from '../platform/domain-error.ts';
import { listed, requireListed } from './repositories.ts';
import { acrTime } from './shapes.ts';

/** `GET /acr/v1/<name>/_manifests/<digest>/_scan`, with the last report. Throws `name.unknown`, `manifest.unknown`. */
export async function getManifestScan(d: Distribution, caller: Caller, digest: Digest): Promise<AcrManifestScan> {
  const { id } = await requireListed(d, caller);
  const { read } = d.metadata;
  if (!(await read.manifests.find(id, digest))) throw unknownManifest(caller, { digest });
  const row = await read.scans.find(id, digest);
  return row ? { ...scanShape(row), report: await reportOf(d, id, digest) } : { digest, state: 'none' };
}

async function reportOf(d: Distribution, repositoryId: RepositoryId, digest: Digest): Promise<unknown> {
  const packed = await d.metadata.read.scans.report(repositoryId, digest);
  return packed && JSON.parse((await promisify(gunzip)(packed)).toString('utf8'));
}

/** `POST /acr/v1/<name>/_manifests/<digest>/_scan`. Throws `name.unknown`, `manifest.unknown`, `request.unsupported`. */
export async function requestManifestScan(d: Distribution, caller: Caller, digest: Digest): Promise<AcrManifestScan> {
  if (!d.policy.scans) throw noScanner();
  const { registry, repository: name } = caller;
  return d.metadata.transaction(async (tx) => {
    const repository = listed(await tx.repositories.find(registry.id, name), caller);
    if (!(await tx.manifests.find(repository.id, digest))) throw unknownManifest(caller, { digest });
    const row = await requestScan(tx, repository.id, digest, d.clock.now());
    await tx.audit.append(auditEntry(d, caller, 'manifest.scan', digest));
    return scanShape(row);
  });
}

function scanShape(row: ScanRow): AcrManifestScan {
  const { digest, state, failures, reason, severity, scanner, requestedAt, finishedAt } = row;
  const finishedTime = finishedAt && acrTime(finishedAt);
  return { digest, state, requestedTime: acrTime(requestedAt), finishedTime, failures, reason, severity, scanner };
}

function noScanner(): DomainError {
  return new DomainError(
    'unsupported',
    'request.unsupported',
    'No scanner is registered at this site, so nothing can be scanned. The operator registers one with scanner.url in the configuration.',
  );
}
