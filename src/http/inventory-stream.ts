import type { ServerResponse } from 'node:http';
import type { AppContext } from './app-context.js';

/** Browsers that one worker tells of changes; more are asked to try again. */
const LISTENERS_MAX = 256;

/** How often the store is looked at while somebody listens, however many they are. */
const LOOK_MS = 200;

/** A comment this often keeps a quiet connection from counting as dead. */
const QUIET_MS = 4_000;

/** A browser that has not taken so much yet is dropped; it comes back when it can. */
const BACKLOG_BYTES_MAX = 256 * 1024;

/** How soon a browser that lost its stream asks again, in milliseconds. */
const RETRY_MS = 1_000;

/**
 * Tells browsers what is left of each event as it changes, as server-sent events. A change that
 * another process made is seen as well: the store is asked, not this worker's own sales.
 */
export class InventoryStream {
  readonly #office: AppContext;
  readonly #listeners = new Set<ServerResponse>();
  readonly #remaining = new Map<string, number>();
  #tag: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #quietSince = 0;

  constructor(office: AppContext) {
    this.#office = office;
  }

  get full(): boolean {
    return this.#listeners.size >= LISTENERS_MAX;
  }

  /** Begins to tell this browser. It asks `/search` for the rest as soon as it hears `hello`. */
  add(listener: ServerResponse): void {
    this.#listeners.add(listener);
    listener.on('close', () => this.#listeners.delete(listener));
    listener.write(`retry: ${RETRY_MS}\n${message('hello', { worker: this.#office.worker })}`);
    if (this.#timer === undefined) this.#begin();
  }

  /** Ends every stream: the browsers find another worker. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const listener of this.#listeners) listener.end();
  }

  #begin(): void {
    this.#remaining.clear();
    this.#tag = undefined;
    this.#quietSince = performance.now();
    this.#timer = setTimeout(() => void this.#look());
  }

  async #look(): Promise<void> {
    const changed = await this.#changed().catch(() => undefined); // out of reach for now
    if (this.#office.queue.draining || this.#listeners.size === 0) return this.end();
    if (changed !== undefined) this.#tell(message('counts', changed));
    else if (performance.now() - this.#quietSince > QUIET_MS) this.#tell(': still here\n\n');
    this.#timer = setTimeout(() => void this.#look(), LOOK_MS);
  }

  /** What differs from the last look; at the first one nothing does. */
  async #changed() {
    const { state, tag } = await this.#office.store.search();
    if (tag === this.#tag) return undefined;
    const isFirst = this.#tag === undefined;
    this.#tag = tag;
    const remaining: Record<string, number> = {};
    for (const [id, event] of Object.entries(state.events)) {
      if (this.#remaining.get(id) === event.remaining) continue;
      this.#remaining.set(id, event.remaining);
      remaining[id] = event.remaining;
    }
    return isFirst ? undefined : { version: state.version, remaining };
  }

  #tell(text: string): void {
    this.#quietSince = performance.now();
    for (const listener of this.#listeners) {
      if (listener.writableLength > BACKLOG_BYTES_MAX) listener.destroy();
      else listener.write(text);
    }
  }
}

const message = (event: string, data: object): string =>
  `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
