import { expect, onTestFinished } from 'vitest';
import type { Command } from '../../src/booking/commands.js';
import type { Order, Result } from '../../src/booking/outcomes.js';
import type { Store } from '../../src/booking/store.js';
import type { OutboxBackend } from '../../src/outbox/backend.js';
import { createBackend } from '../../src/outbox/create-backend.js';
import type { FailedMessage } from '../../src/outbox/delivery-lanes.js';
import { Outbox } from '../../src/outbox/outbox.js';
import type { Pacing } from '../../src/outbox/pacing.js';
import type { BackupEntry } from '../../src/store/backup/snapshot.js';
import { type StoreName, stores } from '../../src/store/registry.js';
import { eventsOf, openOptions } from '../support/folder.js';
import { newStoreLocation } from '../support/store-location.js';
import { type Answer, WebhookReceiver, webhookSecret } from '../support/webhook-receiver.js';

export interface StartOptions {
  readonly triesMax?: number;
  readonly ageMaxMs?: number;
  readonly url?: string;
  readonly backend?: OutboxBackend;
  readonly pacing?: Pacing;
}

/** A store with the events a, b and c, a receiver, and outboxes between them, in this process. */
export class TestOutbox {
  readonly location: string;
  readonly store: Store;
  readonly receiver: WebhookReceiver;
  readonly errors: unknown[] = [];
  readonly parked: FailedMessage[] = [];
  stopped = 0;
  readonly #name: StoreName;

  private constructor(
    name: StoreName,
    where: { location: string; store: Store; receiver: WebhookReceiver },
  ) {
    this.#name = name;
    this.location = where.location;
    this.store = where.store;
    this.receiver = where.receiver;
  }

  /**
   * Creates one that is disposed of when the test ends.
   *
   * @param backup what is restored first
   */
  static async create(
    name: StoreName,
    answer?: Answer,
    backup?: readonly BackupEntry[],
  ): Promise<TestOutbox> {
    const { path, prepare, dispose } = await newStoreLocation(
      name,
      eventsOf(['a', 'b', 'c'], 10_000),
    );
    onTestFinished(dispose);
    if (backup === undefined) await prepare();
    else await restore(name, path, backup);
    const exclusive = { ...openOptions(path, false), exclusive: true };
    const store = await stores[name].open(exclusive);
    onTestFinished(() => store.close());
    const receiver = await WebhookReceiver.startForTest(answer);
    return new TestOutbox(name, { location: path, store, receiver });
  }

  /** Where its progress is kept. */
  newBackend(): Promise<OutboxBackend> {
    return createBackend({ store: this.#name, location: this.location, durable: false });
  }

  async start(options: StartOptions = {}): Promise<Outbox> {
    const { triesMax = 1_000, ageMaxMs = 1e12, url = this.receiver.url } = options;
    const outbox = await Outbox.start({
      backend: options.backend ?? (await this.newBackend()),
      target: { url, secret: webhookSecret, allowPrivate: true, timeoutMs: 1_000 },
      limits: { triesMax, ageMaxMs },
      pacing: options.pacing ?? { isBusy: () => false, lagMaxMs: 0 },
      events: {
        onFollowing() {},
        onFailed() {},
        onError: (error) => void this.errors.push(error),
        onParked: (message) => void this.parked.push(message),
        onStopped: () => void this.stopped++,
      },
    });
    onTestFinished(() => outbox.close(0));
    return outbox;
  }

  /** Sells a ticket to each of so many buyers, one commit after the other. */
  async buy(count: number, eventId = 'a'): Promise<Order[]> {
    const orders: Order[] = [];
    for (let index = 0; index < count; index++) {
      const command = { kind: 'buy', eventId, customer: `buyer ${index}`, quantity: 1 } as const;
      orders.push((await this.commit(command))[0] as Order);
    }
    return orders;
  }

  async commit(...commands: Command[]): Promise<readonly Result[]> {
    return (await this.store.sell(commands)).results;
  }

  /** Waits until so many messages were accepted, with repetitions. */
  async received(count: number): Promise<void> {
    const { accepted } = this.receiver;
    await expect.poll(() => accepted.length).toBeGreaterThanOrEqual(count);
    expect(accepted).toHaveLength(count);
  }
}

async function restore(name: StoreName, path: string, backup: readonly BackupEntry[]) {
  async function* entries() {
    yield* backup;
  }
  const options = { replace: true, seeds: '', waitMs: 0, approve: () => {} };
  await stores[name].restore(path, entries(), options);
}
