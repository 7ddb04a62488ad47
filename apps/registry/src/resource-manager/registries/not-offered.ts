import { DomainError } from '../../platform/domain-error.ts';

/** What Azure has below a registry and this site does not, with what to use instead. Clients list them unasked. */
const INSTEAD = {
  replications: 'A site is one location. Import the images into a registry of the other site instead.',
  tasks: 'Build with the tools of your choice and push the result.',
  taskRuns: 'Build with the tools of your choice and push the result.',
  runs: 'Build with the tools of your choice and push the result.',
  agentPools: 'Build with the tools of your choice and push the result.',
  cacheRules: 'Import the images that are needed instead, for example with az acr import.',
  credentialSets: 'An import takes the credentials of its source in its request.',
  connectedRegistries: 'Import the images into a registry of the other site instead.',
  privateEndpointConnections: "Limit who may come with the registry's network rules.",
  exportPipelines: 'Import the images into a registry of the other site instead.',
  importPipelines: 'Import the images that are needed, for example with az acr import.',
} as const;

type NotOffered = keyof typeof INSTEAD;
export const NOT_OFFERED = Object.keys(INSTEAD) as NotOffered[];

/** Why none of that kind can be made, by a request or by a template. */
export function notOffered(kind: NotOffered): DomainError {
  return new DomainError(
    'unsupported',
    'resource.not-supported',
    `Resources of type 'Microsoft.ContainerRegistry/registries/${kind}' are not offered on this site. ${INSTEAD[kind]}`,
  );
}
