import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * A port that leads to a server, whatever process it is in at the moment, and counts what clients send. So a schedule can
 * kill in the midst of an exchange: a moment by the clock mostly comes before it has begun or after it is over.
 */
export class Relay {
  readonly #server = createServer((client) => this.#serve(client));
  #target = 0;
  #left = 0;
  #reached: () => void = () => {};

  /** From now on clients come to that port of this machine. */
  async listen(target: number): Promise<void> {
    this.#target = target;
    if (this.#server.listening) return;
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** When clients have sent so many more pieces: a request, or a part of a body. It may never come. */
  after(pieces: number): Promise<void> {
    this.#left = pieces;
    return new Promise((resolve) => {
      this.#reached = resolve;
    });
  }

  close(): void {
    this.#server.close();
  }

  #serve(client: Socket): void {
    const server = connect(this.#target, '127.0.0.1');
    client.on('data', () => {
      if (--this.#left === 0) this.#reached();
    });
    client.pipe(server).pipe(client);
    client.on('error', () => server.destroy()).on('close', () => server.destroy());
    server.on('error', () => client.destroy()).on('close', () => client.destroy());
  }
}
