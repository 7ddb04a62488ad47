// `npm run docs` writes the reference pages from the code's own tables; `--check` only tells whether they are current.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import openapiTS, { astToString } from 'openapi-typescript';
import { environmentName, type Setting, type SettingKey, settings } from '../apps/registry/src/config/settings.ts';
import { ERROR_TABLE } from '../apps/registry/src/http/error-table.ts';
import { createPlanes, type PlaneDependencies } from '../apps/registry/src/http/planes.ts';
import type { RouteAccess } from '../apps/registry/src/http/route.ts';
import type { ErrorCode } from '../apps/registry/src/platform/domain-error.ts';
import { createMetrics } from '../apps/registry/src/telemetry/metrics.ts';
import { checkHealthPage } from './docs/check-health-page.ts';
import { commandLinePage } from './docs/command-line-page.ts';
import { openApi } from './openapi/describe.ts';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'docs/reference');
const HEAD = '<!-- Made by tools/docs.ts from the code. Do not edit; run `npm run docs`. -->';

const code = (text: string) => `\`${text}\``;
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n');
}

// ── errors ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Exhaustive by type: a new code does not compile until it is explained here. */
const meanings: Readonly<Record<ErrorCode, string>> = {
  'name.invalid':
    'The repository name breaks the grammar. The text names the wrong part and, if there is one, the valid form.',
  'name.unknown': 'No repository of that name holds an image. Check the spelling, or push first.',
  'tag.invalid': 'The tag breaks the grammar, or a push by tag also names tags as parameters.',
  'tag.unknown': 'The repository has no tag of that name.',
  'digest.invalid': 'The digest is malformed, its algorithm is not sha256 or sha512, or the bytes do not have it.',
  'manifest.invalid': 'The manifest is no valid JSON of its media type, or gives a wrong size.',
  'manifest.unknown': 'The repository has no manifest of that tag or digest.',
  'manifest.reference-unknown':
    'The manifest names a blob or a child manifest that is not in the repository. Push it first.',
  'manifest.too-large': 'The manifest has more than 4 MiB.',
  'manifest.media-type-changed': 'The digest is stored with another media type, and that never changes.',
  'manifest.child-in-use': 'The manifest is part of a tagged index. Delete or untag the index first.',
  'manifest.not-deleted':
    'There is no soft-deleted manifest of that digest in the repository: it was deleted while soft delete was off, or its days are over.',
  'restore.tag-exists': 'The tag to restore is on another manifest now, and `--force` was not given.',
  'restore.incomplete': 'The index to restore contains a manifest that is neither in the repository nor soft-deleted.',
  'manifest.damaged':
    'The stored bytes of the manifest are damaged, so they are not served. Push the manifest again: that heals it.',
  'content.locked':
    'A lock on the repository, the manifest or the tag forbids it. The text names the lock, who set it when, and how to remove it.',
  'content.immutable':
    'A policy of the registry makes the tag immutable: it cannot be moved or taken away, nor its manifest or repository deleted. The text names the policy.',
  'content.quarantined':
    'The quarantine of the registry is on, and no scanner has passed the image, or what it contains. The text says which manifest it waits for.',
  'blob.unknown': 'The repository does not link that blob.',
  'blob.in-use': 'A manifest of the repository names the blob. Delete the manifest first.',
  'blob.corrupt': 'The stored bytes changed while they were read. Ask again.',
  'blob.damaged':
    'The stored bytes are damaged, so they are not served. Push the blob again: that heals it everywhere.',
  'download.refused': 'The address of a download was not signed by this site, was changed, or its time is over.',
  'bundle.unknown': 'There is no such bundle, volume or file here, or the caller may not push (or pull) what it holds.',
  'bundle.invalid': 'The request does not say what a bundle can be: a pattern, a size, a key, a receipt.',
  'bundle.refused': 'No trusted key signed it, or its bytes are not those that were signed. Nothing of it is used.',
  'bundle.incomplete': 'The file is not whole yet. Send the rest of it first.',
  'bundle.busy': 'Work on the bundle is under way. Wait for its end, or cancel it.',
  'bundle.too-many': 'So many operations or unfinished files of bundles are under way as a registry may have.',
  'signer.unknown': 'There is no trusted signer with this id.',
  'upload.unknown': 'The upload session was closed, cancelled, has expired or never was. Start a new one.',
  'upload.invalid': 'The Content-Range header is malformed, or the session exists already.',
  'upload.range': 'The chunk does not follow the acknowledged offset. The headers say where to go on.',
  'upload.size': 'Content-Range and body do not have the same length. Nothing of the chunk was kept.',
  'upload.too-many': 'The caller has too many uploads open at a time (`uploads.perPrincipal`).',
  'upload.busy': 'Another request to the same session is running, or took it over. Ask the session where it is.',
  'range.unsatisfiable': 'The range lies outside the blob.',
  'query.invalid': 'The parameters `n` or `last` of a list are not valid.',
  'auth.required': 'Not signed in, credentials that are not valid, or credentials that do not allow this.',
  'auth.plain-http': 'Credentials came over plain HTTP from another machine. Use HTTPS, or configure the proxy.',
  'token.invalid-request': 'The token request lacks a parameter, repeats one, or asks for too much.',
  'registry.unknown': 'No registry answers to the host name of the request.',
  'registry.name-taken': 'Another registry of the site has the name already, in whatever case.',
  'registry.name-invalid': 'A registry name has 5 to 50 letters and digits.',
  'access.denied': 'The caller holds no role that has the action at the scope or above it.',
  'access.token-invalid': 'The access token expired, was revoked, is for another audience, or is none of this site.',
  'firewall.denied': 'The network rules of the registry do not let this address in.',
  'api-version.missing': 'Every call to the resource manager names an api-version.',
  'api-version.invalid': 'The api-version has not the form of one.',
  'subscription.unknown': 'There is no such subscription.',
  'resource-group.unknown': 'There is no such resource group in the subscription.',
  'resource-group.invalid': 'The name or the body of the resource group is not valid.',
  'resource-group.not-empty': 'The resource group still holds registries.',
  'resource.unknown': 'There is no such resource.',
  'resource.invalid': 'The body of the request is not what the resource takes. The text names the property.',
  'resource.location-changed': 'A resource cannot change its location.',
  'resource.locked': 'A resource lock forbids it. The text names the lock, its scope, and who made it when.',
  'resource.in-use': 'Another resource refers to it. The text names that one.',
  'resource.not-supported': 'The site does not offer it. The text says what it offers instead.',
  'provider.unknown': 'There is no resource provider of that namespace.',
  'quota.exceeded': 'The quota of the subscription or of the registry allows no more of these.',
  'quota.storage-full':
    'The registry would store more than its quota. `detail` has limit, used, reserved and needed bytes.',
  'quota.site-full': 'All registries together have reached the capacity that the operator set.',
  'quota.in-use': 'A quota that a subscription has cannot be deleted.',
  'admin-user.disabled': 'The admin user of the registry is disabled, so it has no passwords to show or renew.',
  'role-assignment.exists': 'The same role is assigned to the same principal at the same scope already.',
  'role-assignment.update-not-permitted': 'A role assignment of that name exists and cannot be changed.',
  'role-assignment.principal-unknown': 'There is no such user, group or service principal in the directory.',
  'role-definition.unknown': 'There is no such role.',
  'role-definition.name-exists': 'Another role has the name already.',
  'role-definition.assigned': 'The role is assigned to somebody. Delete its assignments first.',
  'oauth.invalid-request': 'A request to the sign-in service lacks a parameter, repeats one, or contradicts itself.',
  'oauth.invalid-client': 'The secret or the assertion of the application is wrong, expired, or was used before.',
  'oauth.invalid-grant': 'Name, password, code or refresh token are wrong, expired, revoked or were used before.',
  'oauth.invalid-scope': 'A token is asked for a service that this site does not have, or for several at once.',
  'oauth.invalid-tenant': 'The site has one tenant, and it does not go by this name.',
  'oauth.unauthorized-client': 'The application is unknown or disabled, or may not ask in this way.',
  'oauth.unsupported-grant-type': 'The grant_type is none that this site knows.',
  'oauth.authorization-pending': 'Nobody has decided about the device code yet. Poll on.',
  'oauth.slow-down': 'The device polls too often. Add five seconds to the interval.',
  'oauth.access-denied': 'The person said No.',
  'oauth.expired-token': 'The device code has expired.',
  'directory.unknown': 'The directory has no such user, group, application or service principal.',
  'directory.invalid': 'A property of a directory object is not valid. The text names it.',
  'directory.exists': 'Another object of the directory has that name, or is there already.',
  'directory.denied': 'Only who may assign roles in the subscription changes the directory.',
  'directory.query-unsupported': 'The directory does not know this kind of `$filter`.',
  'password.refused': 'The password is one that others would guess. The text says why.',
  'webhook.name-invalid': 'A webhook name has 5 to 50 letters and digits.',
  'webhook.event-unknown': 'The webhook has no event of that id that is over and could be replayed.',
  'backup.invalid': 'holdfast backup or restore: bytes are missing or are not what they should be.',
  'backup.foreign': 'holdfast backup: the folder holds the backup of another site.',
  'backup.target-not-empty': 'holdfast backup or restore: the folder holds something else.',
  'import.invalid':
    'The import asks for what cannot be: no source, a name that is none, too many manifests. The text says what.',
  'import.tag-exists': 'A tag that the import would set is there already, and `mode` is `NoForce`. Nothing was copied.',
  'import.source-failed':
    'The source of an import refused, was not found, or sent other bytes than it promised. Nothing is visible.',
  'import.too-many': 'As many imports as the site runs at once are under way.',
  'operation.unknown': 'There is no such operation, it was started by somebody else, or it ended long ago.',
  'template.invalid':
    'The template or its parameters are not what a deployment takes. The text names the resource, the expression and the place in it.',
  'template.api-version': 'A template takes the api-versions that the provider lists only. The text names them.',
  'deployment.unknown': 'There is no deployment of that name in the resource group.',
  'deployment.name-invalid': 'A deployment has a name of 1 to 64 letters, digits and `-_.()`.',
  'deployment.active': 'The deployment of that name is under way: wait for its end, or cancel it.',
  'deployment.not-active': 'The deployment has ended, so there is nothing to cancel.',
  'deployment.interrupted': 'The deployment was cancelled, or the server ended before it did. Deploy again.',
  'outbound.refused':
    'The site does not call loopback, link-local and metadata addresses unless `outbound.allow` names them.',
  'outbound.failed': 'Another host could not be reached, was too slow, or its certificate is not trusted.',
  'request.invalid': 'The address or the Host of the request is malformed, or there is no Host or more than one.',
  'request.timeout':
    'The head of the request did not come in time (`limits.headerSeconds`), or a manifest or a form not within 60 seconds.',
  'request.too-large': 'The head of the request is too large (`limits.headerBytes`) or has more than 200 lines.',
  'request.body-too-large': 'The body of the request is larger than anything that could be meant.',
  'request.too-many-tags': 'More than 100 tags in one push.',
  'request.expectation': 'The Expect header asks for something other than 100-continue.',
  'request.unsupported': 'The path exists, the method does not. The Allow header lists those that do.',
  'route.unknown': 'Nothing answers to this path.',
  'storage.full': 'The disk is full. Nothing was stored; pulls go on.',
  'server.unavailable': 'The server is starting or stopping, or its disk failed. Retry-After says when to try again.',
  'server.internal': 'A fault inside the registry. The log has its cause under the correlation id.',
};

function errors(): string {
  const rows = Object.entries(ERROR_TABLE).map(([name, answer]) => [
    code(name),
    String(answer.status),
    code(answer.oci),
    code(answer.arm),
    meanings[name as ErrorCode],
  ]);
  return `# Errors

Every refusal is a JSON body of the OCI form, \`{"errors":[{"code":…,"message":…,"detail":…}]}\`. The message says what was
asked, why it was refused and what to do next, and ends with the correlation id, by which the log line of the request is
found. Every response has the same id in the header \`X-Ms-Correlation-Request-Id\`. On the data plane a missing right is 401, never 403. The
resource manager answers in its own form, \`{"error":{"code":…,"message":…}}\`. The first column is the code's name inside
the program; clients see the status and the OCI or the ARM code.

${table(['Code', 'Status', 'OCI code', 'ARM code', 'Meaning'], rows)}
`;
}

// ── configuration ───────────────────────────────────────────────────────────────────────────────────────────────────

/** What is accepted but does nothing yet must be said. */
const notYet: Partial<Record<SettingKey, string>> = {};

function limitsOf({ type, choices, expects }: Setting): string {
  if (choices) return choices.map(code).join(', ');
  return type === 'boolean' ? '`true`, `false`' : expects.replaceAll('<', '\\<');
}

function configuration(): string {
  const rows = Object.entries<Setting>(settings).map(([key, setting]) => [
    code(key),
    setting.flag ? code(setting.flag) : '',
    setting.flag ? code(environmentName(setting.flag)) : '',
    setting.default === undefined ? 'not set' : code(Array.isArray(setting.default) ? '[]' : String(setting.default)),
    [setting.description, notYet[key as SettingKey]].filter(Boolean).join(' '),
    limitsOf(setting),
  ]);
  return `# Configuration

Order: flag, environment, file, default. The file is YAML, named by \`--config FILE\` or \`HOLDFAST_CONFIG\`; the dots of a key
are levels of the file. Relative paths in the file are meant from the file's folder. Unknown keys are errors. Secrets are
never in the file itself: \`{file: PATH}\` or \`{env: NAME}\`.

- \`holdfast config check [FILE]\` tells whether all is right.
- \`holdfast config explain [FILE]\` prints every value and where it comes from.
- \`holdfast config schema\` prints the JSON Schema of the file.

${table(['Key', 'Flag', 'Environment', 'Default', 'Meaning', 'Limits'], rows)}

Two environment variables are no settings: \`HOLDFAST_LOG_LEVEL\` (\`trace\`, \`debug\`, \`info\`, \`warn\`, \`error\`, \`fatal\`,
\`silent\`; default \`info\`), and \`NODE_COMPILE_CACHE\`, the folder of compiled code that \`bin/holdfast\` otherwise chooses.
`;
}

// ── routes ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function accessText(access: RouteAccess): string {
  switch (access.kind) {
    case 'public':
      return `none: ${access.why}`;
    case 'signed-in':
      return 'any sign-in';
    case 'registry':
      return `${code(access.action)} on the registry`;
    case 'repository':
      return `${access.actions.map(code).join(' or ')} on the repository`;
    case 'resource':
      return `${code(access.action)} on the resource`;
    case 'operator':
      return `${code(access.action)} in the operator's subscription, for operators of the site`;
    case 'directory':
      if (access.right === 'read') return 'any sign-in, with a token for the directory';
      return `${code('Microsoft.Authorization/roleAssignments/write')} on the subscription`;
  }
}

// Routes are made, never called: what they would need is not there.
const allRoutes = await createPlanes({
  distribution: {},
  tokenEndpoint: {},
  resourceManager: {},
  signIn: {},
  graph: {},
  portal: {},
} as unknown as PlaneDependencies).allRoutes();

function httpApi(): string {
  const rows = allRoutes.map((r) => [r.method, code(r.path), code(r.name), accessText(r.access)]);
  const health = [
    ['GET, HEAD', '`/livez`', '`livez`', 'none'],
    ['GET, HEAD', '`/readyz`', '`readyz`', 'none'],
    ['GET, HEAD', '`/metrics`', '`metrics`', 'loopback, or the token of `metrics.token`; 404 for others'],
  ];
  return `# HTTP API

The OCI distribution API, version 1.1, at \`https://<registry>.azsacr.<region>.<fqdn>/v2/\` and, for the registry named
\`registry\`, at any other name of the machine. Sign-in is Basic, or Bearer with a token from \`/oauth2/token\`. The third
column is the route's name in log and metrics.

${table(['Method', 'Path', 'Name', 'Access needed'], rows)}

On every host, whatever its name:

${table(['Method', 'Path', 'Name', 'Access needed'], health)}
`;
}

// ── metrics ─────────────────────────────────────────────────────────────────────────────────────────────────────────

async function metrics(): Promise<string> {
  const { body } = await createMetrics().text();
  const types = new Map([...body.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]));
  const all = [...body.matchAll(/^# HELP (\S+) (.*)$/gm)].map(([, name = '', help = '']) => [name, help] as const);
  const rows = (own: boolean) =>
    all
      .filter(([name]) => name.startsWith('holdfast_') === own)
      .map(([name, help]) => [code(name), types.get(name) ?? '', help]);
  return `# Metrics

\`GET /metrics\` in the Prometheus text format: from loopback without sign-in, from elsewhere with the bearer token that
\`metrics.token\` names. Times are seconds, sizes bytes.

${table(['Name', 'Type', 'Meaning'], rows(true))}

The runtime's own, on Linux:

${table(['Name', 'Type', 'Meaning'], rows(false))}
`;
}

// ── writing and checking ────────────────────────────────────────────────────────────────────────────────────────────

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const pages = {
  'check-health.md': checkHealthPage(table),
  'command-line.md': await commandLinePage(table),
  'configuration.md': configuration(),
  'errors.md': errors(),
  'http-api.md': httpApi(),
  'metrics.md': await metrics(),
};
const description = openApi(allRoutes);
const files: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(pages).map(([name, text]) => [join(folder, name), `${HEAD}\n\n${text}`])),
  [join(folder, 'openapi.json')]: `${JSON.stringify(description, undefined, 1)}\n`,
  [join(root, 'apps/portal/src/api/schema.d.ts')]:
    `// Made by tools/docs.ts from docs/reference/openapi.json. Do not edit; run \`npm run docs\`.\n${astToString(
      await openapiTS(description as never),
    )}`,
};
let differing = 0;
for (const [path, wanted] of Object.entries(files)) {
  if (readIfThere(path) === wanted) continue;
  differing++;
  if (values.check) console.log(`${relative(root, path)} is not what the code says: run 'npm run docs'.`);
  else writeFileSync(path, wanted);
}
console.log(`${Object.keys(files).length} files, ${differing} ${values.check ? 'differ' : 'written'}`);
// The metrics keep timers that would hold the process.
process.exit(values.check && differing > 0 ? 1 : 0);
