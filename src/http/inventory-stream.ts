import type { ServerResponse } from 'node:http';
import { isOnSale, type TicketState } from '../booking/inventory.js';
import type { AppContext } from './app-context.js';

/** Most streams per worker; further clients get 503 and retry. */
const LISTENERS_MAX = 256;

/** How often the store is polled while there is a listener, however many there are. */
const POLL_MS = 200;

/** A quiet stream gets a comment this often, so that no proxy closes it as dead. */
const KEEP_ALIVE_MS = 4_000;

/** A client with more unread bytes than this, besides the counts of all events, is disconnected. */
const BACKLOG_BYTES_MAX = 256 * 1024;

/** A client that leaves bytes unread for this long is disconnected. */
const UNREAD_MS_MAX = 10_000;

/**
 * A stream ends after this time, and its browser reconnects. A client that never reads cannot do so: on a
 * quiet stream the buffers of the system would hide that for hours, and it would keep its place.
 */
const STREAM_MS_MAX = 10 * 60_000;

/** How long a client may take to close its side of a stream that ended. */
const LINGER_MS = 2_000;

/** How long a browser waits before it reconnects, in milliseconds. */
const RETRY_MS = 1_000;

/**
 * Sends the remaining tickets of each event to browsers as they change, as server-sent events. It
 * polls the store instead of listening to this worker's sales, so it sees those of other workers too.
 */
export class InventoryStream {
  readonly #context: AppContext;
  readonly #listeners = new Set<ServerResponse>();
  /** Since when a listener has left bytes unread. */
  readonly #unreadSince = new WeakMap<ServerResponse, number>();
  readonly #remaining = new Map<string, number>();
  readonly #revisions = new Map<string, number>();
  /** Of the events whose sale begins or ends at a time: whether it is on. */
  readonly #onSale = new Map<string, boolean>();
  /** The state of the last poll. */
  #state: TicketState | undefined;
  /** Listeners that reconnected since the last poll: they may have missed something. */
  readonly #reconnected = new Set<ServerResponse>();
  /** How long the counts of all events were when they were last sent. */
  #allCountsBytes = 0;
  #tag: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastSentAt = 0;

  constructor(context: AppContext) {
    this.#context = context;
  }

  get full(): boolean {
    return this.#listeners.size >= LISTENERS_MAX;
  }

  /**
   * Adds a listener. It gets `hello`, upon which it may read the whole state from `/search`.
   *
   * @param lastEventId of a listener that reconnects: it gets the counts of all events, too
   */
  add(listener: ServerResponse, lastEventId?: string): void {
    this.#listeners.add(listener);
    if (lastEventId !== undefined) this.#reconnected.add(listener);
    const lifetime = setTimeout(() => this.#endOne(listener), STREAM_MS_MAX).unref();
    listener.on('close', () => {
      clearTimeout(lifetime);
      this.#listeners.delete(listener);
      this.#reconnected.delete(listener);
    });
    // The server keeps half-closed connections open, to answer requests. A stream has no reader then.
    listener.socket?.once('end', () => listener.destroy());
    listener.write(`retry: ${RETRY_MS}\n${formatEvent('hello', {})}`);
    if (this.#timer === undefined) this.#start();
  }

  /** Ends all streams; the browsers reconnect to another worker. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const listener of this.#listeners) listener.end();
  }

  #start(): void {
    this.#remaining.clear();
    this.#revisions.clear();
    this.#onSale.clear();
    this.#state = undefined;
    this.#tag = undefined;
    this.#lastSentAt = performance.now();
    this.#timer = setTimeout(() => void this.#poll());
  }

  async #poll(): Promise<void> {
    const changes = await this.#readChanges().catch(() => undefined); // the next poll tries again
    if (this.#context.queue.draining || this.#listeners.size === 0) return this.end();
    if (changes !== undefined) {
      const { counts, edits } = changes;
      if (edits !== undefined) this.#send(formatEvent('edits', edits, counts.version));
      this.#send(formatEvent('counts', counts, counts.version));
    }
    const sales = this.#readSales();
    if (sales !== undefined) this.#send(formatEvent('sales', sales));
    if (performance.now() - this.#lastSentAt > KEEP_ALIVE_MS) this.#send(': still here\n\n');
    this.#sendAllCounts();
    for (const listener of this.#listeners) if (this.#isSlow(listener)) listener.destroy();
    this.#timer = setTimeout(() => void this.#poll(), POLL_MS);
  }

  /** What changed since the last poll; `undefined` if nothing did, and at the first poll. */
  async #readChanges() {
    const { state, tag } = await this.#context.store.search();
    if (tag === this.#tag) return undefined;
    const isFirst = this.#tag === undefined;
    this.#tag = tag;
    this.#state = state;
    const edits = this.#followEdits(state);
    const remaining: Record<string, number> = {};
    for (const [id, event] of Object.entries(state.events)) {
      if (this.#remaining.get(id) === event.remaining) continue;
      this.#remaining.set(id, event.remaining);
      remaining[id] = event.remaining;
    }
    this.#followSales(state);
    return isFirst ? undefined : { counts: { version: state.version, remaining }, edits };
  }

  /** The events that were created, changed or removed since the last poll, if any were. */
  #followEdits({ events }: TicketState): { saved: string[]; removed: string[] } | undefined {
    const removed = [...this.#revisions.keys()].filter((id) => !Object.hasOwn(events, id));
    for (const id of removed) {
      this.#revisions.delete(id);
      this.#remaining.delete(id);
    }
    const saved: string[] = [];
    for (const [id, { revision }] of Object.entries(events)) {
      if (this.#revisions.get(id) !== revision) saved.push(id);
      this.#revisions.set(id, revision);
    }
    return saved.length + removed.length === 0 ? undefined : { saved, removed };
  }

  /** Remembers which events have a time at which their sale begins or ends, and whether it is on. */
  #followSales({ events }: TicketState): void {
    const now = new Date().toISOString();
    for (const id of this.#onSale.keys()) if (!hasWindow(events[id])) this.#onSale.delete(id);
    for (const [id, event] of Object.entries(events)) {
      if (hasWindow(event) && !this.#onSale.has(id)) this.#onSale.set(id, isOnSale(event, now));
    }
  }

  /** The sales that began or ended since the last poll. */
  #readSales(): { open: string[]; closed: string[] } | undefined {
    const { events = {} } = this.#state ?? {};
    const now = new Date().toISOString();
    const changed = [...this.#onSale].flatMap(([id, wasOnSale]) => {
      const event = events[id];
      return event !== undefined && isOnSale(event, now) !== wasOnSale ? [id] : [];
    });
    if (changed.length === 0) return undefined;
    for (const id of changed) this.#onSale.set(id, !this.#onSale.get(id));
    const isOpen = (id: string) => this.#onSale.get(id) === true;
    return { open: changed.filter(isOpen), closed: changed.filter((id) => !isOpen(id)) };
  }

  /** Sends the counts of all events to those that may have missed something. */
  #sendAllCounts(): void {
    if (this.#reconnected.size === 0 || this.#state === undefined) return;
    const { version } = this.#state;
    const counts = { version, remaining: Object.fromEntries(this.#remaining) };
    const text = formatEvent('counts', counts, version);
    this.#allCountsBytes = Buffer.byteLength(text);
    for (const listener of this.#reconnected) listener.write(text);
    this.#reconnected.clear();
  }

  #send(text: string): void {
    this.#lastSentAt = performance.now();
    for (const listener of this.#listeners) listener.write(text);
  }

  #isSlow(listener: ServerResponse): boolean {
    if (listener.writableLength === 0) {
      this.#unreadSince.delete(listener);
      return false;
    }
    const now = performance.now();
    const since = this.#unreadSince.get(listener) ?? now;
    this.#unreadSince.set(listener, since);
    return (
      listener.writableLength > BACKLOG_BYTES_MAX + this.#allCountsBytes ||
      now - since > UNREAD_MS_MAX
    );
  }

  /** Ends a stream, also if its client does not close its side. */
  #endOne(listener: ServerResponse): void {
    listener.end();
    setTimeout(() => listener.destroy(), LINGER_MS).unref();
  }
}

const hasWindow = (event: TicketState['events'][string] | undefined): boolean =>
  event?.salesFrom !== undefined || event?.salesUntil !== undefined;

const formatEvent = (event: string, data: object, id?: number): string =>
  `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
