import { Agent, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Recorder } from '../../src/client/recorder.js';
import type { Answer, History } from '../../src/verdict/recorded-request.js';

/** An answer to a buy under load: what was sold, or the status, or 0 where no answer came. */
export interface Buyer {
  readonly status: number;
  readonly orderId?: string;
  readonly serials?: readonly number[];
  readonly worker?: number;
  /** Why no answer came. */
  readonly why?: string;
  /** What one who was refused is told about when to come again. */
  readonly retryAfter?: string | undefined;
  /** When it was asked and answered, in milliseconds of `performance.now()`. */
  readonly sentAt: number;
  readonly at: number;
}

export interface LoadOptions {
  /** Gives every buy an idempotency key, and asks again with it until the answer is known. */
  readonly keyed?: boolean;
  /** Then a buyer takes a new connection: else a worker that took another's place would get none. */
  readonly buysPerConnection?: number;
  /** So many buys a second besides, each as soon as it is due and whatever became of those before. */
  readonly perSecond?: number;
  /** Another load's, where both are one history. */
  readonly recorder?: Recorder;
}

/** Longest wait for an answer. The office gives up first, and says so. */
const ANSWER_MS = 8_000;

/** Buys that were offered by the clock and have no answer; more, and this process would be what breaks. */
const OFFERS_OPEN_MAX = 10_000;

/** Buyers who buy one ticket after the other, each over a connection of their own, until told to stop. */
export class Load {
  readonly answers: Buyer[] = [];
  readonly recorder: Recorder;
  readonly #keyed: boolean;
  readonly #buysPerConnection: number;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #url: URL;
  readonly #eventId: string;
  readonly #buyers: Promise<void>[];
  #stopped = false;

  constructor(
    url: URL,
    eventId: string,
    buyers: number,
    {
      keyed = false,
      buysPerConnection = 20,
      perSecond,
      recorder = new Recorder(),
    }: LoadOptions = {},
  ) {
    this.#url = url;
    this.#eventId = eventId;
    this.recorder = recorder;
    this.#keyed = keyed;
    this.#buysPerConnection = buysPerConnection;
    this.#buyers = Array.from({ length: buyers }, (_, index) => this.#keepBuying(`buyer ${index}`));
    if (perSecond !== undefined) this.#buyers.push(this.#keepOffering(perSecond));
  }

  get sold(): Buyer[] {
    return this.answers.filter(({ status }) => status === 201);
  }

  /** What was asked and answered, as the verdict over histories takes it. */
  get history(): History {
    return this.recorder.history();
  }

  /** Resolves when every buyer has an answer to the last buy. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#buyers);
    this.#agent.destroy();
  }

  async #keepBuying(customer: string): Promise<void> {
    let key: string | undefined;
    for (let buys = 1; !this.#stopped; buys++) {
      if (this.#keyed) key ??= `${customer}, ${buys}`;
      const last = buys % this.#buysPerConnection === 0;
      const answer = await this.#buy(customer, key, last ? { connection: 'close' } : {});
      this.answers.push(answer);
      if (answer.status === 201 || answer.status === 409) key = undefined;
      // A refused connection is refused at once: without a pause this would be a busy loop.
      if (answer.status !== 201) await sleep(10);
    }
  }

  async #keepOffering(perSecond: number): Promise<void> {
    const beganAt = performance.now();
    const open = new Set<Promise<unknown>>();
    for (let offered = 0; !this.#stopped; await sleep(5)) {
      const due = ((performance.now() - beganAt) / 1000) * perSecond;
      for (; offered < due && open.size < OFFERS_OPEN_MAX; offered++) {
        const buying = this.#buy(`offer ${offered}`, undefined, {}).then((answer) => {
          this.answers.push(answer);
          open.delete(buying);
        });
        open.add(buying);
      }
    }
    await Promise.all(open);
  }

  #buy(customer: string, key: string | undefined, more: OutgoingHttpHeaders): Promise<Buyer> {
    const eventId = this.#eventId;
    const headers = {
      'content-type': 'application/json',
      ...more,
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    };
    const question = { kind: 'buy', eventId, customer, quantity: 1 } as const;
    const answered = this.recorder.recordRequest(
      key === undefined ? question : { ...question, key },
    );
    const sentAt = performance.now();
    return new Promise((resolve) => {
      const unknown = ({ message: why }: Error) =>
        resolve({ status: 0, why, sentAt, at: performance.now() });
      const asking = request(
        new URL('/buy', this.#url),
        { method: 'POST', agent: this.#agent, headers },
        (response: IncomingMessage) => {
          const { statusCode: status = 0, headers: results } = response;
          json(response).then((body) => {
            answered({ ...(body as object), status } as Answer);
            const retryAfter = results['retry-after'];
            const answer = { status, retryAfter, sentAt, at: performance.now() };
            resolve(status === 201 ? { ...(body as Pick<Buyer, 'serials'>), ...answer } : answer);
          }, unknown);
        },
      );
      asking.setTimeout(ANSWER_MS, () => asking.destroy(new Error('no answer in time')));
      asking.on('error', unknown);
      asking.end(JSON.stringify({ eventId, customer }));
    });
  }
}
