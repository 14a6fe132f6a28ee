import { isExhausted, pauseMs, type RetryLimits } from './backoff.js';
import type { OutboxMessage } from './message.js';
import { DELIVERIES_MAX, type DeliveryResult } from './sender.js';

/** A message without what it says: that may be read when it is sent. */
export type QueuedMessage = Pick<OutboxMessage, 'id' | 'type' | 'eventId' | 'at'>;

/** A message that failed, and waits for its next attempt or is given up. */
export interface FailedMessage extends QueuedMessage {
  readonly tries: number;
  readonly reason: string;
}

export interface DeliveryLanesOptions<Message> {
  readonly send: (message: Message) => Promise<DeliveryResult>;
  readonly limits: RetryLimits;
  /** The receiver has the message. */
  readonly onDelivered: (message: Message) => void;
  /** An attempt failed; `exhausted` if there should be no other one. @returns whether the message is given up */
  readonly onFailed: (message: Message, failed: FailedMessage, exhausted: boolean) => boolean;
  /** The receiver wants no messages any more. */
  readonly onGone: () => void;
  /** Awaited after each delivery, before another one takes its place. */
  readonly afterDelivery?: (message: Message) => Promise<void>;
}

/** The messages of one key. Each waits for the one before it. */
interface Lane<Message> {
  readonly key: string;
  readonly queue: Message[];
  /** Whether it waits for a connection, or its first message is under way. */
  active: boolean;
  tries: number;
  reason: string;
  timer: NodeJS.Timeout | undefined;
}

/** Delivers messages: those with the same key one after the other, those of several keys at once. */
export class DeliveryLanes<Message extends QueuedMessage> {
  readonly #options: DeliveryLanesOptions<Message>;
  readonly #lanes = new Map<string, Lane<Message>>();
  /** Lanes whose first message waits for a connection. */
  readonly #ready: Lane<Message>[] = [];
  readonly #underWay = new Set<Promise<void>>();
  #paused = false;
  #closed = false;

  constructor(options: DeliveryLanesOptions<Message>) {
    this.#options = options;
  }

  /** Delivers a message after all earlier ones of its key. */
  add(key: string, message: Message): void {
    const lane = this.#lanes.get(key) ?? {
      key,
      queue: [],
      active: false,
      tries: 0,
      reason: '',
      timer: undefined,
    };
    this.#lanes.set(key, lane);
    lane.queue.push(message);
    if (lane.queue.length === 1) this.#activate(lane);
  }

  /** Sends nothing until `resume`. What is under way goes on. */
  pause(): void {
    this.#paused = true;
  }

  /** Sends again after `pause`. */
  resume(): void {
    this.#paused = false;
    this.#sendReady();
  }

  /** Tries messages again at once that wait because they failed. @param id only this one */
  retryNow(id?: string): void {
    for (const lane of this.#lanes.values()) {
      const isMeant = id === undefined || lane.queue[0]?.id === id;
      if (isMeant && lane.timer !== undefined) this.#activate(lane);
    }
  }

  /** Takes a message out that is the first of its key. @returns it, or `undefined` */
  skip(id: string): Message | undefined {
    for (const lane of this.#lanes.values()) {
      const [message] = lane.queue;
      if (message?.id !== id) continue;
      this.#shift(lane);
      return message;
    }
    return undefined;
  }

  /** Messages that failed and will be tried again. */
  failed(max: number): FailedMessage[] {
    const failed: FailedMessage[] = [];
    for (const lane of this.#lanes.values()) {
      const [message] = lane.queue;
      if (message !== undefined && lane.tries > 0) failed.push(describe(message, lane));
      if (failed.length === max) break;
    }
    return failed;
  }

  /** Begins no other delivery. Resolves when those under way have ended. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { timer } of this.#lanes.values()) clearTimeout(timer);
    await Promise.all(this.#underWay);
  }

  #activate(lane: Lane<Message>): void {
    clearTimeout(lane.timer);
    lane.timer = undefined;
    if (lane.active) return;
    lane.active = true;
    this.#ready.push(lane);
    this.#sendReady();
  }

  #sendReady(): void {
    while (!this.#paused && !this.#closed && this.#underWay.size < DELIVERIES_MAX) {
      const lane = this.#ready.shift();
      if (lane === undefined) return;
      const delivery: Promise<void> = this.#deliver(lane).finally(() => {
        this.#underWay.delete(delivery);
        this.#sendReady();
      });
      this.#underWay.add(delivery);
    }
  }

  async #deliver(lane: Lane<Message>): Promise<void> {
    const [message] = lane.queue;
    const result = message && (await this.#options.send(message));
    lane.active = false;
    if (message === undefined || result === undefined || lane.queue[0] !== message) {
      if (lane.queue.length > 0) this.#activate(lane); // its first message was skipped
      return;
    }
    switch (result.kind) {
      case 'delivered':
        this.#options.onDelivered(message);
        this.#shift(lane);
        break;
      case 'gone':
        this.#paused = true;
        this.#activate(lane);
        this.#options.onGone();
        break;
      case 'failed':
        // A delivery that a stop has cut is no failure of the receiver.
        if (!this.#closed) this.#onFailed(lane, message, result);
        break;
    }
    await this.#options.afterDelivery?.(message);
  }

  #onFailed(
    lane: Lane<Message>,
    message: Message,
    { reason, retryAfterMs }: Extract<DeliveryResult, { kind: 'failed' }>,
  ): void {
    lane.tries++;
    lane.reason = reason;
    const { limits, onFailed } = this.#options;
    const exhausted = isExhausted(limits, lane.tries, message.at, Date.now());
    if (onFailed(message, describe(message, lane), exhausted)) {
      this.#shift(lane);
    } else {
      lane.timer = setTimeout(() => this.#activate(lane), pauseMs(lane.tries, retryAfterMs));
    }
  }

  #shift(lane: Lane<Message>): void {
    clearTimeout(lane.timer);
    lane.timer = undefined;
    lane.queue.shift();
    lane.tries = 0;
    lane.reason = '';
    if (lane.queue.length > 0) this.#activate(lane);
    else this.#lanes.delete(lane.key);
  }
}

const describe = (
  { id, type, eventId, at }: QueuedMessage,
  { tries, reason }: Pick<Lane<unknown>, 'tries' | 'reason'>,
): FailedMessage => ({ id, type, eventId, at, tries, reason });
