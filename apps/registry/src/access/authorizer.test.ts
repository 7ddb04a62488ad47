import { authorizerSuite } from './authorizer.suite.ts';
import { testAuthorizer } from './test-authorizer.ts';

authorizerSuite('createAuthorizer', testAuthorizer());
