import { type BoundParameter, Environment, type EnvironmentFacts, LookupNeeded } from './environment.ts';
import { Budget } from './expressions/budget.ts';
import type { Json, JsonObject } from './expressions/values.ts';
import type { Place } from './place.ts';
import { Secrets } from './secrets.ts';
import { readTemplate, type Template } from './template.ts';

export const SUBSCRIPTION = '11111111-2222-4333-8444-555555555555';
export const GROUP_ID = `/subscriptions/${SUBSCRIPTION}/resourceGroups/Ships`;

const place: Place = {
  scope: GROUP_ID,
  subscription: { id: SUBSCRIPTION, displayName: 'Fleet', tenantId: '99999999-2222-4333-8444-555555555555' },
  group: { name: 'Ships', location: 'local', tags: { crew: 'two' } },
};

const endpoints = {
  management: 'https://management.local.example',
  portal: 'https://portal.local.example',
  graph: 'https://graph.local.example',
  authority: 'https://adfs.local.example/adfs',
  loginServer: (name: string) => `${name.toLowerCase()}.azsacr.local.example`,
  loginServerSuffix: '.azsacr.local.example',
};

function templateOf(parts: JsonObject): Template {
  return readTemplate({ $schema: 's', contentVersion: '1.0.0.0', resources: [], ...parts });
}

/** What expressions are evaluated in when a test says nothing else. */
export function environmentOf(
  parts: JsonObject = {},
  parameters: Readonly<Record<string, Json | BoundParameter>> = {},
  more: Partial<EnvironmentFacts> = {},
): Environment {
  const bound = Object.entries(parameters).map(([name, one]): [string, BoundParameter] => {
    const given = typeof one === 'object' && one !== null && 'rights' in one;
    return [name.toLowerCase(), given ? (one as BoundParameter) : { value: one as Json, rights: [] }];
  });
  return new Environment({
    template: templateOf(parts),
    parameters: new Map(bound),
    place,
    deployment: { name: 'voyage', mode: 'Incremental' },
    site: { region: 'local', endpoints },
    budget: new Budget(),
    secrets: new Secrets(),
    lookUp: (request) => {
      throw new LookupNeeded(request);
    },
    ...more,
  });
}
