import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AzureSite, REGISTRIES, startAzureSite } from '../../../../test/support/azure-site.ts';
import { type Deployed, deploy, nestedOf, registryOf, templateOf } from '../../../../test/support/templates.ts';

let site: AzureSite;
beforeAll(async () => {
  site = await startAzureSite();
  await site.arm('PATCH', `${site.group}/${REGISTRIES}/registry`, { body: { properties: { adminUserEnabled: true } } });
});
afterAll(async () => {
  expect(site.problems).toEqual([]);
  await site.stop();
});

const SECRET = 'seven-quiet-lanterns-in-a-row';
const pathOf = (name: string) => `${site.group}/providers/Microsoft.Resources/deployments/${name}`;
const ID = "resourceId('Microsoft.ContainerRegistry/registries', 'registry')";
const CREDENTIALS = `listCredentials(${ID}, '2017-10-01')`;

/** Names of the database's files that hold the text, as it is or in base64. */
async function filesWith(text: string): Promise<string[]> {
  const names = (await readdir(site.dataDir)).filter((name) => name.startsWith('metadata'));
  const found: string[] = [];
  for (const name of names) {
    const bytes = await readFile(join(site.dataDir, name));
    const kinds = [
      text,
      Buffer.from(text).toString('base64').replace(/=+$/, ''),
      Buffer.from(text, 'utf16le').toString('latin1'),
    ];
    if (kinds.some((kind) => bytes.includes(Buffer.from(kind, 'latin1')))) found.push(name);
  }
  return found;
}

const secure = {
  parameters: { key: { type: 'secureString' }, box: { type: 'secureObject', defaultValue: { inside: SECRET } } },
};
const given = { key: SECRET };

describe('a secure parameter', () => {
  it('is used, and neither kept nor shown', async () => {
    const webhook = {
      type: 'Microsoft.ContainerRegistry/registries/webhooks',
      apiVersion: '2019-05-01',
      name: 'registry/secret01',
      location: 'local',
      properties: {
        serviceUri: "[concat('https://hook.invalid/?key=', parameters('key'))]",
        customHeaders: { Authorization: "[concat('Bearer ', parameters('box').inside)]" },
        actions: ['push'],
      },
    };
    const template = templateOf({
      ...secure,
      resources: [webhook],
      outputs: { safe: { type: 'securestring', value: "[parameters('key')]" } },
    });
    const made = await deploy(site, 'secure', template, { parameters: given });
    expect(made.json<Deployed>().properties, made.text).toMatchObject({
      provisioningState: 'Succeeded',
      parameters: { key: { type: 'SecureString' }, box: { type: 'SecureObject' } },
      outputs: { safe: { type: 'SecureString' } },
    });
    const config = await site.arm('POST', `${site.group}/${REGISTRIES}/registry/webhooks/secret01/getCallbackConfig`);
    expect(config.text).toContain(SECRET);
    const shown = [
      made,
      await site.arm('GET', pathOf('secure')),
      await site.arm('POST', `${pathOf('secure')}/exportTemplate`),
    ];
    for (const { text } of shown) expect(text).not.toContain(SECRET);
    expect(await filesWith(SECRET)).toEqual([]);
  });

  it('is in no text of an error, wherever the error comes from', async () => {
    const expressions = [
      `[int(parameters('key'))]`,
      `[parameters('box').nothing]`,
      `[json(parameters('key'))]`,
      "[createObject(parameters('key'), 1).x]",
      "[parameters(base64(parameters('key')))]",
      "[createObject('a', 1)[toUpper(parameters('key'))]]",
    ];
    for (const value of expressions) {
      const refused = await deploy(
        site,
        'errors',
        templateOf({ ...secure, resources: [registryOf('errors01', { tags: { a: value } })] }),
        { parameters: given },
      );
      expect(refused.status, refused.text).toBe(400);
      expect(refused.text).not.toMatch(new RegExp(`${SECRET}|inside|${Buffer.from(SECRET).toString('base64')}`, 'i'));
    }
    const bodies = [
      { location: "[parameters('key')]" },
      { location: "[concat(parameters('key'), 'x')]" },
      { location: "[base64(parameters('key'))]" },
    ];
    for (const body of bodies) {
      const failed = await deploy(
        site,
        'bodies',
        templateOf({ ...secure, resources: [registryOf('errors01', body)] }),
        { parameters: given },
      );
      expect(failed.json<Deployed>().properties).toMatchObject({ provisioningState: 'Failed' });
      expect(failed.text).toContain('******');
      expect(failed.text).not.toContain(SECRET);
      expect(failed.text).not.toContain(Buffer.from(SECRET).toString('base64'));
    }
    const allowed = templateOf({ parameters: { key: { type: 'secureString', allowedValues: ['a', SECRET] } } });
    expect((await deploy(site, 'errors', allowed, { parameters: { key: 'none of these' } })).text).not.toMatch(
      /lanterns|none of these/,
    );
    expect(await filesWith(SECRET)).toEqual([]);
  });

  it('decides no name, since names are shown', async () => {
    const refused = await deploy(
      site,
      'names',
      templateOf({ ...secure, resources: [registryOf("[concat('a', uniqueString(parameters('key')))]")] }),
      { parameters: given },
    );
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('nothing secret can be used');
  });

  it('stays one in a nested deployment, whatever type the parameter has there', async () => {
    const inner = nestedOf(
      'innersecret',
      {
        parameters: { plain: { type: 'string' }, own: { type: 'securestring' } },
        outputs: { out: { type: 'string', value: "[concat(parameters('plain'), parameters('own'))]" } },
      },
      {},
      {
        expressionEvaluationOptions: { scope: 'inner' },
        parameters: { plain: { value: "[parameters('key')]" }, own: { value: SECRET } },
      },
    );
    const made = await deploy(site, 'nestedsecret', templateOf({ ...secure, resources: [inner] }), {
      parameters: given,
    });
    expect(made.json<Deployed>().properties.provisioningState, made.text).toBe('Succeeded');
    const reader = await site.robot('Reader', site.subscription);
    for (const name of ['innersecret', 'nestedsecret']) {
      expect((await site.arm('GET', pathOf(name), { as: reader.token })).text).not.toContain(SECRET);
      expect((await site.arm('POST', `${pathOf(name)}/exportTemplate`)).text).not.toContain(SECRET);
    }
    expect(await filesWith(SECRET)).toEqual([]);
  });
});

describe('what list functions give', () => {
  const outputs = {
    first: { type: 'string', value: `[${CREDENTIALS}.passwords[0].value]` },
    hidden: { type: 'string', value: `[base64(concat('x', ${CREDENTIALS}.passwords[1].value))]` },
    whole: { type: 'object', value: `[${CREDENTIALS}]` },
    safe: { type: 'secureObject', value: `[${CREDENTIALS}]` },
    plain: { type: 'string', value: 'plain' },
  };

  it('is for whoever may list it, in the answer and in the history, and sealed in the database', async () => {
    const made = await deploy(site, 'listed', templateOf({ outputs }));
    const { outputs: shown } = made.json<Deployed>().properties;
    expect(shown?.first, made.text).toEqual({ type: 'String', value: site.password });
    expect(shown?.safe).toEqual({ type: 'SecureObject' });
    const again = await site.arm('GET', pathOf('listed'));
    expect([again.header('Cache-Control'), again.json<Deployed>().properties.outputs]).toEqual(['no-store', shown]);
    expect(await filesWith(site.password)).toEqual([]);
  });

  it('is not for those who read deployments and may not list it, whatever was made of it', async () => {
    await deploy(site, 'listed', templateOf({ outputs }));
    const reader = await site.robot('Reader', site.subscription);
    const { outputs: shown } = (await site.arm('GET', pathOf('listed'), { as: reader.token })).json<Deployed>()
      .properties;
    expect(shown).toEqual({
      first: { type: 'String' },
      hidden: { type: 'String' },
      whole: { type: 'Object' },
      safe: { type: 'SecureObject' },
      plain: { type: 'String', value: 'plain' },
    });
  });

  it('is not got from another deployment either', async () => {
    await deploy(site, 'listed', templateOf({ outputs }));
    const contributor = await site.robot('Contributor', `${site.group}`);
    const take = templateOf({
      outputs: { a: { type: 'string', value: `[reference('${pathOf('listed')}', '2021-04-01').outputs.first.value]` } },
    });
    expect(
      (await deploy(site, 'taken', take, { as: contributor.token })).json<Deployed>().properties.outputs?.a?.value,
    ).toBe(site.password);
    const reader = await site.robot('Reader', site.subscription);
    expect((await site.arm('GET', pathOf('taken'), { as: reader.token })).text).not.toContain(site.password);
  });

  it('is in the audit log when the history shows it', async () => {
    await deploy(site, 'audited', templateOf({ outputs }));
    const robot = await site.robot('Contributor', site.group);
    await site.arm('GET', pathOf('audited'), { as: robot.token });
    const log = await site.arm(
      'GET',
      `${site.subscription}/providers/Microsoft.Insights/eventtypes/management/values?$filter=${encodeURIComponent("eventTimestamp ge '2020-01-01T00:00:00Z'")}`,
      { version: '2015-04-01' },
    );
    const mine = log
      .json<{ value: { caller: string; operationName: { value: string } }[] }>()
      .value.filter(({ caller }) => caller === robot.objectId);
    expect(mine.map(({ operationName }) => operationName.value)).toContain(
      'Microsoft.ContainerRegistry/registries/listCredentials/action',
    );
  });

  it('is refused while the admin user is disabled, with the way to enable it', async () => {
    await site.arm('PUT', `${site.group}/${REGISTRIES}/disabled1`, { body: { location: 'local' } });
    const value =
      "[listCredentials(resourceId('Microsoft.ContainerRegistry/registries', 'disabled1'), '2017-10-01').passwords[0].value]";
    const failed = await deploy(site, 'disabled', templateOf({ outputs: { a: { type: 'string', value } } }));
    expect(failed.json<Deployed>().properties.error).toMatchObject({
      code: 'UnAuthorizedForCredentialOperations',
      message: expect.stringContaining('--admin-enabled true'),
    });
  });
});
