import { readBody } from '../../http/body.ts';
import { etagOf, matchesEtag } from '../../http/etag.ts';
import type { RouteHandler } from '../../http/route.ts';
import { andThen } from '../../platform/awaitable.ts';
import { DomainError } from '../../platform/domain-error.ts';
import type { Distribution } from '../context.ts';
import { deleteReference, getManifest, MANIFEST_LIMIT, putManifest, TAG_LIMIT } from '../manifests.ts';
import { parseReference, requireTag } from '../reference.ts';
import { callerOf } from './caller.ts';

/** `GET|HEAD /v2/<name>/manifests/<reference>`; served as stored, whatever `Accept` says (contract, section 5). */
export function pullManifest(d: Distribution): RouteHandler {
  return (exchange, params) =>
    andThen(getManifest(d, callerOf(exchange, params), parseReference(params.reference)), (found) => {
      const { mediaType, digest, body } = found.content;
      // Whoever only asks by HEAD may be looking for changes.
      if (exchange.method === 'GET' && exchange.principal.kind !== 'scanner') d.pulls.note(found.repositoryId, digest);
      const headers = { 'Content-Type': mediaType, 'Docker-Content-Digest': digest, ETag: etagOf(digest) };
      if (matchesEtag(exchange.header('if-none-match'), digest)) return exchange.send(304, headers);
      exchange.sendBytes(200, headers, body);
    });
}

/** `PUT /v2/<name>/manifests/<reference>[?tag=…&tag=…]` */
export function pushManifest(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    const reference = parseReference(params.reference);
    const tagTexts = exchange.facts.target.query.getAll('tag');
    if (tagTexts.length > TAG_LIMIT) throw tooManyTags(tagTexts.length);
    if ('tag' in reference && tagTexts.length > 0) throw tagsWithTag();
    const tags = [...new Set(tagTexts.map(requireTag))];
    const bytes = await readBody(exchange, MANIFEST_LIMIT, manifestTooLarge);
    const contentType = exchange.header('content-type') ?? '';
    const push = { reference, contentType, bytes, tags };
    const pushed = await putManifest(d, callerOf(exchange, params), push);
    exchange.send(201, {
      Location: `/v2/${params.repository}/manifests/${pushed.digest}`,
      'Docker-Content-Digest': pushed.digest,
      ...(pushed.subject ? { 'OCI-Subject': pushed.subject } : {}),
      ...(tags.length > 0 ? { 'OCI-Tag': pushed.tags.join(', ') } : {}),
    });
  };
}

/** `DELETE /v2/<name>/manifests/<reference>` */
export function removeManifest(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    await deleteReference(d, callerOf(exchange, params), parseReference(params.reference));
    exchange.send(202);
  };
}

function manifestTooLarge(limit: number): DomainError {
  return new DomainError(
    'too-large',
    'manifest.too-large',
    `manifest invalid: it is larger than ${limit} bytes (4 MiB), the most that this registry takes. Move what is embedded in it into a blob, then push it again.`,
    { detail: { limit } },
  );
}

function tooManyTags(count: number): DomainError {
  return new DomainError(
    'too-large',
    'request.too-many-tags',
    `${count} tags in one push are too many: at most ${TAG_LIMIT}. Push the manifest again by its digest with the rest.`,
    { detail: { limit: TAG_LIMIT } },
  );
}

function tagsWithTag(): DomainError {
  return new DomainError(
    'invalid',
    'tag.invalid',
    'The tag parameter belongs to a push by digest. Push by digest and name all tags as parameters, or push by one tag without them.',
  );
}
