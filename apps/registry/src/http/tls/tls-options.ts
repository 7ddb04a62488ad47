import type { TlsOptions } from 'node:tls';
import type { ServerCertificate } from './server-certificate.ts';

/**
 * Forward secrecy and AEAD only: TLS 1.3's three, and for TLS 1.2 what every client since Docker 18.03 (Go 1.9) and
 * Windows Server 2016 offers. AES-128 first: it is the cheapest at blob speed, and nobody breaks it.
 */
const ciphers = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/** Options for https.createServer and setSecureContext; the floor is fixed, whatever the Node's own command line says. */
export function tlsOptions({ certificate, key }: Pick<ServerCertificate, 'certificate' | 'key'>): TlsOptions {
  return {
    cert: certificate,
    key,
    ciphers,
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ALPNProtocols: ['http/1.1'],
  };
}
