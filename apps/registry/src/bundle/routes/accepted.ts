import type { Exchange } from '../../http/exchange.ts';
import type { BundleOperationRow } from '../../metadata/bundle-journal.ts';
import type { Bundles } from '../context.ts';
import { describedOperation } from '../tell-operation.ts';

/** 202: the client polls the address that it is given. */
export function accepted(d: Bundles, exchange: Exchange, row: BundleOperationRow): void {
  const headers = { Location: `/holdfast/v1/_operations/${row.id}`, 'Retry-After': 1 };
  exchange.sendJson(202, headers, describedOperation(d, row));
}
