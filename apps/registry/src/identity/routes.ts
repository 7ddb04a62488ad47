import type { Route } from '../http/route.ts';
import { authorizeRoutes } from './routes/authorize.ts';
import { deviceRoutes } from './routes/device.ts';
import { discoveryRoutes } from './routes/discovery.ts';
import { signOutRoutes } from './routes/sign-out.ts';
import { tokenRoutes } from './routes/token.ts';
import type { SignIn } from './sign-in.ts';

/** The table of contents of the sign-in service. */
export function identityRoutes(signIn: SignIn): readonly Route[] {
  return [
    ...discoveryRoutes(signIn),
    ...tokenRoutes(signIn),
    ...authorizeRoutes(signIn),
    ...deviceRoutes(signIn),
    ...signOutRoutes(signIn),
  ];
}
