import type { Route } from '../http/route.ts';
import type { Graph } from './context.ts';
import { applicationRoutes } from './routes/applications.ts';
import { groupRoutes } from './routes/groups.ts';
import { objectRoutes } from './routes/objects.ts';
import { servicePrincipalRoutes } from './routes/service-principals.ts';
import { userRoutes } from './routes/users.ts';

/** The table of contents of the subset of Microsoft Graph. */
export function graphRoutes(g: Graph): readonly Route[] {
  return [
    ...userRoutes(g),
    ...groupRoutes(g),
    ...objectRoutes(g),
    ...applicationRoutes(g),
    ...servicePrincipalRoutes(g),
  ];
}
