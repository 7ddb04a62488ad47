import type { Authorizer } from '../access/authorizer.ts';
import type { Principal } from '../access/principal.ts';
import type { SiteHealth } from '../health/check-site.ts';
import type { AdminUsers } from '../identity/admin-user.ts';
import type { Identity } from '../identity/identity.ts';
import type { SecretBox } from '../identity/sealed-secrets.ts';
import type { ImageImport } from '../import/image-import.ts';
import type { CleanUpPreview, CleanUpQuestion } from '../metadata/clean-up.ts';
import type { MetadataStore, RegistryRow } from '../metadata/metadata-store.ts';
import type { ClosedPage } from '../metadata/quarantine.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import type { Operations } from './operations.ts';

/** How clients see the planes of this site. URLs end without a slash. */
export interface SiteEndpoints {
  /** `https://management.<domain>[:port]` */
  readonly management: string;
  readonly portal: string;
  readonly graph: string;
  /** `https://adfs.<domain>[:port]/adfs` */
  readonly authority: string;
  /** `<name>.azsacr.<domain>[:port]`, lower case. */
  loginServer(registry: string): string;
  /** What follows a registry's name in its login server: `.azsacr.<domain>[:port]`. */
  readonly loginServerSuffix: string;
}

/** Who changes something, already allowed by the door. */
export interface ArmCaller {
  readonly principal: Principal;
  /** The path of the request as a scope: lower case. */
  readonly scope: string;
  /** Address of the client. */
  readonly client: string;
  readonly correlationId: string;
}

/** Everything that the operations of the resource manager stand on. */
export interface ResourceManager {
  readonly metadata: MetadataStore;
  readonly authorizer: Authorizer;
  readonly adminUsers: AdminUsers;
  /** For credentials of registries of this site that a request brings along. */
  readonly identity: Pick<Identity, 'verifyBasic'>;
  readonly imageImport: ImageImport;
  readonly operations: Operations;
  /** A page of what the quarantine of a registry would close. */
  readonly previewQuarantine: (
    registryId: string,
    after: { readonly repository: string; readonly digest: string },
  ) => Promise<ClosedPage>;
  /** A page of what clean-up policies would take; of one policy when it is named or given, whether it is enabled or not. */
  readonly previewCleanUp: (registry: RegistryRow, question: CleanUpQuestion) => Promise<CleanUpPreview>;
  /** What the site's own check looks at. */
  readonly siteHealth: SiteHealth;
  /** For secrets of resources that the protocol gives back, such as the headers of webhooks. */
  readonly box: SecretBox;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The first label of the domain: the one location that exists. */
  readonly region: string;
  /** Known from the first request on. */
  readonly endpoints: () => SiteEndpoints;
  /** Who may do what by the facts of that store, which may be a transaction that will be taken back. */
  readonly rightsBy: (store: MetadataStore) => Pick<ResourceManager, 'authorizer' | 'adminUsers' | 'principalType'>;
  /** Whether the directory has that user, group or service principal, and of which kind it is. */
  readonly principalType: (objectId: string) => Promise<'User' | 'Group' | 'ServicePrincipal' | undefined>;
}
