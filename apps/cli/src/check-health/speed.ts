import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

const MB = 1_000_000;
/** Shorter transfers say more of single waits than of a rate. */
const TELLING_SECONDS = 1;
const SAMPLE = 4 * 1024 * 1024;

/** Where the time of a transfer went, in seconds. */
export interface Split {
  readonly network: number;
  readonly tls: number;
  readonly hash: number;
  /** This host's, as a client writes what it pulls and reads what it pushes. */
  readonly disk: number;
  /** From the last byte to the registry's answer: it hashes and makes the bytes durable. Of a pull, to the first byte. */
  readonly server: number;
}

export interface Speed {
  readonly bytes: number;
  readonly seconds: number;
  readonly mbPerSecond: number;
  readonly split: Split;
  readonly bottleneck: keyof Split;
}

/** MB/s of this host by itself, with nothing of the network in it. */
export interface HostRates {
  readonly tls: number;
  readonly hash: number;
  readonly diskWrite: number;
  readonly diskRead: number;
}

/** How fast this host encrypts, hashes, writes (durably) and reads; `folder` is on the disk that is measured. */
export async function measureHost(folder: string): Promise<HostRates> {
  const bytes = randomBytes(SAMPLE);
  const cipher = createCipheriv('aes-128-gcm', randomBytes(16), randomBytes(12));
  const tls = rate(() => void cipher.update(bytes));
  const hash = rate(() => void createHash('sha256').update(bytes).digest());
  const path = join(folder, `holdfast-check-health-${process.pid}-${Date.now()}`);
  const file = await open(path, 'wx+', 0o600);
  try {
    const writing = performance.now();
    await file.write(bytes);
    await file.sync();
    const reading = performance.now();
    await file.read(Buffer.alloc(SAMPLE), 0, SAMPLE, 0);
    const end = performance.now();
    return { tls, hash, diskWrite: perSecond(reading - writing), diskRead: perSecond(end - reading) };
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
}

function rate(work: () => void): number {
  const started = performance.now();
  work();
  return perSecond(performance.now() - started);
}

const perSecond = (ms: number): number => SAMPLE / MB / Math.max(ms / 1000, 1e-6);

/** `wire` and `server` are what was measured; the host's parts follow from its rates, and TLS is a part of the wire's time. */
export function splitTime(
  bytes: number,
  times: { readonly wire: number; readonly server: number },
  rates: { readonly tls: number; readonly hash: number; readonly disk: number },
): Speed {
  const mb = bytes / MB;
  const tls = Math.min(times.wire, mb / rates.tls);
  const split = { network: times.wire - tls, tls, hash: mb / rates.hash, disk: mb / rates.disk, server: times.server };
  const [[bottleneck]] = Object.entries(split).sort(([, a], [, b]) => b - a) as [[keyof Split, number]];
  const seconds = Object.values(split).reduce((sum, one) => sum + one, 0);
  return { bytes, seconds, mbPerSecond: mb / seconds, split, bottleneck };
}

export const isSlow = ({ mbPerSecond, seconds }: Speed, limit: number): boolean =>
  mbPerSecond < limit && seconds >= TELLING_SECONDS;

/** `3.1 MB/s; network 1.9 s (94 %), …` */
export function speedText({ mbPerSecond, seconds, split, bottleneck }: Speed): string {
  const parts = Object.entries(split).map(
    ([part, time]) => `${part} ${time.toFixed(2)} s (${Math.round((time / seconds) * 100)} %)`,
  );
  return `${mbPerSecond.toFixed(1)} MB/s, held up by ${bottleneck}: ${parts.join(', ')}`;
}
