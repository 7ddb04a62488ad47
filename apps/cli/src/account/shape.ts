import type { Subscription, User } from '../site/profile.ts';

/** An account as az login lists it. */
export const accountShape = ({ id, name, state, tenantId }: Subscription, user: User, chosen: string) => ({
  cloudName: 'Holdfast',
  homeTenantId: tenantId,
  id,
  isDefault: id === chosen,
  managedByTenants: [],
  name,
  state,
  tenantId,
  user: { name: user.name, type: user.type },
});
