import { type Digest, parseDigest } from '@holdfast/oci/digest';
import { withoutCeiling } from '../../access/principal.ts';
import { readBody } from '../../http/body.ts';
import type { Exchange } from '../../http/exchange.ts';
import type { RouteParams } from '../../http/route.ts';
import { DomainError } from '../../platform/domain-error.ts';
import type { BundleCaller } from '../caller.ts';
import { REQUEST_LIMIT } from '../requests.ts';

/** The door has seen that the token is for bundles; on which, the identity's own rights say. */
export function bundleCaller(exchange: Exchange): BundleCaller {
  const { correlationId, clientAddress: client } = exchange.facts;
  return {
    principal: withoutCeiling(exchange.principal),
    registry: exchange.registry,
    correlationId,
    client,
    request: { method: exchange.method, userAgent: exchange.header('user-agent') },
  };
}

export const requestBody = (exchange: Exchange): Promise<Buffer> => readBody(exchange, REQUEST_LIMIT, tooLarge);

export function digestIn({ values }: RouteParams): Digest {
  const digest = parseDigest(values.digest ?? '');
  if (digest) return digest;
  throw new DomainError(
    'invalid',
    'digest.invalid',
    `"${values.digest?.slice(0, 100)}" is no digest of a bundle: write sha256: and 64 hexadecimal digits.`,
  );
}

function tooLarge(limit: number): DomainError {
  return new DomainError(
    'too-large',
    'request.body-too-large',
    `The request has more than ${limit} bytes. Name less in it.`,
  );
}
