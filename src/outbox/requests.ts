import { z } from 'zod';
import { type MessageType, messageId } from './message.js';
import type { Redelivery } from './progress.js';

/** What an operator asks of the process that follows the log. */
const outboxRequest = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('resend'), orderId: z.string(), eventId: z.string(), at: z.string() }),
  /** One message, or all; a receiver that answered 410 is tried again, too. */
  z.object({ kind: z.literal('retry'), id: z.string().optional() }),
  z.object({ kind: z.literal('skip'), id: z.string().optional() }),
]);

export type OutboxRequest = Readonly<z.infer<typeof outboxRequest>>;

/** A request and its name, which no other one has. */
export interface NamedRequest {
  readonly name: string;
  readonly request: OutboxRequest;
}

/** Where requests wait for the process that follows the log. */
export interface RequestStore {
  /** @returns its name; `undefined` if `max` wait already */
  add(request: OutboxRequest, max: number): Promise<string | undefined>;
  has(name: string): Promise<boolean>;
  /** The oldest, as they were read. */
  oldest(max: number): Promise<readonly { readonly name: string; readonly request: unknown }[]>;
  remove(name: string): Promise<void>;
}

/** Requests that wait. */
const REQUESTS_MAX = 1_000;

/** Too many requests wait. */
export class OutboxBusyError extends Error {
  readonly code = 'OUTBOX_BUSY';
}

/** What operators ask of the process that follows the log; any process may leave a request. */
export class OutboxRequests {
  readonly #store: RequestStore;

  constructor(store: RequestStore) {
    this.#store = store;
  }

  /** @returns its name @throws OutboxBusyError when too many wait */
  async add(request: OutboxRequest): Promise<string> {
    const name = await this.#store.add(request, REQUESTS_MAX);
    if (name === undefined) throw new OutboxBusyError('too many requests wait already');
    return name;
  }

  /** Whether a request still waits. */
  has(name: string): Promise<boolean> {
    return this.#store.has(name);
  }

  /**
   * All of them, the oldest first: those that must wait for room may not keep back those that make room. What
   * is no request is removed.
   */
  async all(): Promise<readonly NamedRequest[]> {
    const found: NamedRequest[] = [];
    for (const { name, request } of await this.#store.oldest(REQUESTS_MAX)) {
      const parsed = outboxRequest.safeParse(request).data;
      if (parsed === undefined) await this.#store.remove(name);
      else found.push({ name, request: parsed });
    }
    return found;
  }

  remove(name: string): Promise<void> {
    return this.#store.remove(name);
  }
}

/** An order that is delivered once more, as a new message: its receiver may have dealt with the first. */
export const redeliveryOf = (
  name: string,
  { orderId, eventId, at }: Extract<OutboxRequest, { kind: 'resend' }>,
): Redelivery => ({
  id: messageId('resend', name),
  type: 'order.created' satisfies MessageType,
  eventId,
  at,
  orderId,
});
