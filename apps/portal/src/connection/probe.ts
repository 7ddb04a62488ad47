/**
 * What became of one request. `failed` is all that a browser says: it hides from scripts whether it was DNS, TLS or a filter. `unreadable`
 * is an answer that this page may not read, since the headers that let it were lost on the way (CORS).
 */
export type Outcome =
  | { readonly kind: 'answered'; readonly status: number; readonly denied: boolean; readonly date: string | undefined }
  | { readonly kind: 'failed' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'timed-out' };

export interface Probe {
  readonly name: 'portal' | 'identity' | 'management' | 'directory' | 'registry';
  readonly origin: string;
  readonly outcome: Outcome;
  readonly ms: number;
}

export type Cause = 'none' | 'network' | 'site' | 'firewall' | 'refused' | 'cors' | 'private' | 'clock';

export interface Finding {
  readonly cause: Cause;
  /** Origin of the plane that is meant. */
  readonly origin: string;
  readonly skewSeconds: number;
  readonly ruledOut: readonly Cause[];
}

export const PATIENCE_MS = 8000;
const MOST_SKEW_SECONDS = 60;
const ALL: readonly Cause[] = ['network', 'site', 'firewall', 'refused', 'cors', 'private', 'clock'];

export async function probe(name: Probe['name'], origin: string): Promise<Probe> {
  const begun = performance.now();
  const outcome = await ask(name === 'registry' ? `${origin}/v2/` : `${origin}/livez`);
  return { name, origin, outcome, ms: Math.round(performance.now() - begun) };
}

async function ask(url: string): Promise<Outcome> {
  try {
    const options = { credentials: 'omit', cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) } as const;
    const answer = await fetch(url, options);
    const denied = answer.status === 403 && (await answer.text()).includes('"DENIED"');
    return { kind: 'answered', status: answer.status, denied, date: answer.headers.get('Date') ?? undefined };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError') return { kind: 'timed-out' };
    return { kind: (await answersUnread(url)) ? 'unreadable' : 'failed' };
  }
}

/** Whether something answers to a request whose answer no script gets: to that a browser needs no leave of the other host. */
async function answersUnread(url: string): Promise<boolean> {
  const options = {
    mode: 'no-cors',
    credentials: 'omit',
    cache: 'no-store',
    signal: AbortSignal.timeout(PATIENCE_MS),
  } as const;
  return fetch(url, options).then(
    () => true,
    () => false,
  );
}

/** The likeliest cause of what the probes saw, and what they rule out. */
export function diagnose(probes: readonly Probe[], now: Date, online: boolean): Finding {
  const skewSeconds = skewOf(probes, now);
  const found = (cause: Cause, at?: Probe): Finding => ({
    cause,
    origin: at?.origin ?? '',
    skewSeconds,
    ruledOut: ruledOut(probes, skewSeconds, cause),
  });
  const answered = probes.filter(({ outcome }) => outcome.kind === 'answered' || outcome.kind === 'unreadable');
  // A browser that has nothing but its own machine says that it is offline; what answered all the same was reached.
  if (answered.length === 0 || (!online && answered.length < probes.length)) return found('network');
  const privateOne = probes.find(({ outcome }) => outcome.kind === 'answered' && outcome.denied);
  if (privateOne) return found('private', privateOne);
  const sick = probes.find(({ outcome }) => outcome.kind === 'answered' && outcome.status >= 500);
  if (sick) return found('site', sick);
  const dropped = probes.find(({ outcome }) => outcome.kind === 'timed-out');
  if (dropped) return found('firewall', dropped);
  const unreadable = probes.find(({ outcome }) => outcome.kind === 'unreadable');
  if (unreadable) return found('cors', unreadable);
  const failed = probes.find(({ outcome }) => outcome.kind === 'failed');
  if (failed) return found('refused', failed);
  return found(skewSeconds > MOST_SKEW_SECONDS ? 'clock' : 'none');
}

function skewOf(probes: readonly Probe[], now: Date): number {
  const dates = probes.flatMap(({ outcome }) => (outcome.kind === 'answered' && outcome.date ? [outcome.date] : []));
  const first = dates[0];
  return first === undefined ? 0 : Math.round(Math.abs(now.getTime() - new Date(first).getTime()) / 1000);
}

function ruledOut(probes: readonly Probe[], skewSeconds: number, cause: Cause): Cause[] {
  const kinds = new Set(probes.map(({ outcome }) => outcome.kind));
  const out: Record<Cause, boolean> = {
    none: false,
    network: kinds.has('answered') || kinds.has('unreadable'),
    site: !probes.some(({ outcome }) => outcome.kind === 'answered' && outcome.status >= 500),
    firewall: !kinds.has('timed-out'),
    refused: !kinds.has('failed'),
    cors: !kinds.has('unreadable'),
    private: !probes.some(({ outcome }) => outcome.kind === 'answered' && outcome.denied),
    clock: kinds.has('answered') && skewSeconds <= MOST_SKEW_SECONDS,
  };
  return ALL.filter((one) => one !== cause && out[one]);
}
