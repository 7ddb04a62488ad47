import type { Route } from '../http/route.ts';
import type { ResourceManager } from './context.ts';
import { activityLogRoutes } from './routes/activity-log.ts';
import { authorizationRoutes } from './routes/authorization.ts';
import { checkAccessRoutes } from './routes/check-access.ts';
import { coreRoutes } from './routes/core.ts';
import { deploymentRoutes } from './routes/deployments.ts';
import { importRoutes } from './routes/import.ts';
import { lockRoutes } from './routes/locks.ts';
import { policyRoutes } from './routes/policies.ts';
import { quarantineRoutes } from './routes/quarantine.ts';
import { registryRoutes } from './routes/registries.ts';
import { registryChildRoutes } from './routes/registry-children.ts';
import { scopeMapRoutes } from './routes/scope-maps.ts';
import { siteAdministrationRoutes } from './routes/site-administration.ts';
import { siteHealthRoutes } from './routes/site-health.ts';
import { siteOperationRoutes } from './routes/site-operation.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { webhookRoutes } from './routes/webhooks.ts';

/** The table of contents of the resource manager. */
export function managementRoutes(rm: ResourceManager): readonly Route[] {
  return [
    ...coreRoutes(rm),
    ...authorizationRoutes(rm),
    ...checkAccessRoutes(rm),
    ...lockRoutes(rm),
    ...registryRoutes(rm),
    ...scopeMapRoutes(rm),
    ...tokenRoutes(rm),
    ...activityLogRoutes(rm),
    ...registryChildRoutes(rm),
    ...webhookRoutes(rm),
    ...importRoutes(rm),
    ...siteAdministrationRoutes(rm),
    ...siteOperationRoutes(rm),
    ...siteHealthRoutes(rm),
    ...quarantineRoutes(rm),
    ...policyRoutes(rm),
    ...deploymentRoutes(rm),
  ];
}
