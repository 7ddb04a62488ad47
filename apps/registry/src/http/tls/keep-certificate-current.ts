import type { SecureContextOptions } from 'node:tls';
import type { Clock } from '../../platform/clock.ts';
import type { Ids } from '../../platform/ids.ts';
import { loadOwnCertificate } from './own-certificate.ts';
import type { ServerCertificate } from './server-certificate.ts';
import { ensureSiteCertificate } from './site-certificate.ts';
import { tlsOptions } from './tls-options.ts';

/** How to come by the certificate, now and again later. */
export interface CertificateSource {
  load(): Promise<ServerCertificate>;
  /** How often `load` is worth a look. */
  readonly everyMs: number;
}

/** The configured certificate if there is one, else the site's. */
export function certificateSource(o: {
  readonly own: { readonly certificate: string; readonly key: string } | undefined;
  readonly dataDir: string;
  readonly domain: string;
  readonly clock: Clock;
  readonly ids: Ids;
}): CertificateSource {
  const { own, ...site } = o;
  if (!own) return { load: () => ensureSiteCertificate(site), everyMs: 12 * 60 * 60 * 1000 };
  return { load: () => loadOwnCertificate({ ...own, domain: o.domain, clock: o.clock }), everyMs: 30_000 };
}

/**
 * Gives a running server its certificate's successor, until `signal` aborts. The files are looked at every now and
 * then instead of watched: watching misses the symlinks that Kubernetes swaps, and network file systems altogether.
 * A successor that is no good is told once and the present certificate stays.
 */
export async function keepCertificateCurrent(o: {
  readonly server: { setSecureContext(options: SecureContextOptions): void };
  readonly source: CertificateSource;
  readonly current: ServerCertificate;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onChange: (certificate: ServerCertificate) => void;
  readonly onProblem: (error: unknown) => void;
  /** The files are good again after a problem that was told. */
  readonly onMended: () => void;
}): Promise<void> {
  let { current } = o;
  let lastProblem = '';
  let toldProblem = '';
  while (!o.signal.aborted) {
    try {
      await o.clock.sleep(o.source.everyMs, o.signal);
    } catch {
      return;
    }
    try {
      const next = await o.source.load();
      if (toldProblem !== '') o.onMended();
      lastProblem = toldProblem = '';
      if (next.certificate === current.certificate && next.key === current.key) continue;
      o.server.setSecureContext(tlsOptions(next));
      current = next;
      o.onChange(next);
    } catch (error) {
      // Told at the second look: while certificate and key are being replaced one by one they do not fit each other.
      const problem = String(error);
      if (problem === lastProblem && problem !== toldProblem) {
        o.onProblem(error);
        toldProblem = problem;
      }
      lastProblem = problem;
    }
  }
}
