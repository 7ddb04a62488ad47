import { ACTIONS, type Action, type ResourceAction } from '../../access/principal.ts';
import { scopeKey } from '../../access/scope-path.ts';
import type { Exchange } from '../../http/exchange.ts';
import type { Route, RouteParams } from '../../http/route.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { explainAccess, findAsked } from '../authorization/explain-access.ts';
import type { ResourceManager } from '../context.ts';
import { requireScope } from '../require-scope.ts';

const RESOURCE_ACTION = /^Microsoft\.[A-Za-z.]+\/[A-Za-z/]{1,200}$/;

/** Who may do what, and why. Azure has no such call: its portal guesses from the assignments. */
export function checkAccessRoutes(rm: ResourceManager): Route[] {
  return [
    {
      name: 'check-access',
      method: 'GET',
      path: '/{+scope}/providers/Microsoft.Authorization/checkAccess',
      access: { kind: 'resource', action: 'Microsoft.Authorization/roleAssignments/read' },
      handle: (x, p) => check(rm, x, p),
    },
  ];
}

/** `principalId` is an object id, `action` a word of a token's scope (`pull`) or the name that roles have for it. */
async function check(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const scope = values.scope ?? '';
  await requireScope(rm, scope);
  const { query } = x.facts.target;
  const action = requireAction(query.get('action') ?? '');
  const id = (query.get('principalId') ?? '').toLowerCase();
  const asked = await findAsked(rm.metadata.read, id);
  if (!asked) throw unknownPrincipal(id);
  x.sendJson(200, {}, await explainAccess(rm, asked, action, scopeKey(scope)));
}

function requireAction(text: string): Action | ResourceAction {
  const word = ACTIONS.find((action) => action === text);
  if (word) return word;
  if (RESOURCE_ACTION.test(text)) return text as ResourceAction;
  throw new DomainError(
    'invalid',
    'resource.invalid',
    `The action '${text.slice(0, 100)}' is unknown. It is one of ${ACTIONS.join(', ')}, or what a role names, such as Microsoft.ContainerRegistry/registries/read.`,
  );
}

function unknownPrincipal(id: string): DomainError {
  return new DomainError(
    'not-found',
    'resource.unknown',
    `The directory has no user, group or service principal '${id.slice(0, 100)}'. Search for it by name, and give its object id.`,
  );
}
