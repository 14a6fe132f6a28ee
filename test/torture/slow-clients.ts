import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What a slow client sends first, and what it then sends twice a second. */
interface Behavior {
  readonly begin: string;
  readonly drip: string;
}

const behaviors: readonly Behavior[] = [
  { begin: 'GET /search HTTP/1.1\r\nHost: localhost\r\n', drip: 'X-A: b\r\n' }, // headers that never end
  {
    begin: `POST /buy HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{`,
    drip: ' ', // a body that comes byte by byte
  },
  { begin: 'POST /bu', drip: '' }, // half a request line
  { begin: '', drip: '' }, // nothing
];

const DRIP_MS = 500;

/** Connections that send slowly or nothing, and never complete a request. */
export class SlowClients {
  readonly #sockets: readonly Socket[];
  readonly #dripping: NodeJS.Timeout;
  /** The status lines that the server sent when it closed connections. */
  readonly answers: string[] = [];

  private constructor(sockets: readonly Socket[]) {
    this.#sockets = sockets;
    for (const socket of sockets) {
      socket.on('data', (bytes) => this.answers.push(bytes.toString('latin1').slice(0, 12)));
    }
    this.#dripping = setInterval(() => {
      sockets.forEach((socket, index) => {
        if (socket.writable) socket.write(behaviorOf(index).drip);
      });
    }, DRIP_MS);
  }

  static async connect(url: URL, connections: number): Promise<SlowClients> {
    const sockets = Array.from({ length: connections }, (_, index) => {
      // Half-open: the client keeps its side open after the server has closed.
      const socket = connect({ host: url.hostname, port: Number(url.port), allowHalfOpen: true });
      socket.on('error', () => {}); // the server may reset it
      socket.write(behaviorOf(index).begin);
      return socket;
    });
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    return new SlowClients(sockets);
  }

  /** How many connections the server has not closed. */
  get open(): number {
    return this.#sockets.filter(({ closed, readableEnded }) => !closed && !readableEnded).length;
  }

  end(): void {
    clearInterval(this.#dripping);
    for (const socket of this.#sockets) socket.destroy();
  }
}

const behaviorOf = (index: number): Behavior => behaviors[index % behaviors.length] as Behavior;
