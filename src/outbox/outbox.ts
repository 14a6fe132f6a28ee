import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Order } from '../booking/outcomes.js';
import type { OutboxBackend } from './backend.js';
import type { RetryLimits } from './backoff.js';
import type { FailedMessage } from './delivery-lanes.js';
import { Follower } from './follower.js';
import type { Pacing } from './pacing.js';
import type { Progress } from './progress.js';
import { Sender, type SenderOptions } from './sender.js';

/** How often a process that does not follow the log tries to. */
const ACQUIRE_MS = 1_000;

/** After errors in a row, the pause doubles up to this. */
const ERROR_MS_MAX = 30_000;

/** What is worth a line in the log, or the end of the server. */
export interface OutboxEvents {
  onFollowing(): void;
  /** It is tried again. */
  onError(error: unknown): void;
  onFailed(message: FailedMessage): void;
  onParked(message: FailedMessage): void;
  /** The receiver answered 410. */
  onStopped(): void;
}

export interface OutboxOptions {
  readonly backend: OutboxBackend;
  readonly target: SenderOptions;
  readonly limits: RetryLimits;
  readonly pacing: Pacing;
  readonly events: OutboxEvents;
}

/** Figures of one process, for its metrics. */
export interface OutboxFigures {
  /** Messages that this process delivered. */
  readonly delivered: number;
  /** While this process follows the log. */
  readonly progress: Progress | undefined;
}

/**
 * Delivers what a store commits to a webhook. Of several processes on one folder or database, one
 * follows the log; another one takes over when it ends or dies.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  #follower: Follower | undefined;
  #sender: Sender | undefined;
  #deliveredBefore = 0;

  private constructor(options: OutboxOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  /** Starts to follow, from the end of the log if there was no webhook before. */
  static async start(options: OutboxOptions): Promise<Outbox> {
    await options.backend.create();
    return new Outbox(options);
  }

  /** Delivers an order once more. @throws OutboxBusyError */
  async resend({ orderId, eventId }: Pick<Order, 'orderId' | 'eventId'>): Promise<void> {
    const at = new Date().toISOString();
    await this.#options.backend.requests.add({ kind: 'resend', orderId, eventId, at });
  }

  /** What this process knows without reading anything: a fault of the log must not hide it. */
  get figures(): OutboxFigures {
    const follower = this.#follower?.hasBegun ? this.#follower : undefined;
    return {
      delivered: this.#deliveredBefore + (follower?.delivered ?? 0),
      progress: follower?.progress(),
    };
  }

  /** The newest progress, of any process. */
  async progress(): Promise<Progress | undefined> {
    return this.figures.progress ?? (await this.#options.backend.read());
  }

  /** Begins no other delivery, and waits for those under way. @param ms then they are cut */
  async close(ms: number): Promise<void> {
    this.#closing.abort();
    this.#follower?.close();
    const timer = setTimeout(() => this.#sender?.close(), ms);
    await this.#running;
    clearTimeout(timer);
    await this.#options.backend.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    let pauseMs = ACQUIRE_MS;
    while (!signal.aborted) {
      try {
        await this.#followOnce();
        pauseMs = ACQUIRE_MS;
      } catch (error) {
        this.#options.events.onError(error);
        pauseMs = Math.min(ERROR_MS_MAX, pauseMs * 2);
      }
      await sleep(pauseMs, undefined, { signal }).catch(() => {});
    }
  }

  async #followOnce(): Promise<void> {
    const { backend, target, limits, pacing, events } = this.#options;
    const outbox = await backend.acquire();
    if (outbox === undefined) return;
    const sender = new Sender(target);
    const follower = new Follower({
      outbox,
      sender,
      limits,
      pacing,
      target: createHash('sha256').update(target.url).digest('base64url'),
      onFailed: (message) => events.onFailed(message),
      onParked: (message) => events.onParked(message),
      onStopped: () => events.onStopped(),
      onError: (error) => events.onError(error),
    });
    this.#sender = sender;
    this.#follower = follower;
    events.onFollowing();
    try {
      if (this.#closing.signal.aborted) follower.close();
      await follower.run();
    } finally {
      this.#deliveredBefore += follower.delivered;
      this.#follower = undefined;
      this.#sender = undefined;
      sender.close();
    }
  }
}
