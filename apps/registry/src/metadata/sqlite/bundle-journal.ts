import type { Digest } from '@holdfast/oci/digest';
import type {
  BundleJournalReader,
  BundleJournalWriter,
  BundleOperationRow,
  BundleOperationState,
  CustodyRow,
} from '../bundle-journal.ts';
import type { Session } from './session.ts';
import { command, NO_LIMIT, query } from './statements.ts';

const OPERATION = `id, registry_id, kind, principal, credential, request, progress, result, error, state, correlation_id, client,
  started_at, updated_at FROM bundle_operations`;
const findOperation = query(`SELECT ${OPERATION} WHERE id = ?`);
const operationsPage = query(`SELECT ${OPERATION} WHERE registry_id = ? ORDER BY started_at DESC, id DESC LIMIT ?`);
const runningOperations = query(
  `SELECT ${OPERATION} WHERE state = 'running' AND started_at >= 0 ORDER BY started_at, id`,
);
const putOperation = command(`
  INSERT INTO bundle_operations (id, registry_id, kind, principal, credential, request, progress, result, error, state,
    correlation_id, client, started_at, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET progress = excluded.progress, result = excluded.result, error = excluded.error,
    state = excluded.state, updated_at = excluded.updated_at`);
const progressOperation = command(
  "UPDATE bundle_operations SET progress = ?, updated_at = ? WHERE id = ? AND state = 'running'",
);
const deleteEnded = command("DELETE FROM bundle_operations WHERE state <> 'running' AND updated_at < ?");

const CUSTODY = 'place, registry_id, time, who, action, bundle, signer, carried_by, detail FROM custody';
const custodyPage = query(`SELECT ${CUSTODY} WHERE registry_id = ? AND place < ? ORDER BY place DESC LIMIT ?`);
const newestCustody = query(`SELECT ${CUSTODY} WHERE registry_id = ? AND action = ? ORDER BY place DESC LIMIT 1`);
const appendCustody = command(`
  INSERT INTO custody (registry_id, time, who, action, bundle, signer, carried_by, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);

interface OperationColumns {
  id: string;
  registry_id: string;
  kind: BundleOperationRow['kind'];
  principal: string;
  credential: string | null;
  request: string;
  progress: string | null;
  result: string | null;
  error: string | null;
  state: BundleOperationState;
  correlation_id: string;
  client: string | null;
  started_at: number;
  updated_at: number;
}

interface CustodyColumns {
  place: number;
  registry_id: string;
  time: number;
  who: string;
  action: CustodyRow['action'];
  bundle: Digest | null;
  signer: string | null;
  carried_by: string | null;
  detail: string;
}

export class SqliteBundleJournalReader implements BundleJournalReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  operation(id: string): BundleOperationRow | undefined {
    const row = this.session.get<OperationColumns>(findOperation, id);
    return row && toOperation(row);
  }

  operations(registryId: string, limit: number): BundleOperationRow[] {
    return this.session.all<OperationColumns>(operationsPage, registryId, limit).map(toOperation);
  }

  running(): BundleOperationRow[] {
    return this.session.all<OperationColumns>(runningOperations).map(toOperation);
  }

  custody(registryId: string, before: number | undefined, limit: number): CustodyRow[] {
    return this.session.all<CustodyColumns>(custodyPage, registryId, before ?? NO_LIMIT, limit).map(toCustody);
  }

  lastCustody(registryId: string, action: CustodyRow['action']): CustodyRow | undefined {
    const row = this.session.get<CustodyColumns>(newestCustody, registryId, action);
    return row && toCustody(row);
  }
}

export class SqliteBundleJournalWriter extends SqliteBundleJournalReader implements BundleJournalWriter {
  putOperation(row: BundleOperationRow): void {
    this.session.run(
      putOperation,
      row.id,
      row.registryId,
      row.kind,
      row.principal,
      row.credential,
      row.request,
      row.progress,
      row.result,
      row.error,
      row.state,
      row.correlationId,
      row.client,
      row.startedAt.getTime(),
      row.updatedAt.getTime(),
    );
  }

  progressed(id: string, progress: string, now: Date): boolean {
    return this.session.run(progressOperation, progress, now.getTime(), id) === 1;
  }

  deleteEnded(before: Date): number {
    return this.session.run(deleteEnded, before.getTime());
  }

  appendCustody(row: Omit<CustodyRow, 'place'>): void {
    const { registryId, time, by, action, bundle, signer, carriedBy, detail } = row;
    this.session.run(appendCustody, registryId, time.getTime(), by, action, bundle, signer, carriedBy, detail);
  }
}

function toOperation(row: OperationColumns): BundleOperationRow {
  return {
    id: row.id,
    registryId: row.registry_id,
    kind: row.kind,
    principal: row.principal,
    credential: row.credential ?? undefined,
    request: row.request,
    progress: row.progress ?? undefined,
    result: row.result ?? undefined,
    error: row.error ?? undefined,
    state: row.state,
    correlationId: row.correlation_id,
    client: row.client ?? undefined,
    startedAt: new Date(row.started_at),
    updatedAt: new Date(row.updated_at),
  };
}

function toCustody(row: CustodyColumns): CustodyRow {
  return {
    place: row.place,
    registryId: row.registry_id,
    time: new Date(row.time),
    by: row.who,
    action: row.action,
    bundle: row.bundle ?? undefined,
    signer: row.signer ?? undefined,
    carriedBy: row.carried_by ?? undefined,
    detail: row.detail,
  };
}
