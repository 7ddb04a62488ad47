import { GROUPS } from './place.ts';
import { invalidTemplate } from './template.ts';

/** Which resource a template means. */
export interface ResourceAddress {
  readonly id: string;
  /** Of the resource itself: `Microsoft.Authorization/roleAssignments` even where it hangs on a registry. */
  readonly type: string;
  readonly name: string;
  /** What it hangs on, for a resource that extends others. */
  readonly extended?: string;
}

/**
 * From `type` and `name`, which have as many words below the namespace as one another: `registries/webhooks` and
 * `myregistry/hook`. Resources that extend others are written `registries/providers/roleAssignments` with
 * `myregistry/Microsoft.Authorization/<name>`, or by a `scope`.
 */
export function addressOf(place: string, type: string, name: string, scope: string | undefined): ResourceAddress {
  const [namespace = '', ...types] = type.split('/');
  const names = name.split('/');
  if (!/^[\w.]+$/.test(namespace) || types.length === 0 || types.some((word) => !/^\w+$/.test(word))) {
    throw invalidTemplate(
      `the type '${type.slice(0, 100)}' must be a namespace and at least one word, as in 'Microsoft.ContainerRegistry/registries'`,
    );
  }
  if (names.some((one) => one === '' || one === '.' || one === '..' || /[?#%\\]/.test(one) || hasControl(one))) {
    throw invalidTemplate(
      `the name '${name.slice(0, 100)}' of a resource of type '${type}' must have no empty part and none of ? # % \\`,
    );
  }
  const split = types.findIndex((word) => word.toLowerCase() === 'providers');
  if (split > 0) return extension(place, namespace, types, names, split);
  if (types.length !== names.length) throw wrongSegments(type, name);
  if (type.toLowerCase() === GROUPS.toLowerCase()) return groupAddress(place, type, name);
  const path = types.map((word, i) => `/${word}/${names[i]}`).join('');
  const base = scope === undefined ? place : absolute(place, scope);
  const address = { id: `${base}/providers/${namespace}${path}`, type, name };
  return isExtension(type) ? { ...address, extended: base } : address;
}

function groupAddress(place: string, type: string, name: string): ResourceAddress {
  const [, , subscription, group] = place.split('/');
  if (group === undefined) return { id: `/subscriptions/${subscription}/resourceGroups/${name}`, type, name };
  throw invalidTemplate(
    `the resource group '${name.slice(0, 100)}' can be made by a deployment to the subscription only (az deployment sub create)`,
  );
}

/** What hangs on resources of any kind. */
function isExtension(type: string): boolean {
  return /^Microsoft\.Authorization\/(roleAssignments|roleDefinitions|locks)$/i.test(type);
}

function extension(place: string, namespace: string, types: string[], names: string[], split: number): ResourceAddress {
  const own = types.slice(split + 1);
  const [ownNamespace = '', ...ownNames] = names.slice(split);
  if (own.length === 0 || own.length !== ownNames.length)
    throw wrongSegments([namespace, ...types].join('/'), names.join('/'));
  const path = types
    .slice(0, split)
    .map((word, i) => `/${word}/${names[i]}`)
    .join('');
  const extended = `${place}/providers/${namespace}${path}`;
  const ownPath = own.map((word, i) => `/${word}/${ownNames[i]}`).join('');
  return {
    id: `${extended}/providers/${ownNamespace}${ownPath}`,
    type: `${ownNamespace}/${own.join('/')}`,
    name: ownNames.join('/'),
    extended,
  };
}

/** An id as it stands; `namespace/type/name` is below the place. */
function absolute(place: string, scope: string): string {
  const trimmed = scope.replace(/\/+$/, '');
  if (trimmed.startsWith('/subscriptions/')) return trimmed;
  if (/^[\w.]+(\/[^/]+\/[^/]+)+$/.test(trimmed)) return `${place}/providers/${trimmed}`;
  throw invalidTemplate(
    `the scope '${scope.slice(0, 200)}' must be a resource id, or 'namespace/type/name' of a resource of this deployment`,
  );
}

function hasControl(text: string): boolean {
  return [...text].some((char) => char < ' ' || char === '\u007f');
}

function wrongSegments(type: string, name: string): Error {
  return invalidTemplate(
    `the resource '${name.slice(0, 200)}' of type '${type.slice(0, 200)}' has incorrect segment lengths: below the namespace, the type must have as many words as the name`,
  );
}

/** The address that an id stands for; undefined for what is the id of no resource below a provider. */
export function readAddress(id: string): ResourceAddress | undefined {
  const at = id.toLowerCase().lastIndexOf('/providers/');
  const group = /^\/subscriptions\/[^/]+\/resourceGroups\/([^/]+)$/i.exec(id);
  if (group) return { id, type: GROUPS, name: group[1] as string };
  if (at === -1 || !id.startsWith('/')) return undefined;
  const [namespace = '', ...path] = id.slice(at + '/providers/'.length).split('/');
  if (path.length === 0 || path.length % 2 === 1 || path.some((part) => part === '')) return undefined;
  const type = [namespace, ...path.filter((_, i) => i % 2 === 0)].join('/');
  const name = path.filter((_, i) => i % 2 === 1).join('/');
  return { id, type, name, ...(isExtension(type) ? { extended: id.slice(0, at) } : {}) };
}
