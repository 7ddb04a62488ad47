import { admits } from '../../access/network-rules.ts';
import { type Principal, principalId } from '../../access/principal.ts';
import { registryScope } from '../../access/scope-path.ts';
import { isRefused } from '../../identity/refused.ts';
import type { ImportOrder, ImportSource, ImportTarget, SourceCredentials } from '../../import/image-import.ts';
import { type ImageReference, parseImageReference, parseTagged } from '../../import/image-reference.ts';
import type { RegistryRow } from '../../metadata/metadata-store.ts';
import { DomainError } from '../../platform/domain-error.ts';
import type { ArmCaller, ResourceManager } from '../context.ts';
import type { Fields } from '../fields.ts';
import { parseResourceId } from '../resource-id.ts';

const MAX_TARGETS = 50;
const HOST = /^(?:\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]{0,252}))(?::\d{1,5})?$/i;

/** Reads the body of importImage (ARM specification, `ImportImageParameters`), and asks whether the caller may pull what it names here. */
export async function readImportOrder(
  rm: ResourceManager,
  caller: ArmCaller,
  target: RegistryRow,
  body: Fields,
  userAgent: string | undefined,
): Promise<ImportOrder> {
  const source = body.within('source');
  const imageText = source.required('sourceImage');
  const image = parseImageReference(imageText);
  if (!image) throw source.wrong('sourceImage', "'repository', 'repository:tag' or 'repository@sha256:…'");
  return {
    source: await readSource(rm, caller, source, image),
    image,
    target,
    targets: readTargets(body, image),
    force: body.word('mode', ['NoForce', 'Force']) === 'Force',
    principal: caller.principal,
    correlationId: caller.correlationId,
    userAgent,
  };
}

/** A target without a tag takes the source's, or latest; without any target the image keeps its name. */
function readTargets(body: Fields, image: ImageReference): ImportTarget[] {
  const tagged = body.texts('targetTags') ?? [];
  const untagged = body.texts('untaggedTargetRepositories') ?? [];
  const tag = 'tag' in image.reference ? image.reference.tag : ('latest' as NonNullable<ImportTarget['tag']>);
  const targets: ImportTarget[] = tagged.map((text, i) => {
    const named = parseTagged(text);
    if (!named) throw body.wrong(`targetTags[${i}]`, "'repository' or 'repository:tag'");
    return { repository: named.repository, tag: named.tag ?? tag };
  });
  for (const [i, text] of untagged.entries()) {
    const named = text.includes(':') ? undefined : parseTagged(text);
    if (!named) throw body.wrong(`untaggedTargetRepositories[${i}]`, 'the name of a repository');
    targets.push({ repository: named.repository });
  }
  if (targets.length > MAX_TARGETS) throw body.wrong('targetTags', `a list of at most ${MAX_TARGETS} targets`);
  if (targets.length === 0) targets.push({ repository: image.repository, tag });
  const distinct = new Map(targets.map((target) => [`${target.repository}:${target.tag ?? ''}`, target]));
  return [...distinct.values()];
}

async function readSource(
  rm: ResourceManager,
  caller: ArmCaller,
  source: Fields,
  image: ImageReference,
): Promise<ImportSource> {
  const resourceId = source.text('resourceId');
  const registryUri = source.text('registryUri');
  if (resourceId) return { kind: 'local', registry: await byResourceId(rm, caller, resourceId, image) };
  if (!registryUri) throw source.wrong('registryUri', 'given, unless source.resourceId is');
  const host = registryUri.replace(/^https?:\/\//i, '').replace(/\/+$/, '');
  if (!HOST.test(host)) throw source.wrong('registryUri', 'the host of a registry, such as registry.corp.example:5000');
  const credentials = readCredentials(source);
  const own = ownRegistry(rm, host);
  if (own === undefined) return { kind: 'remote', host, credentials };
  const principal = credentials ? await signIn(rm, own, credentials) : caller.principal;
  const row = await rm.metadata.read.registries.byName(own);
  return { kind: 'local', registry: await pullable(rm, caller, principal, row, image, host) };
}

function readCredentials(source: Fields): SourceCredentials | undefined {
  if (!source.has('credentials')) return undefined;
  const given = source.within('credentials');
  const username = given.text('username');
  return { username: username === '' ? undefined : username, password: given.required('password') };
}

/** The name of the registry if the host is a login server of this site, which is reached inside and not over the network. */
function ownRegistry(rm: ResourceManager, host: string): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '');
  const suffix = plain(rm.endpoints().loginServerSuffix);
  const asked = plain(host);
  return asked.endsWith(suffix) ? asked.slice(0, -suffix.length) : undefined;
}

async function signIn(rm: ResourceManager, registry: string, credentials: SourceCredentials): Promise<Principal> {
  const { username = '', password } = credentials;
  const principal = await rm.identity.verifyBasic({ registry, username, password });
  if (principal && !isRefused(principal)) return principal;
  throw new DomainError(
    'invalid',
    'import.source-failed',
    `The credentials for the source registry '${registry.slice(0, 64)}' are not accepted. Correct them, or leave them out to import with your own rights.`,
  );
}

async function byResourceId(rm: ResourceManager, caller: ArmCaller, text: string, image: ImageReference) {
  const id = parseResourceId(text);
  const type = id?.provider && `${id.provider.namespace}/${id.provider.type}`.toLowerCase();
  const found =
    type === 'microsoft.containerregistry/registries'
      ? await rm.metadata.read.registries.byName(id?.provider?.names[0] ?? '')
      : undefined;
  const here =
    found?.subscriptionId === id?.subscriptionId.toLowerCase() &&
    found?.resourceGroup.toLowerCase() === id?.resourceGroup?.toLowerCase();
  return pullable(rm, caller, caller.principal, here ? found : undefined, image, text);
}

/** The same answer for a registry that is not there, for a right that is missing, and for one behind its network rules. */
async function pullable(
  rm: ResourceManager,
  caller: ArmCaller,
  principal: Principal,
  row: RegistryRow | undefined,
  image: ImageReference,
  named: string,
): Promise<RegistryRow> {
  if (row && admits(row.networkRules, caller.client)) {
    const resource = registryScope(row, image.repository);
    const { allow } = await rm.authorizer.check({ principal, action: 'pull', resource });
    if (allow) return row;
  }
  throw new DomainError(
    'forbidden',
    'access.denied',
    `The source registry '${named.slice(0, 300)}' does not exist, or '${principalId(principal)}' may not pull '${image.repository}' from it, or its network rules do not let this client in. Ask its owner for the role AcrPull, or give credentials of somebody who has it.`,
  );
}
