// What requests and answers hold, of every route, by its name. An answer that is not what is written here fails the
// test that got it (test/support/described.ts).

import { CONTENT } from './content.ts';
import { DEPLOYMENTS } from './deployments.ts';
import { DIRECTORY } from './directory.ts';
import { MANAGEMENT } from './management.ts';
import { OPERATOR } from './operator.ts';
import { REGISTRIES } from './registries.ts';
import type { Body } from './schemas.ts';
import { SIGN_IN } from './sign-in.ts';
import { STATION } from './station.ts';

export const BODIES: Readonly<Record<string, Body>> = {
  ...CONTENT,
  ...STATION,
  ...MANAGEMENT,
  ...REGISTRIES,
  ...DEPLOYMENTS,
  ...OPERATOR,
  ...DIRECTORY,
  ...SIGN_IN,
};
