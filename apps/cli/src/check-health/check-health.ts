import { type Challenge, judgeChallenge, judgeClock, skewOf } from './challenge.ts';
import { type Finding, finding } from './faults.ts';
import { checkHost, type HostPlan } from './host/check-host.ts';
import type { Registry } from './host/host-files.ts';
import { judgeName, observeName, type Resolve } from './names.ts';
import { type HostRates, measureHost, type Speed } from './speed.ts';
import { endsTls, isGoodAt, judgeTls, observeTls, type TlsObservation } from './tls.ts';
import { checkTokens, type Identity, takesPassword } from './tokens.ts';
import { checkTransfer } from './transfer.ts';
import { ask, type Endpoint } from './wire.ts';

/** One thing that was looked at. `skipped` says why it was not. */
export interface Check {
  readonly check: 'name' | 'dns' | 'tls' | 'clock' | 'challenge' | 'tokens' | 'transfer' | 'host';
  readonly state: 'ok' | 'failed' | 'skipped';
  /** What was seen, or why nothing was. */
  readonly text: string;
}

export interface Report {
  readonly registry: string;
  readonly checks: readonly Check[];
  readonly findings: readonly Finding[];
  readonly speed?: { readonly host: HostRates; readonly pull?: Speed; readonly push?: Speed };
}

export interface HealthPlan {
  /** As it was given: host, and the port when it is not 443. */
  readonly host: string;
  /** Plain HTTP, on loopback only. */
  readonly plain?: boolean;
  readonly identity?: Identity | undefined;
  readonly repository?: string | undefined;
  /** Of the layer of the test push. */
  readonly bytes: number;
  readonly resolve: Resolve;
  readonly now: () => number;
  /** PEM; what the process trusts when it is left out. */
  readonly ca?: readonly string[];
  readonly hostPlan?: HostPlan | undefined;
  /** On the disk that is measured. */
  readonly folder: string;
  readonly onStep?: (what: string) => void;
  readonly limits?: Limits;
}

interface Limits {
  /** How long an address may be silent. */
  readonly connectMs: number;
  /** How long the answer to a body that is held back may take. */
  readonly buffersMs: number;
  /** Below it a gigabyte takes more than eight minutes. */
  readonly slowMbPerSecond: number;
}

const LIMITS: Limits = { connectMs: 5_000, buffersMs: 8_000, slowMbPerSecond: 2 };

/** Looks at everything between this host and a registry, each thing only if what it rests on is well. */
export async function checkHealth(plan: HealthPlan): Promise<Report> {
  const run = new Run(plan);
  await run.network();
  await run.host();
  return run.report();
}

class Run {
  readonly #plan: HealthPlan;
  readonly #registry: Registry & { readonly port: number };
  readonly #checks: Check[] = [];
  readonly #findings: Finding[] = [];
  #speed: Report['speed'];
  /** Set as far as the checks came. */
  #chain: TlsObservation['chain'] = [];
  #trusted: { endpoint: Endpoint; challenge: Challenge } | undefined;

  constructor(plan: HealthPlan) {
    this.#plan = plan;
    const host = plan.host.toLowerCase();
    const [, name = host, port = plan.plain ? '80' : '443'] = /^(.*?)(?::(\d+))?$/.exec(host) ?? [];
    this.#registry = { host, name: name.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
  }

  report(): Report {
    const speed = this.#speed;
    const { host } = this.#registry;
    return { registry: host, checks: this.#checks, findings: this.#findings, ...(speed ? { speed } : {}) };
  }

  async network(): Promise<void> {
    const { host } = this.#registry;
    const given = this.#plan.host;
    this.#judged('name', given === host ? [] : [finding('name.upper-case', host, given)], `login server ${host}`);
    const endpoint = await this.#dns();
    if (!endpoint)
      return this.#skip('the registry cannot be reached', 'tls', 'clock', 'challenge', 'tokens', 'transfer');
    if (endpoint.secure && !(await this.#tls(endpoint))) {
      return this.#skip('nothing is sent over a connection that is not trusted', 'challenge', 'tokens', 'transfer');
    }
    const challenge = await this.#challenge(endpoint);
    if (!challenge) return this.#skip('no registry answers as it should', 'tokens', 'transfer');
    this.#trusted = { endpoint, challenge };
    await this.#content(endpoint, challenge);
  }

  async #dns(): Promise<Endpoint | undefined> {
    const { resolve, limits = LIMITS, plain = false, ca } = this.#plan;
    this.#plan.onStep?.('DNS');
    const { host, name, port } = this.#registry;
    const seen = await observeName(this.#registry, { resolve, timeoutMs: limits.connectMs });
    const alive = seen.reached.find(({ error }) => error === undefined);
    const text = `DNS lookup to ${name} at IP ${alive?.address} in ${ms(seen.lookupMs)}, connected in ${ms(alive?.connectMs)}`;
    this.#judged('dns', judgeName(host, seen), text);
    return alive ? { host, name, port, secure: !plain, address: alive.address, ca } : undefined;
  }

  /** Whether secrets may be sent over the connection. */
  async #tls(endpoint: Endpoint): Promise<boolean> {
    const { now, onStep } = this.#plan;
    onStep?.('TLS');
    const seen = await observeTls(endpoint);
    this.#chain = seen.chain;
    const findings = judgeTls(endpoint, seen, now());
    const [first] = findings;
    if (first?.fault === 'tls.expired' || first?.fault === 'tls.not-yet-valid') {
      // Either the certificate's time is wrong or ours is. The registry's clock is asked without showing it anything.
      const skew = await this.#skew(endpoint, true);
      const clock = judgeClock(endpoint.host, skew);
      if (clock.length > 0 && isGoodAt(seen, now() + (skew ?? 0))) {
        this.#judged('clock', clock, '');
        return false;
      }
    }
    const text = `${seen.protocol}, ${seen.cipher}, handshake ${ms(seen.handshakeMs)}, certificate until ${seen.chain[0]?.validToDate.toISOString().slice(0, 10)}`;
    this.#judged('tls', findings, text);
    return !endsTls(findings);
  }

  async #skew(endpoint: Endpoint, unverified: boolean): Promise<number | undefined> {
    const before = this.#plan.now();
    const answer = await ask(endpoint, { method: 'GET', path: '/v2/', unverified }).catch(() => undefined);
    return answer && skewOf(answer.headers.date, { before, after: this.#plan.now() });
  }

  async #challenge(endpoint: Endpoint): Promise<Challenge | undefined> {
    const { host } = endpoint;
    this.#plan.onStep?.('challenge');
    const before = this.#plan.now();
    try {
      const answer = await ask(endpoint, { method: 'GET', path: '/v2/' });
      const skew = skewOf(answer.headers.date, { before, after: this.#plan.now() });
      this.#judged('clock', judgeClock(host, skew), `clock of ${host} differs by ${((skew ?? 0) / 1000).toFixed(0)} s`);
      const { findings, challenge } = judgeChallenge(endpoint, answer);
      this.#judged('challenge', findings, `Challenge endpoint ${endpoint.secure ? 'https' : 'http'}://${host}/v2/`);
      return challenge;
    } catch (error) {
      this.#judged('challenge', [finding('challenge.missing', host, `GET /v2/: ${reason(error)}`)], '');
      return undefined;
    }
  }

  async #content(endpoint: Endpoint, challenge: Challenge): Promise<void> {
    const { identity, repository, bytes, onStep, resolve, limits = LIMITS } = this.#plan;
    if (!identity)
      return this.#skip('nobody is signed in: holdfast login, docker login, or --username', 'tokens', 'transfer');
    onStep?.('tokens');
    const { findings, token, actions = [] } = await checkTokens(endpoint, challenge, identity, repository);
    this.#judged(
      'tokens',
      findings,
      repository ? `rights on ${repository}: ${actions.join(', ')}` : 'token of the registry',
    );
    if (!token) return this.#skip('there is no token', 'transfer');
    if (repository === undefined)
      return this.#skip('--repository NAME tries a push, a pull and a delete there', 'transfer');
    if (!['pull', 'push'].every((one) => actions.includes(one)))
      return this.#skip('you may not push there', 'transfer');
    onStep?.('speed of this host');
    const rates = await measureHost(this.#plan.folder);
    const mayDelete = actions.includes('delete');
    const transferPlan = { repository, token, bytes, rates, ...limits, mayDelete, resolve };
    const transfer = await checkTransfer(endpoint, { ...transferPlan, ...(onStep ? { onStep } : {}) });
    this.#speed = {
      host: rates,
      ...(transfer.push ? { push: transfer.push } : {}),
      ...(transfer.pull ? { pull: transfer.pull } : {}),
    };
    this.#judged(
      'transfer',
      transfer.findings,
      `pushed, pulled${mayDelete ? ', deleted' : ''} ${bytes} bytes in ${repository}`,
    );
  }

  /** The configuration of container tools on this host. */
  async host(): Promise<void> {
    const { hostPlan, now, onStep } = this.#plan;
    if (!hostPlan) return;
    onStep?.('configuration of this host');
    const trusted = this.#trusted;
    const takes =
      trusted &&
      ((identity: Identity & { kind: 'password' | 'refresh' }) =>
        takesPassword(trusted.endpoint, trusted.challenge, identity));
    const { findings, looked } = await checkHost(this.#registry, hostPlan, { chain: this.#chain, now: now(), takes });
    this.#judged('host', findings, looked);
  }

  #judged(check: Check['check'], findings: readonly Finding[], text: string): void {
    this.#findings.push(...findings);
    const state = findings.length > 0 ? 'failed' : 'ok';
    this.#checks.push({ check, state, text: state === 'ok' ? text : findings.map(({ fault }) => fault).join(', ') });
  }

  #skip(text: string, ...checks: Check['check'][]): void {
    const done = this.#checks.map(({ check }) => check);
    for (const check of checks) if (!done.includes(check)) this.#checks.push({ check, state: 'skipped', text });
  }
}

const ms = (time = 0): string => `${time.toFixed(0)} ms`;
const reason = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? (error as Error).message;
