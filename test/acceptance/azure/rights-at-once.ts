// Takes AcrPull from a service principal and gives it back, over and over; after each change the very next request with a
// token of before must show it. Exit code 1 at the first that does not.
import { randomUUID } from 'node:crypto';

const { ARM_TOKEN, TOKEN, SCOPE, OBJECT, LOGIN_SERVER, DOMAIN } = process.env;
const times = Number(process.argv[2] ?? 10);
const assignments = `https://management.${DOMAIN}${SCOPE}/providers/Microsoft.Authorization/roleAssignments`;
const headers = { Authorization: `Bearer ${ARM_TOKEN}`, 'Content-Type': 'application/json' };
const role = '/providers/Microsoft.Authorization/roleDefinitions/7f951dda-4ed3-4680-a7ca-43fe172d538d';

async function pulls(expected: number, what: string): Promise<void> {
  const answer = await fetch(`https://${LOGIN_SERVER}/v2/team/app/manifests/v1`, {
    headers: { Authorization: `Bearer ${TOKEN}` },
  });
  await answer.arrayBuffer();
  if (answer.status !== expected) throw new Error(`${what}: ${answer.status} instead of ${expected}`);
}

const listed = await fetch(`${assignments}?$filter=atScope()&api-version=2022-04-01`, { headers });
const { value } = (await listed.json()) as { value: { id: string; properties: { principalId: string } }[] };
let path = `https://management.${DOMAIN}${value.find((row) => row.properties.principalId === OBJECT)?.id}`;
for (let i = 0; i < times / 2; i++) {
  const removed = await fetch(`${path}?api-version=2022-04-01`, { method: 'DELETE', headers });
  if (removed.status !== 200) throw new Error(`removing: ${removed.status}`);
  await pulls(401, `removed, round ${i}`);
  path = `${assignments}/${randomUUID()}`;
  const body = JSON.stringify({ properties: { roleDefinitionId: role, principalId: OBJECT } });
  const given = await fetch(`${path}?api-version=2022-04-01`, { method: 'PUT', headers, body });
  if (given.status !== 201) throw new Error(`giving: ${given.status}`);
  await pulls(200, `given, round ${i}`);
}
console.log(`${times} changes, each seen by the next request`);
