import { Agent, type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';

/** An answer to a buy under load: what was sold, or the status, or 0 where no answer came. */
export interface Buyer {
  readonly status: number;
  readonly orderId?: string;
  readonly serials?: readonly number[];
  readonly worker?: number;
  /** When it was asked and answered, in milliseconds of `performance.now()`. */
  readonly sentAt: number;
  readonly at: number;
}

/** Buyers who buy one ticket after the other, each over a connection of their own, until told to stop. */
export class Load {
  readonly answers: Buyer[] = [];
  readonly #agent = new Agent({ keepAlive: true });
  readonly #url: URL;
  readonly #eventId: string;
  readonly #buyers: Promise<void>[];
  #stopped = false;

  constructor(url: URL, eventId: string, buyers: number) {
    this.#url = url;
    this.#eventId = eventId;
    this.#buyers = Array.from({ length: buyers }, (_, index) => this.#keepBuying(`buyer ${index}`));
  }

  get sold(): Buyer[] {
    return this.answers.filter(({ status }) => status === 201);
  }

  /** Resolves when every buyer has an answer to the last buy. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#buyers);
    this.#agent.destroy();
  }

  async #keepBuying(customer: string): Promise<void> {
    while (!this.#stopped) {
      const answer = await this.#buy(customer);
      this.answers.push(answer);
      // A refused connection is refused at once: without a pause this would be a busy loop.
      if (answer.status !== 201) await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  #buy(customer: string): Promise<Buyer> {
    const sentAt = performance.now();
    return new Promise((resolve) => {
      const unknown = () => resolve({ status: 0, sentAt, at: performance.now() });
      const asking = request(
        new URL('/buy', this.#url),
        { method: 'POST', agent: this.#agent, headers: { 'content-type': 'application/json' } },
        (response: IncomingMessage) => {
          const { statusCode: status = 0 } = response;
          json(response).then((body) => {
            const answer = { status, sentAt, at: performance.now() };
            resolve(status === 201 ? { ...(body as Pick<Buyer, 'serials'>), ...answer } : answer);
          }, unknown);
        },
      );
      asking.setTimeout(15_000, () => asking.destroy());
      asking.on('error', unknown);
      asking.end(JSON.stringify({ eventId: this.#eventId, customer }));
    });
  }
}
