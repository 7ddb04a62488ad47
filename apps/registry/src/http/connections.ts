import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** The request that is being answered on a connection, and those that were sent behind it without waiting (pipelining). */
interface Turn {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly waiting: (() => void)[];
}

/** Requests of one connection that may wait for their turn. No client of registries pipelines at all. */
const MAX_WAITING = 64;

/** The open connections of one listener, and which of them are being served. */
export class Connections {
  /** By both ends' addresses and ports, so that a TLS socket takes the place of the raw one that it wraps. */
  readonly #open = new Map<string, Socket>();
  readonly #turns = new WeakMap<Duplex, Turn>();
  #draining = false;

  watch(server: Server | TlsServer): void {
    server.on('connection', (socket: Socket) => this.#add(socket));
    server.on('secureConnection', (socket: Socket) => this.#add(socket));
  }

  /**
   * Runs `begin` when all requests before it on its connection are answered. Otherwise one segment with a thousand
   * requests would open a thousand files, each with its buffers, of which only the first can be sent.
   */
  inTurn(request: IncomingMessage, response: ServerResponse, begin: () => void): void {
    const { socket } = request;
    const before = this.#turns.get(socket);
    if (!before) {
      this.#begin({ request, response, waiting: [] }, begin);
      return;
    }
    if (before.waiting.length >= MAX_WAITING) {
      socket.destroy();
      return;
    }
    before.waiting.push(() => this.#begin({ request, response, waiting: before.waiting }, begin));
  }

  /** What is being answered there now. */
  turn(socket: Duplex): Pick<Turn, 'request' | 'response'> | undefined {
    return this.#turns.get(socket);
  }

  /**
   * Cuts the connections on which nothing is being answered: kept alive, silent, or in the middle of a handshake. The
   * others end with their answer, and it says so unless its head was sent before.
   */
  closeSilent(): void {
    this.#draining = true;
    for (const socket of this.#open.values()) {
      const turn = this.#turns.get(socket);
      if (turn) turn.response.shouldKeepAlive = false;
      else socket.destroy();
    }
  }

  closeAll(): void {
    for (const socket of this.#open.values()) socket.destroy();
  }

  #begin(turn: Turn, begin: () => void): void {
    const { socket } = turn.request;
    this.#turns.set(socket, turn);
    turn.response.on('close', () => {
      this.#turns.delete(socket);
      if (socket.destroyed) return;
      const next = turn.waiting.shift();
      if (next) next();
      else if (this.#draining) socket.destroySoon(); // its head may have promised to keep it alive
    });
    begin();
  }

  #add(socket: Socket): void {
    const ends = `${socket.localAddress} ${socket.localPort} ${socket.remoteAddress} ${socket.remotePort}`;
    this.#open.set(ends, socket);
    socket.once('close', () => {
      if (this.#open.get(ends) === socket) this.#open.delete(ends);
    });
  }
}
