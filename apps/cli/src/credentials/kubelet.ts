import { defineCommand } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { readAll } from '../read-password.ts';
import { hostOf, secondsLeft, siteCredentials } from './site-credentials.ts';

/** All that are alike; kubelet asks in the one of its configuration and wants the answer in the same. */
const VERSIONS = ['v1', 'v1beta1', 'v1alpha1'].map((version) => `credentialprovider.kubelet.k8s.io/${version}`);

export const command = defineCommand({
  summary: 'Answer kubelet as a credential provider: a token for each image that it pulls from the site.',
  details: `The protocol of Kubernetes' kubelet credential providers: a CredentialProviderRequest on stdin, a
CredentialProviderResponse on stdout. kubelet starts holdfast-credential-provider, which is beside holdfast, with HOLDFAST_SERVER,
HOLDFAST_CLIENT_ID, HOLDFAST_CLIENT_SECRET and HOLDFAST_CA in the environment that its configuration gives; AcrPull is all it needs.`,
  examples: [
    {
      text: 'What kubelet asks:',
      command: `echo '{"apiVersion":"credentialprovider.kubelet.k8s.io/v1","kind":"CredentialProviderRequest","image":"myregistry.azsacr.local.holdfast.internal:5443/team/app:v1"}' | holdfast kubelet-credentials`,
    },
  ],
  run: async (context) => {
    const { apiVersion, image } = parseRequest(await readAll(context.stdin));
    const host = hostOf(image);
    const found = await siteCredentials(context, host);
    const seconds = found ? Math.floor(secondsLeft(found.password, Date.now()) / 2) : 0;
    const answer = {
      kind: 'CredentialProviderResponse',
      apiVersion,
      cacheKeyType: 'Registry',
      // Half of what is left: a pull that begins with a cached token can end with it.
      cacheDuration: `${seconds}s`,
      auth: found ? { [host]: found } : {},
    };
    context.stdout.write(`${JSON.stringify(answer)}\n`);
  },
});

function parseRequest(text: string): { readonly apiVersion: string; readonly image: string } {
  let request: { apiVersion?: unknown; kind?: unknown; image?: unknown };
  try {
    request = JSON.parse(text) as typeof request;
  } catch {
    throw new CommandError('stdin is no JSON: a CredentialProviderRequest is wanted.', 2);
  }
  const { apiVersion, kind, image } = request;
  if (kind !== 'CredentialProviderRequest' || typeof image !== 'string' || typeof apiVersion !== 'string') {
    throw new CommandError('stdin is no CredentialProviderRequest with an image.', 2);
  }
  if (!VERSIONS.includes(apiVersion)) {
    throw new CommandError(
      `${apiVersion} is not known here: kubelet's configuration must say one of ${VERSIONS.join(', ')}.`,
      2,
    );
  }
  return { apiVersion, image };
}
