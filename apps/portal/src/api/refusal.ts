/** An answer that is no success. Its text is the server's, which says what was asked, why it was refused and what to do. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly correlationId: string;

  constructor(answer: Response, body: unknown) {
    const { code, message } = read(body);
    const id = answer.headers.get('x-ms-correlation-request-id') ?? '';
    super(message.replace(` (correlation id ${id})`, '') || `${answer.status} ${answer.url}`);
    this.status = answer.status;
    this.code = code;
    this.correlationId = id;
  }
}

/** The four envelopes: OCI, resource manager and directory, OAuth. */
function read(body: unknown): { code: string; message: string } {
  const value = (body ?? {}) as {
    errors?: { code?: string; message?: string }[];
    error?: string | { code?: string; message?: string };
    error_description?: string;
  };
  const first = value.errors?.[0] ?? (typeof value.error === 'object' ? value.error : undefined);
  if (first) return { code: String(first.code ?? ''), message: String(first.message ?? '') };
  return { code: typeof value.error === 'string' ? value.error : '', message: String(value.error_description ?? '') };
}

/** `data` of an answer of the client, or its refusal as an exception. */
export async function answered<T>(asked: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await asked;
  if (!response.ok) throw new Refusal(response, typeof error === 'string' ? parse(error) : error);
  return data as T;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
