import { authorizerSuite } from './authorizer.suite.ts';
import { createAuthorizer } from './authorizer.ts';

authorizerSuite('createAuthorizer', createAuthorizer());
