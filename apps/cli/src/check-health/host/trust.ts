import { X509Certificate } from 'node:crypto';
import type { HostFiles } from './host-files.ts';

/** Where Linux systems keep what all programs trust: Debian, Red Hat, SUSE, Alpine (crypto/x509/root_linux.go). */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

export async function systemTrust(files: HostFiles): Promise<string> {
  const found = await Promise.all(BUNDLES.map((path) => files.read(path)));
  return found.find((file) => file !== undefined)?.text ?? '';
}

/** Whether one of the certificates in the text is the server's chain's, or signed an end of it. */
export function vouches(pem: string, chain: readonly X509Certificate[]): boolean {
  const [leaf] = chain;
  if (!leaf) return false;
  return certificatesIn(pem).some((authority) =>
    chain.some(
      (one) =>
        one.fingerprint256 === authority.fingerprint256 ||
        (one.checkIssued(authority) && one.verify(authority.publicKey)),
    ),
  );
}

function certificatesIn(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((block) => {
    try {
      return [new X509Certificate(block)];
    } catch {
      return [];
    }
  });
}
