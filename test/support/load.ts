import { Agent, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Recorder } from '../../src/client/recorder.js';
import type { Answer, History } from '../../src/verdict/recorded-request.js';

/** The answer to a buy under load; status 0 if no answer came. */
export interface LoadAnswer {
  readonly status: number;
  readonly orderId?: string;
  readonly serials?: readonly number[];
  readonly worker?: number;
  /** Why no answer came. */
  readonly why?: string;
  /** The Retry-After header of a rejection. */
  readonly retryAfter?: string | undefined;
  /** When the request was sent and answered, in milliseconds of `performance.now()`. */
  readonly sentAt: number;
  readonly at: number;
}

export interface LoadOptions {
  /** Gives every buy an idempotency key and retries with it until the answer is known. */
  readonly keyed?: boolean;
  /** After this many buys a buyer opens a new connection. A replaced worker would get no buyers otherwise. */
  readonly buysPerConnection?: number;
  /** A buyer's pause after a sale, so that a test that waits for something else does not keep both cores busy. */
  readonly pauseMs?: number;
  /** Adds this many buys per second at a fixed rate, without waiting for earlier answers. */
  readonly perSecond?: number;
  /** The recorder of another load, to record both as one history. */
  readonly recorder?: Recorder;
  /** Longest wait for an answer: `LOST_MS` where workers are killed. */
  readonly answerMs?: number;
}

/** Longest wait for an answer. The server times out earlier, with a 503, on a busy machine too. */
const ANSWER_MS = 30_000;

/**
 * When a request counts as lost: a connection that is handed to a dying worker is never answered. Such
 * a buy may have been sold.
 */
export const LOST_MS = 4_000;

/** Limit of unanswered fixed-rate buys: more would overload this process instead of the server. */
const UNANSWERED_MAX = 10_000;

/** Buyers that buy one ticket after another, each over its own connection, until `stop`. */
export class Load {
  readonly answers: LoadAnswer[] = [];
  readonly recorder: Recorder;
  readonly #keyed: boolean;
  readonly #buysPerConnection: number;
  readonly #answerMs: number;
  readonly #pauseMs: number;
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
      answerMs = ANSWER_MS,
      pauseMs = 0,
    }: LoadOptions = {},
  ) {
    this.#answerMs = answerMs;
    this.#pauseMs = pauseMs;
    this.#url = url;
    this.#eventId = eventId;
    this.recorder = recorder;
    this.#keyed = keyed;
    this.#buysPerConnection = buysPerConnection;
    this.#buyers = Array.from({ length: buyers }, (_, index) => this.#keepBuying(`buyer ${index}`));
    if (perSecond !== undefined) this.#buyers.push(this.#buyAtRate(perSecond));
  }

  get sold(): LoadAnswer[] {
    return this.answers.filter(({ status }) => status === 201);
  }

  /** All requests and answers so far, for the history verdict. */
  get history(): History {
    return this.recorder.history();
  }

  /** Stops the buyers. Resolves when every buyer has its last answer. */
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
      // A refused connection fails at once; without a pause this would be a busy loop.
      if (answer.status !== 201) await sleep(10);
      else if (this.#pauseMs > 0) await sleep(this.#pauseMs);
    }
  }

  async #buyAtRate(perSecond: number): Promise<void> {
    const beganAt = performance.now();
    const open = new Set<Promise<unknown>>();
    for (let offered = 0; !this.#stopped; await sleep(5)) {
      const due = ((performance.now() - beganAt) / 1000) * perSecond;
      for (; offered < due && open.size < UNANSWERED_MAX; offered++) {
        const buying = this.#buy(`offer ${offered}`, undefined, {}).then((answer) => {
          this.answers.push(answer);
          open.delete(buying);
        });
        open.add(buying);
      }
    }
    await Promise.all(open);
  }

  #buy(customer: string, key: string | undefined, more: OutgoingHttpHeaders): Promise<LoadAnswer> {
    const eventId = this.#eventId;
    const headers = {
      'content-type': 'application/json',
      ...more,
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    };
    const content = { kind: 'buy', eventId, customer, quantity: 1 } as const;
    const record = this.recorder.recordRequest(key === undefined ? content : { ...content, key });
    const sentAt = performance.now();
    return new Promise((resolve) => {
      const unknown = ({ message: why }: Error) =>
        resolve({ status: 0, why, sentAt, at: performance.now() });
      const sent = request(
        new URL('/buy', this.#url),
        { method: 'POST', agent: this.#agent, headers },
        (response: IncomingMessage) => {
          const { statusCode: status = 0, headers: results } = response;
          json(response).then((body) => {
            record({ ...(body as object), status } as Answer);
            const retryAfter = results['retry-after'];
            const answer = { status, retryAfter, sentAt, at: performance.now() };
            resolve(
              status === 201 ? { ...(body as Pick<LoadAnswer, 'serials'>), ...answer } : answer,
            );
          }, unknown);
        },
      );
      sent.setTimeout(this.#answerMs, () => sent.destroy(new Error('no answer in time')));
      sent.on('error', unknown);
      sent.end(JSON.stringify({ eventId, customer }));
    });
  }
}
