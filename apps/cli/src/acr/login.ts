import { type Context, defineCommand } from '../command.ts';
import { wrongUsage } from '../command-error.ts';
import { dockerFile, hasPodman, podmanFile, storeCredentials, useHelper } from '../credentials/auth-files.ts';
import { HELPER } from '../credentials/helper-name.ts';
import { readPassword } from '../read-password.ts';
import { RegistryClient, TOKEN_USER } from '../site/registry-client.ts';
import { CONTENT_OPTIONS } from './options.ts';

export const command = defineCommand({
  summary: 'Sign Docker, Podman and what reads their files in to a registry.',
  details: `Needs neither the docker program nor its socket: the password goes where docker login would put it (config.json, or the credential
store that it names), and where Podman is, into its auth.json. It is a token that ends after some hours; with --helper the file asks
${HELPER} for a new one whenever it is needed, as long as holdfast login lasts.`,
  options: {
    ...CONTENT_OPTIONS,
    exposeToken: { flags: ['--expose-token', '-t'], text: 'Print the token instead of signing anything in.' },
    helper: { flags: ['--helper'], text: `Let the files ask ${HELPER}, which is beside holdfast and must be in PATH.` },
    into: {
      flags: ['--into'],
      value: 'TOOL',
      many: true,
      choices: ['docker', 'podman'],
      text: 'Whose file. Default: docker, and podman where it is used.',
    },
  },
  examples: [
    { text: 'Then docker and podman push and pull:', command: 'holdfast acr login -n myregistry' },
    {
      text: 'For another tool:',
      command: 'holdfast acr login -n myregistry --expose-token --query refreshToken -o tsv',
    },
  ],
  run: async (context, values) => {
    const { name, username, exposeToken, helper } = values;
    if (exposeToken && (username ?? values.password) !== undefined) {
      throw wrongUsage('`--expose-token` cannot be combined with `--username` or `--password`.');
    }
    if (helper && username !== undefined)
      throw wrongUsage('--helper gives out tokens of who is signed in to the site, not of --username.');
    const password =
      username === undefined
        ? values.password
        : await readPassword(context, values.password, `Password of ${username}`);
    const registry = await RegistryClient.open(context, { name, username, password });
    const { server, credentials } = registry;
    if (exposeToken) {
      context.say(
        `WARNING: The token is a refresh token of the registry: it stands in for a password, beside the name ${TOKEN_USER}.`,
      );
      const token = credentials.password;
      return { loginServer: server.host, username: TOKEN_USER, accessToken: token, refreshToken: token };
    }
    // A wrong password must fail here, not at the next push.
    if (username !== undefined) await registry.call('registry:None:*', '/v2/');
    for (const file of await filesOf(context, values.into)) {
      if (helper) await useHelper(file, server.host, HELPER.replace('docker-credential-', ''));
      else await storeCredentials(file, server.host, credentials);
      context.say(`${server.host} is signed in to in ${file}.`);
    }
    context.stdout.write('Login Succeeded\n');
  },
});

async function filesOf(context: Context, into: readonly string[] | undefined): Promise<string[]> {
  const tools = into ?? ((await hasPodman(context)) ? ['docker', 'podman'] : ['docker']);
  return tools.map((tool) => (tool === 'podman' ? podmanFile(context) : dockerFile(context)));
}
