import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { registryRow } from '../metadata/test-rows.ts';
import { AnswerWriter } from './answer-writer.ts';
import { Exchange, type ExchangeFacts, type Headers } from './exchange.ts';
import { parseTarget } from './target.ts';

export interface SentAnswer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

export interface FakeRequest {
  readonly method?: string;
  readonly target?: string;
  /** Names in lower case, as Node gives them. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: Readable;
  readonly facts?: Partial<ExchangeFacts>;
}

/** An exchange without sockets; what is sent is kept. */
export function fakeExchange(request: FakeRequest = {}) {
  const { method = 'GET', target = '/v2/', headers = {}, body = Readable.from([]), facts = {} } = request;
  let sent: SentAnswer | undefined;
  let continued = 0;
  const response = Object.assign(new EventEmitter(), {
    headersSent: false,
    writableFinished: false,
    destroyed: false,
    writeContinue: () => {
      continued += 1;
    },
    writeHead: (status: number, given: Headers) => {
      response.headersSent = true;
      sent = { status, headers: given, body: '' };
    },
    end: (bytes?: Uint8Array | string, encoding?: BufferEncoding) => {
      const body = typeof bytes === 'string' ? Buffer.from(bytes, encoding) : Buffer.from(bytes ?? []);
      if (sent) sent = { ...sent, body: body.toString() };
      response.writableFinished = true;
      response.emit('close');
    },
  });
  const incoming = Object.assign(body, { method, url: target, headers, complete: false });
  body.once('end', () => Object.assign(incoming, { complete: true }));
  const parsed = parseTarget(target);
  if (!parsed) throw new Error(`no target: ${target}`);
  const exchange = new Exchange(
    incoming as unknown as IncomingMessage,
    response as unknown as ServerResponse,
    {
      correlationId: '0f8fad5b-d9cb-469f-a165-70867728950e',
      target: parsed,
      scheme: 'http',
      host: 'localhost:5000',
      hostRoute: { kind: 'any' },
      local: true,
      confidential: true,
      viaProxy: false,
      crossOrigin: {},
      realm: 'http://localhost:5000/oauth2/token',
      service: 'localhost:5000',
      clientAddress: '127.0.0.1',
      ...facts,
    },
    new AnswerWriter(),
  );
  exchange.registry = registryRow({ id: 'r', name: 'registry', createdAt: new Date(0) });
  return {
    exchange,
    response,
    continued: () => continued,
    answer: () => {
      if (!sent) throw new Error('nothing was sent');
      return sent;
    },
  };
}
