import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * How a connection breaks: it is closed, it is reset, or the server is told nothing at all (a cable, a NAT that forgot
 * it) and sits before a connection on which no byte moves any more.
 */
export type Manner = 'closed' | 'reset' | 'silent';

/** Where a connection breaks: behind so many bytes of the request, or of the answer. */
export interface Cut {
  readonly side: 'request' | 'answer';
  readonly after: number;
  readonly manner: Manner;
}

/** What went through one connection. */
export interface Passed {
  /** Bytes that had gone to the server when the last byte of the answer came; so without the farewells of TLS. */
  request: number;
  answer: number;
  broken: boolean;
}

/** What is to happen to the next connection. */
export interface Plan {
  readonly cut: Cut | undefined;
  readonly passed: Passed;
  /** Told when the cut takes place. */
  readonly broke?: () => void;
}

/** A TCP relay before a server, which breaks connections at a given byte. TLS goes through as it is. */
export class Relay {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    const address = server.address();
    this.port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    this.#server = server;
  }

  static async open(target: number, next: () => Plan): Promise<Relay> {
    const server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const relay = new Relay(server);
    server.on('connection', (client) => {
      const socket = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true });
      relay.#join(client, socket, next());
    });
    return relay;
  }

  /** Closes what a silent break has left open. */
  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.hangUp();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket, server: Socket, plan: Plan): void {
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined).once('close', () => this.#sockets.delete(socket));
    }
    const { passed } = plan;
    let sent = 0;
    carry(client, server, plan, 'request', (bytes) => {
      sent = bytes;
    });
    carry(server, client, plan, 'answer', (bytes) => {
      Object.assign(passed, { request: sent, answer: bytes });
    });
    client.once('close', () => passed.broken || server.destroySoon());
    server.once('close', () => passed.broken || client.destroySoon());
  }
}

/** One direction of a connection. */
function carry(from: Socket, to: Socket, plan: Plan, side: Cut['side'], count: (bytes: number) => void): void {
  const { cut, passed } = plan;
  const limit = cut?.side === side ? cut.after : Number.POSITIVE_INFINITY;
  let seen = 0;
  from.on('data', (chunk: Buffer) => {
    if (passed.broken) return;
    const part = chunk.subarray(0, limit - seen);
    seen += part.length;
    count(seen);
    if (seen < limit) {
      if (!to.write(part)) from.pause();
      return;
    }
    passed.broken = true;
    plan.broke?.();
    const ends = side === 'request' ? { client: from, server: to } : { client: to, server: from };
    to.write(part, () => breakOff(cut?.manner ?? 'closed', ends));
  });
  to.on('drain', () => from.resume());
  from.on('end', () => passed.broken || to.end());
}

function breakOff(manner: Manner, { client, server }: { client: Socket; server: Socket }): void {
  if (manner === 'silent') {
    client.destroy(); // it has given up waiting
    server.pause();
  } else {
    for (const socket of [client, server]) {
      if (manner === 'reset') socket.resetAndDestroy();
      else socket.destroySoon();
    }
  }
}
