import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { pipeline } from 'node:stream/promises';
import type { RegistryAnswer, RegistryRequest, StreamedBody } from './transport.ts';

/** Within which something of a body must come, as `fetch` has it. */
const BODY_MS = 300_000;

/**
 * By `node:http`, since `fetch` keeps every byte of a body that is a stream until it is answered (Node 24: 3 GB of memory for
 * three blobs of 1 GB). An answer that comes before the body's end ends the sending.
 */
export async function sendStreamed(request: RegistryRequest, body: StreamedBody): Promise<RegistryAnswer> {
  const { outgoing, answered } = begin(request, { 'Content-Length': String(body.length) });
  const sent = pipeline(body.stream, exactly(body.length), outgoing);
  sent.catch(() => {}); // told by the answer, or by `failed`
  const failed = sent.then(
    () => answered,
    (error: Error) => {
      outgoing.destroy(error);
      throw error;
    },
  );
  return answerOf(request, await Promise.race([answered, failed]));
}

/**
 * By `node:http` as well: `fetch` ends its connection with each HEAD, and a transfer asks with one for every blob; and its
 * bodies take more memory and time than the blobs that they are.
 */
export async function sendBare(request: RegistryRequest): Promise<RegistryAnswer> {
  const { outgoing, answered } = begin(request, {});
  outgoing.end();
  return answerOf(request, await answered);
}

function begin(
  { method, url, headers = {}, timeoutMs, signal }: RegistryRequest,
  more: Readonly<Record<string, string>>,
): { outgoing: ClientRequest; answered: Promise<IncomingMessage> } {
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const outgoing = send(url, { method, headers: { ...headers, ...more }, ...(signal ? { signal } : {}) });
  // Of a connection on which nothing moves: while it is sent, and from then until the answer.
  outgoing.setTimeout(timeoutMs, () => outgoing.destroy(new Error(`${url.host} did not answer in time`)));
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', (answer) => {
      outgoing.setTimeout(BODY_MS); // whoever reads the body may take its time
      resolve(answer);
    });
    outgoing.once('error', reject);
  });
  return { outgoing, answered };
}

function answerOf({ url }: RegistryRequest, answer: IncomingMessage): RegistryAnswer {
  return {
    status: answer.statusCode ?? 0,
    headers: Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)])),
    url,
    body: answer,
  };
}

/** A body of another length would leave the registry waiting, or be cut by it. */
function exactly(length: number) {
  return async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let sent = 0;
    for await (const bytes of source) {
      sent += bytes.length;
      if (sent > length) throw new Error(`the body has more than ${length} bytes`);
      yield bytes;
    }
    if (sent < length) throw new Error(`the body has ${sent} bytes, not ${length}`);
  };
}
