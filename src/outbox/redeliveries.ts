import type { ReadMessage } from './backend.js';
import type { FailedMessage } from './delivery-lanes.js';
import { REDELIVERIES_MAX, type Redelivery } from './progress.js';

/** Messages out of their order: parked ones, and those that are to be delivered again. */
export class Redeliveries {
  readonly #all = new Map<string, Redelivery>();

  get all(): readonly Redelivery[] {
    return [...this.#all.values()];
  }

  get isFull(): boolean {
    return this.#all.size >= REDELIVERIES_MAX;
  }

  has(id: string): boolean {
    return this.#all.has(id);
  }

  put(redelivery: Redelivery): void {
    this.#all.set(redelivery.id, redelivery);
  }

  remove(id: string): void {
    this.#all.delete(id);
  }

  /** The parked message with this id, or all. */
  parked(id: string | undefined): readonly Redelivery[] {
    return this.all.filter(
      (each) => each.parked !== undefined && (id === undefined || each.id === id),
    );
  }

  /** Keeps a message that is given up; of an order only its id, because its name may be erased. */
  park(message: ReadMessage | Redelivery, { tries, reason }: FailedMessage): void {
    const { id, type, eventId, at, data } = message;
    const { orderId } = 'position' in message ? (data as { orderId?: string }) : message;
    const parked = { at: new Date().toISOString(), tries, reason };
    const content = orderId === undefined ? { data: { ...data } } : { orderId };
    this.put({ id, type, eventId, at, ...content, parked });
  }
}
