import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { CoalescedRun } from '../store/shared/coalesced-run.js';
import {
  type AcquiredOutbox,
  type MessageSource,
  OutboxLostError,
  type ReadMessage,
} from './backend.js';
import { Backlog } from './backlog.js';
import type { RetryLimits } from './backoff.js';
import { DeliveryLanes, type FailedMessage } from './delivery-lanes.js';
import { orderData } from './message.js';
import { type Pacing, restMs } from './pacing.js';
import type { Progress, Redelivery } from './progress.js';
import { Redeliveries } from './redeliveries.js';
import { type OutboxRequest, redeliveryOf } from './requests.js';
import { DELIVERIES_MAX, type DeliveryResult, type Sender } from './sender.js';

/** Messages in memory. While there are as many, nothing is read. */
const WINDOW_MESSAGES_MAX = 1_000;

/** Messages of one read. */
const PAGE_MESSAGES = 200;

/**
 * How long to wait at the end of the log, between two saves, and between two looks for requests. Each read
 * and each save costs a sync of the disk that the sales need, too.
 */
const PAUSES_MS = { read: 500, save: 1_000, requests: 500 };

/** How many things are done again and again. */
const REPEATED = Object.keys(PAUSES_MS).length;

/** How many failed messages a status names. */
export const FAILED_SHOWN_MAX = 20;

export interface FollowerOptions {
  readonly outbox: AcquiredOutbox;
  readonly sender: Pick<Sender, 'send'>;
  readonly limits: RetryLimits;
  /** The hash of the URL. */
  readonly target: string;
  readonly pacing: Pacing;
  readonly onFailed: (message: FailedMessage) => void;
  readonly onParked: (message: FailedMessage) => void;
  /** The receiver answered 410. */
  readonly onStopped: () => void;
  /** Nothing can be saved; it is tried again. */
  readonly onError: (error: unknown) => void;
}

/**
 * Follows a log and delivers its messages, in the order of each event. The progress is saved after the
 * receiver has said yes: a message is sent again if this process dies in between, and never left out.
 */
export class Follower {
  readonly #options: FollowerOptions;
  /** By event; and those that are out of order, by their id. */
  readonly #lanes: DeliveryLanes<ReadMessage | Redelivery>;
  readonly #redeliveries = new Redeliveries();
  readonly #stopping = new AbortController();
  /** One at a time: an older progress must not replace a newer one. */
  readonly #saving = new CoalescedRun(() => this.#options.outbox.save(this.progress()));
  #source: MessageSource | undefined;
  #backlog = new Backlog({ positions: {} });
  #stopped = false;
  #deliveredBefore = 0;
  #delivered = 0;
  #changed = false;

  constructor(options: FollowerOptions) {
    this.#options = options;
    setMaxListeners(DELIVERIES_MAX + REPEATED, this.#stopping.signal); // each may rest
    const { limits, onFailed, onParked, onStopped } = options;
    this.#lanes = new DeliveryLanes({
      send: (message) => this.#send(message),
      limits,
      onDelivered: (message) => {
        this.#delivered++;
        this.#settle(message);
      },
      onFailed: (message, failed, exhausted) => {
        this.#changed = true;
        const isParked = exhausted && this.#park(message, failed);
        if (isParked) onParked(failed);
        else onFailed(failed);
        return isParked;
      },
      onGone: () => {
        this.#stopped = true;
        this.#changed = true;
        onStopped();
      },
      afterDelivery: ({ at }) => this.#rest(restMs(options.pacing, at, Date.now())),
    });
  }

  /** Whether it knows what was delivered before. */
  get hasBegun(): boolean {
    return this.#source !== undefined;
  }

  /** Messages that were delivered by this process. */
  get delivered(): number {
    return this.#delivered;
  }

  /** Follows until `close`. @throws what made it impossible to go on */
  async run(): Promise<void> {
    const { outbox } = this.#options;
    try {
      const progress = await outbox.load();
      this.#source = await outbox.openSource(progress);
      this.#begin(progress);
      await Promise.all([
        this.#repeat(PAUSES_MS.read, () => this.#read()),
        this.#repeat(PAUSES_MS.save, async () => {
          await this.#save();
          return false;
        }),
        this.#repeat(PAUSES_MS.requests, () => this.#takeRequests()),
      ]);
    } finally {
      this.#stopping.abort();
      await this.#lanes.close();
      await this.#save().catch(() => {}); // what was delivered since the last save
      await this.#source?.close();
      await outbox.close();
    }
  }

  /** Begins no other delivery; `run` ends when those under way have ended. */
  close(): void {
    this.#stopping.abort();
    void this.#lanes.close();
  }

  /** The progress as it would be saved now. */
  progress(): Progress {
    const { size, oldest } = this.#backlog;
    const redeliveries = [...this.#redeliveries.all];
    const due = redeliveries.filter(({ parked }) => parked === undefined).length;
    return {
      ...this.#backlog.progress(),
      redeliveries,
      ...(this.#stopped && { stopped: this.#options.target }),
      delivered: this.#deliveredBefore + this.#delivered,
      backlog: {
        savedAt: new Date().toISOString(),
        undelivered: size + due,
        ...(oldest && { oldest: oldest.at }),
        waiting: this.#lanes.failed(FAILED_SHOWN_MAX),
      },
    };
  }

  #begin(progress: Progress): void {
    const { redeliveries, stopped, delivered } = progress;
    this.#backlog = new Backlog(progress);
    this.#deliveredBefore = delivered;
    // Another URL was not the one that answered 410.
    this.#stopped = stopped === this.#options.target;
    if (this.#stopped) this.#lanes.pause();
    for (const redelivery of redeliveries) this.#redeliver(redelivery);
  }

  /** Ends early when nothing more is to be delivered. */
  async #rest(ms: number): Promise<void> {
    if (ms === 0) return;
    await sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => {});
  }

  async #repeat(ms: number, work: () => Promise<boolean>): Promise<void> {
    const { signal } = this.#stopping;
    try {
      while (!signal.aborted) {
        const hasMore = await work();
        if (!hasMore) await this.#rest(ms);
      }
    } catch (error) {
      this.#stopping.abort(); // the others end, too
      throw error;
    }
  }

  /** @returns whether there may be more to read, and there is room for it */
  async #read(): Promise<boolean> {
    if (this.#source === undefined || this.#backlog.size >= WINDOW_MESSAGES_MAX) return false;
    const { messages, cursor, more } = await this.#source.read(PAGE_MESSAGES);
    for (const message of this.#backlog.add(messages, cursor)) {
      this.#lanes.add(message.eventId, message);
      this.#changed = true;
    }
    return more;
  }

  async #send(message: ReadMessage | Redelivery): Promise<DeliveryResult> {
    const { sender } = this.#options;
    const { data } = message;
    if (data !== undefined) return sender.send({ ...message, data });
    try {
      const order = await this.#source?.order((message as Redelivery).orderId ?? '');
      if (order === undefined) return { kind: 'failed', reason: 'the order is not on record' };
      return await sender.send({ ...message, data: orderData(order) });
    } catch (error) {
      return { kind: 'failed', reason: `the order cannot be read: ${(error as Error).message}` };
    }
  }

  #settle(message: ReadMessage | Redelivery): void {
    this.#changed = true;
    if ('position' in message) this.#backlog.settle(message);
    else this.#redeliveries.remove(message.id);
  }

  /** @returns whether there is room for it; otherwise it is tried on */
  #park(message: ReadMessage | Redelivery, failed: FailedMessage): boolean {
    if ('position' in message && this.#redeliveries.isFull) return false;
    this.#settle(message);
    this.#redeliveries.park(message, failed);
    return true;
  }

  #redeliver(redelivery: Redelivery): void {
    this.#changed = true;
    this.#redeliveries.put(redelivery);
    if (redelivery.parked === undefined) this.#lanes.add(redelivery.id, redelivery);
  }

  /**
   * While nothing can be saved, as on a full disk, nothing is sent: after a restart all of it would be sent
   * again.
   *
   * @returns whether everything before the call is saved
   */
  async #save(): Promise<boolean> {
    if (!this.#changed) return true;
    this.#changed = false;
    try {
      await this.#saving.run();
      if (!this.#stopped) this.#lanes.resume();
      return true;
    } catch (error) {
      if (error instanceof OutboxLostError) throw error;
      this.#changed = true;
      this.#lanes.pause();
      this.#options.onError(error);
      return false;
    }
  }

  async #takeRequests(): Promise<boolean> {
    const { requests } = this.#options.outbox;
    for (const { name, request } of await requests.all()) {
      if (!this.#take(name, request)) continue;
      this.#changed = true; // and it is again as soon as something is delivered
      if (!(await this.#save())) return false; // what was asked for must not be forgotten
      await requests.remove(name);
    }
    return false;
  }

  /** @returns whether there was room for it */
  #take(name: string, request: OutboxRequest): boolean {
    if (request.kind === 'resend') {
      const redelivery = redeliveryOf(name, request);
      if (this.#redeliveries.isFull) return false;
      if (!this.#redeliveries.has(redelivery.id)) this.#redeliver(redelivery);
      return true;
    }
    const { id } = request;
    const parked = this.#redeliveries.parked(id);
    if (request.kind === 'retry') {
      this.#stopped = false;
      for (const { parked: _, ...redelivery } of parked) this.#redeliver(redelivery);
      this.#lanes.resume();
      this.#lanes.retryNow(id);
      return true;
    }
    for (const each of parked) this.#settle(each);
    // Only one that is named: all that waits may be most of the log.
    const skipped = id === undefined ? undefined : this.#lanes.skip(id);
    if (skipped !== undefined) this.#settle(skipped);
    return true;
  }
}
