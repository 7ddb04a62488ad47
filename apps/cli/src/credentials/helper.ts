import { defineCommand } from '../command.ts';
import { CommandError, wrongUsage } from '../command-error.ts';
import { readAll } from '../read-password.ts';
import { listRegistries } from '../site/registries.ts';
import { TOKEN_USER } from '../site/registry-client.ts';
import { Session } from '../site/session.ts';
import { HELPER } from './helper-name.ts';
import { hostOf, siteCredentials } from './site-credentials.ts';

/** What docker and all others take for "look elsewhere": the exact words are the protocol. */
const NOT_FOUND = 'credentials not found in native keychain';

export const command = defineCommand({
  summary: `Answer container tools as ${HELPER} does.`,
  details: `The protocol of docker-credential-helpers: the verb is an argument, the registry comes on stdin. Passwords
are tokens of who is signed in by holdfast login (or by HOLDFAST_CLIENT_ID and HOLDFAST_CLIENT_SECRET); none is ever stored.`,
  positionals: [{ name: 'VERB', required: true, text: 'get, store, erase or list.' }],
  examples: [
    {
      text: 'What docker asks:',
      command: 'echo myregistry.azsacr.local.holdfast.internal:5443 | holdfast credential-helper get',
    },
  ],
  run: async (context, _values, [verb]) => {
    const print = (text: string) => context.stdout.write(`${text}\n`);
    switch (verb) {
      case 'get': {
        const host = hostOf(await readAll(context.stdin));
        const found = await siteCredentials(context, host);
        if (found) print(JSON.stringify({ ServerURL: host, Username: found.username, Secret: found.password }));
        else refuse(print);
        return;
      }
      case 'list': {
        if (!Session.isPossible(context)) return void print('{}');
        const registries = await listRegistries(await Session.open(context));
        print(
          JSON.stringify(Object.fromEntries(registries.map(({ properties }) => [properties.loginServer, TOKEN_USER]))),
        );
        return;
      }
      case 'erase':
        // docker logout: there is nothing here to forget.
        await readAll(context.stdin);
        return;
      case 'store':
        await readAll(context.stdin);
        throw new CommandError(`${HELPER} stores nothing: sign in to the site with holdfast login.`);
      default:
        throw wrongUsage(`'${verb}' is none of get, store, erase, list.`);
    }
  },
});

function refuse(print: (text: string) => void): void {
  print(NOT_FOUND);
  process.exitCode = 1;
}
