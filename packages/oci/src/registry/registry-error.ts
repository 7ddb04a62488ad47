import { readUpTo } from './read-up-to.ts';
import type { RegistryAnswer } from './transport.ts';

const ERROR_BYTES = 16 * 1024;

/** Another registry refused, or what it sent cannot be right. */
export class RegistryError extends Error {
  /** The image, blob or registry that was asked for. */
  readonly what: string;
  /** A clause that says what is wrong. */
  readonly why: string;
  /** Of a refusal. */
  readonly status: number | undefined;
  /** `CODE (message)` of a refusal, as far as it is in the words of a registry: else empty. */
  readonly said: string;

  constructor(
    what: string,
    why: string,
    refusal: { readonly status?: number; readonly said?: string; readonly cause?: unknown } = {},
  ) {
    super(`${what}: ${why}`, { cause: refusal.cause });
    this.name = 'RegistryError';
    this.what = what;
    this.why = why;
    this.status = refusal.status;
    this.said = refusal.said ?? '';
  }
}

/** In the words of the registry, as far as they are those of one: anything else might be a page of an inner service. */
export async function refusedBy(what: string, answer: RegistryAnswer): Promise<RegistryError> {
  const body = await readUpTo(answer, ERROR_BYTES).catch(() => undefined);
  const said = ociErrors(body?.bytes.toString('utf8') ?? '');
  const { status } = answer;
  return new RegistryError(what, `it answered ${status}${said === '' ? '' : `: ${said}`}`, { status, said });
}

function ociErrors(body: string): string {
  try {
    const { errors } = JSON.parse(body) as { errors?: readonly { code?: unknown; message?: unknown }[] };
    const [first] = Array.isArray(errors) ? errors : [];
    if (!first || typeof first.code !== 'string') return '';
    const message = typeof first.message === 'string' ? ` (${printable(first.message)})` : '';
    return `${printable(first.code)}${message}`;
  } catch {
    return '';
  }
}

const printable = (text: string) => text.slice(0, 300).replace(/[^\x20-\x7e]/g, '?');
