import { type Context, defineCommand } from '../command.ts';
import { CommandError, wrongUsage } from '../command-error.ts';
import { readPassword } from '../read-password.ts';
import { type Endpoints, writeProfile } from '../site/profile.ts';
import {
  discoverEndpoints,
  listSubscriptions,
  requestToken,
  signInByDeviceCode,
  signInByPassword,
} from '../site/sign-in.ts';
import { accountShape } from './shape.ts';

export const command = defineCommand({
  summary: "Sign in to a site, at the site's own identity service.",
  details: `Three ways, none of which needs anything outside the site:
  - a person, by name and password (-u, and -p or a prompt);
  - a person, by a code that is typed into a browser on any machine (no -u);
  - a service principal (--service-principal -u APP_ID -p SECRET).
What is remembered (address, CA, tokens, the secret of a service principal) is in one file that only you can read; holdfast logout
removes it. Without a file: HOLDFAST_SERVER, HOLDFAST_CLIENT_ID, HOLDFAST_CLIENT_SECRET and HOLDFAST_CA in the environment of a command.`,
  options: {
    server: {
      flags: ['--server', '-s'],
      value: 'URL',
      text: 'Management endpoint of the site, or its machine by any name. Default: the last one. [HOLDFAST_SERVER]',
    },
    servicePrincipal: { flags: ['--service-principal'], text: 'Sign in as a service principal.' },
    username: { flags: ['--username', '-u'], value: 'NAME', text: 'Name of a person, or id of an application.' },
    password: {
      flags: ['--password', '-p'],
      value: 'SECRET',
      text: 'Password, or secret of the service principal; - reads it from stdin.',
    },
    tenant: { flags: ['--tenant', '-t'], value: 'ID', text: 'Accepted as az does; a site has one tenant.' },
    deviceCode: { flags: ['--use-device-code'], text: 'Sign in in a browser; what happens without --username, too.' },
  },
  examples: [
    {
      text: 'A service principal, at a site whose CA this machine does not know yet:',
      command:
        'holdfast login --server https://management.local.holdfast.internal:5443 --ca ca.pem --service-principal -u APP_ID -p SECRET --tenant TENANT_ID',
    },
    {
      text: 'A person at a terminal, on the machine of the site:',
      command:
        'holdfast login --server https://localhost:5443 --ca .holdfast/tls/ca.pem -u owner@local.holdfast.internal',
    },
  ],
  run: async (context, values) => {
    const server = values.server ?? context.env.HOLDFAST_SERVER ?? context.profile.endpoints?.management;
    if (server === undefined)
      throw wrongUsage("say where: --server https://management.site.example/ (the site's management endpoint).");
    const endpoints = await discoverEndpoints(server);
    const signedIn = await signIn(context, endpoints, values);
    const subscriptions = await listSubscriptions(endpoints, signedIn.token);
    const wanted = context.subscription;
    const chosen = subscriptions.find(({ id, name }) => wanted === undefined || id === wanted || name === wanted);
    if (!chosen) {
      throw new CommandError(
        `${signedIn.user.name} is who it says, but has no ${wanted ? `subscription '${wanted}'` : 'role in any subscription'}. Ask its owner for a role.`,
      );
    }
    const { user, ...token } = signedIn;
    const { ca } = context.profile;
    const profile = {
      endpoints,
      user,
      subscriptions,
      subscription: chosen.id,
      tokens: { [endpoints.audience]: token },
    };
    await writeProfile(context.configDir, { ...profile, ...(ca === undefined ? {} : { ca }) });
    return subscriptions.map((one) => accountShape(one, user, chosen.id));
  },
});

interface Credentials {
  readonly servicePrincipal: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly deviceCode: boolean;
}

async function signIn(
  context: Context,
  endpoints: Endpoints,
  { servicePrincipal, username, password, deviceCode }: Credentials,
) {
  if (servicePrincipal && username === undefined)
    throw wrongUsage('--service-principal needs -u, the id of its application.');
  if (username === undefined || deviceCode) return signInByDeviceCode(endpoints, context.say);
  const secret = await readPassword(context, password, `Password of ${username}`);
  if (!servicePrincipal) return signInByPassword(endpoints, username, secret);
  return requestToken({ endpoints, user: { name: username, type: 'servicePrincipal', secret } }, endpoints.audience);
}
