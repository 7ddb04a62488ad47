import { createHash, randomBytes } from 'node:crypto';
import { type FaultName, type Finding, finding } from './faults.ts';
import type { Resolve } from './names.ts';
import { Pace } from './pace.ts';
import { type HostRates, isSlow, type Speed, speedText, splitTime } from './speed.ts';
import { ask, type Endpoint, TimedOut, type WireAnswer, type WireRequest, wordsOf } from './wire.ts';

export interface TransferPlan {
  readonly repository: string;
  readonly token: string;
  /** Of the layer that is pushed. */
  readonly bytes: number;
  readonly rates: HostRates;
  /** How long a body may be held back before its answer must have come. */
  readonly buffersMs: number;
  /** Below it a transfer is slow. */
  readonly slowMbPerSecond: number;
  readonly mayDelete: boolean;
  readonly resolve: Resolve;
  onStep?(what: string): void;
}

export interface TransferResult {
  readonly findings: readonly Finding[];
  readonly push?: Speed;
  readonly pull?: Speed;
}

const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const BINARY = { 'Content-Type': 'application/octet-stream' };
const TRANSFER_MS = 600_000;
/** More than fits into the buffers of sockets is not needed: the registry answers to the head. */
const HELD_BACK = 64 * 1024;
const NO_SESSION = '00000000-0000-4000-8000-000000000000';

/** Ends the transfer with what was found last. */
class Stopped extends Error {}

/** Pushes a small image of random bytes, pulls it and deletes it, all under the name and through whatever is in between. */
export async function checkTransfer(endpoint: Endpoint, plan: TransferPlan): Promise<TransferResult> {
  const transfer = new Transfer(endpoint, plan);
  try {
    await transfer.run();
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  }
  return transfer.result();
}

class Transfer {
  readonly #endpoint: Endpoint;
  readonly #plan: TransferPlan;
  readonly #findings: Finding[] = [];
  #push: Speed | undefined;
  #pull: Speed | undefined;

  constructor(endpoint: Endpoint, plan: TransferPlan) {
    this.#endpoint = endpoint;
    this.#plan = plan;
  }

  result(): TransferResult {
    const [push, pull] = [this.#push, this.#pull];
    return { findings: this.#findings, ...(push ? { push } : {}), ...(pull ? { pull } : {}) };
  }

  async run(): Promise<void> {
    const { bytes, onStep, mayDelete } = this.#plan;
    onStep?.('does a proxy hold uploads back');
    await this.#buffering();
    onStep?.('push');
    const layer = randomBytes(bytes);
    const config = Buffer.from('{}');
    const digest = await this.#upload(layer, true);
    const configDigest = await this.#upload(config, false);
    const manifest = {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType: 'application/vnd.holdfast.check-health',
      config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: configDigest, size: config.length },
      layers: [{ mediaType: 'application/octet-stream', digest, size: layer.length }],
    };
    const body = Buffer.from(JSON.stringify(manifest));
    const tag = `holdfast-check-health-${randomBytes(6).toString('hex')}`;
    const put = {
      method: 'PUT',
      path: this.#path(`manifests/${tag}`),
      headers: { 'Content-Type': OCI_MANIFEST },
      body,
    };
    this.#expect(await this.#ask(put, 'proxy.body-cut'), 201, 'push.refused', 'PUT manifest');
    onStep?.('pull');
    try {
      await this.#download(digest, bytes);
    } finally {
      if (mayDelete) {
        onStep?.('delete');
        const gone = await this.#ask(
          { method: 'DELETE', path: this.#path(`manifests/${sha256(body)}`) },
          'proxy.body-cut',
        );
        this.#expect(gone, 202, 'delete.refused', 'DELETE manifest');
      }
    }
  }

  /**
   * The registry answers to the head of a chunk for a session that is not there, and waits for none of its body. Whoever
   * must have all of the body first says nothing.
   */
  async #buffering(): Promise<void> {
    const { buffersMs } = this.#plan;
    const request = {
      method: 'PATCH',
      path: this.#path(`blobs/uploads/${NO_SESSION}`),
      // With Expect the registry need not read the rest away before it answers, which else takes it 3 s.
      headers: { ...BINARY, 'Content-Length': String(2 * HELD_BACK), Expect: '100-continue' },
      body: Buffer.alloc(HELD_BACK),
      withhold: true,
      timeoutMs: buffersMs,
    };
    try {
      await ask(this.#endpoint, this.#signed(request));
    } catch (error) {
      // Whatever else goes wrong is named by the push that follows.
      if (error instanceof TimedOut) {
        this.#find('proxy.buffers-uploads', `PATCH whose body is held back: no answer within ${buffersMs / 1000} s`);
      }
    }
  }

  async #upload(bytes: Buffer, measured: boolean): Promise<string> {
    const begun = await this.#ask({ method: 'POST', path: this.#path('blobs/uploads/') }, 'proxy.body-cut');
    this.#expect(begun, 202, 'push.refused', 'POST blobs/uploads/');
    const session = this.#location(begun);
    const started = performance.now();
    const pace = new Pace(bytes);
    const headers = { ...BINARY, 'Content-Length': String(bytes.length) };
    const sending = { method: 'PATCH', path: session, headers, body: pace.body, timeoutMs: TRANSFER_MS };
    const sent = await this.#ask(sending, 'proxy.body-cut');
    this.#expect(sent, 202, 'push.refused', `PATCH of ${bytes.length} bytes`);
    const [, last] = /^0-(\d+)$/.exec(sent.headers.range ?? '') ?? [];
    if (last !== undefined && Number(last) + 1 < bytes.length) {
      this.#stop('proxy.body-cut', `of ${bytes.length} bytes ${Number(last) + 1} arrived`);
    }
    const digest = sha256(bytes);
    const closing = performance.now();
    const query = `${session.includes('?') ? '&' : '?'}digest=${digest}`;
    const closed = await this.#ask(
      { method: 'PUT', path: `${session}${query}`, timeoutMs: TRANSFER_MS },
      'proxy.body-cut',
    );
    if (closed.status === 400 && /DIGEST_INVALID/.test(closed.body.toString())) {
      this.#stop('proxy.body-changed', `push of ${bytes.length} bytes: ${wordsOf(closed)}`);
    }
    this.#expect(closed, 201, 'push.refused', 'PUT blobs/uploads/');
    if (measured) {
      const waited = sent.headAt - sent.sent;
      const onTheWay = Math.min(waited, pace.drainAfter(started, sent.sent));
      const server = closed.headAt - closing + waited - onTheWay;
      const { rates } = this.#plan;
      const push = splitTime(
        bytes.length,
        { wire: (sent.sent + onTheWay - started) / 1000, server: server / 1000 },
        { ...rates, disk: rates.diskRead, tls: this.#endpoint.secure ? rates.tls : Number.POSITIVE_INFINITY },
      );
      this.#push = push;
      if (isSlow(push, this.#plan.slowMbPerSecond)) this.#find('speed.slow-push', speedText(push));
    }
    return digest;
  }

  async #download(digest: string, bytes: number): Promise<void> {
    const hash = createHash('sha256');
    let size = 0;
    const onBytes = (chunk: Buffer) => {
      size += chunk.length;
      hash.update(chunk);
    };
    const started = performance.now();
    const request = { method: 'GET', path: this.#path(`blobs/${digest}`), timeoutMs: TRANSFER_MS, onBytes };
    let answer = await this.#ask(request, 'proxy.download-cut');
    if (answer.status === 307) answer = await this.#elsewhere(answer.headers.location ?? '', onBytes);
    this.#expect(answer, 200, 'pull.refused', 'GET blob');
    if (!answer.complete || size < bytes) this.#stop('proxy.download-cut', `of ${bytes} bytes ${size} came`);
    const got = `sha256:${hash.digest('hex')}`;
    if (got !== digest) this.#stop('proxy.body-changed', `pull of ${digest} gave ${got}`);
    const { rates } = this.#plan;
    const pull = splitTime(
      bytes,
      { wire: (answer.endAt - answer.headAt) / 1000, server: (answer.headAt - started) / 1000 },
      { ...rates, disk: rates.diskWrite, tls: this.#endpoint.secure ? rates.tls : Number.POSITIVE_INFINITY },
    );
    this.#pull = pull;
    if (isSlow(pull, this.#plan.slowMbPerSecond)) this.#find('speed.slow-pull', speedText(pull));
  }

  /** Blobs may come from the site's data host, by an address that needs no sign-in. */
  async #elsewhere(location: string, onBytes: (chunk: Buffer) => void): Promise<WireAnswer> {
    try {
      const { host, hostname, port, protocol, pathname, search } = new URL(location);
      const [address] = await this.#plan.resolve(hostname);
      if (address === undefined) throw new Error('no address');
      const secure = protocol === 'https:';
      const number = Number(port || (secure ? 443 : 80));
      const elsewhere = { ...this.#endpoint, host, name: hostname, port: number, secure, address };
      return await ask(elsewhere, { method: 'GET', path: `${pathname}${search}`, timeoutMs: TRANSFER_MS, onBytes });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return this.#stop('pull.data-host', `GET blob: 307 to ${location.replace(/\?.*/, '')}: ${code ?? message}`);
    }
  }

  /** The path of an upload's session on our own host, wherever a proxy sends us: a token goes nowhere else. */
  #location({ headers }: WireAnswer): string {
    const { host, secure } = this.#endpoint;
    const here = new URL(`${secure ? 'https' : 'http'}://${host}`);
    const { location = '' } = headers;
    if (location === '' || !URL.canParse(location, here.href)) this.#stop('proxy.header-lost', 'Location of an upload');
    const url = new URL(location, here.href);
    if (url.hostname !== here.hostname) this.#find('proxy.location-host', `Location: ${location}`);
    else if (url.protocol !== here.protocol) this.#find('proxy.location-scheme', `Location: ${location}`);
    else if (url.port !== here.port) this.#find('proxy.location-host', `Location: ${location}`);
    return `${url.pathname}${url.search}`;
  }

  async #ask(request: WireRequest, broken: FaultName): Promise<WireAnswer> {
    try {
      return await ask(this.#endpoint, this.#signed(request));
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const name = error instanceof TimedOut ? 'proxy.gateway' : broken;
      return this.#stop(name, `${request.method} ${request.path}: ${code ?? message}`);
    }
  }

  #expect(answer: WireAnswer, status: number, refused: FaultName, what: string): void {
    if (answer.status === status) return;
    const said = `${what}: ${wordsOf(answer)}`;
    if (answer.status === 413 && !isRegistrys(answer)) this.#stop('proxy.body-limit', said);
    if (answer.status >= 502 && answer.status <= 504 && !isRegistrys(answer)) this.#stop('proxy.gateway', said);
    if (answer.status === 401) this.#stop('proxy.authorization-lost', said);
    this.#stop(refused, said);
  }

  #signed(request: WireRequest): WireRequest {
    return { ...request, headers: { ...request.headers, Authorization: `Bearer ${this.#plan.token}` } };
  }

  #path(rest: string): string {
    return `/v2/${this.#plan.repository}/${rest}`;
  }

  #find(name: FaultName, seen: string): void {
    if (!this.#findings.some(({ fault }) => fault === name))
      this.#findings.push(finding(name, this.#endpoint.host, seen));
  }

  #stop(name: FaultName, seen: string): never {
    this.#find(name, seen);
    throw new Stopped();
  }
}

const isRegistrys = ({ headers }: WireAnswer): boolean => headers['docker-distribution-api-version'] !== undefined;
const sha256 = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
