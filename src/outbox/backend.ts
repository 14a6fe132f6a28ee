import type { Order } from '../booking/outcomes.js';
import type { OutboxMessage } from './message.js';
import type { Cursor, Progress } from './progress.js';
import type { OutboxRequests } from './requests.js';

/** A message as it was read, and where reading must begin to find it again. */
export interface ReadMessage extends OutboxMessage {
  readonly resume?: Cursor;
}

export interface MessagePage {
  readonly messages: readonly ReadMessage[];
  /** Where the next page begins; missing where each event has a place of its own. */
  readonly cursor?: Cursor;
  /** Whether the next page may have messages already. */
  readonly more: boolean;
}

/** Reads the log of a store: what was committed, in the order of each event. */
export interface MessageSource {
  /**
   * The next messages, once they are durable; none at the end of the log. No commit is divided, so there
   * may be more than `limit`.
   */
  read(limit: number): Promise<MessagePage>;
  /** An order as it is on record now. */
  order(orderId: string): Promise<Order | undefined>;
  close(): Promise<void>;
}

/** The outbox of a folder or of a database, while this process alone follows it. */
export interface AcquiredOutbox {
  readonly requests: OutboxRequests;
  load(): Promise<Progress>;
  /** Opens the log at a place. */
  openSource(progress: Progress): Promise<MessageSource>;
  /**
   * Saves the progress durably.
   *
   * @throws OutboxLostError when another process may follow the log
   */
  save(progress: Progress): Promise<void>;
  /** Lets another process follow the log. */
  close(): Promise<void>;
}

/** Where the progress of the outbox is kept, and who follows the log. */
export interface OutboxBackend {
  readonly requests: OutboxRequests;
  /** Begins at the end of the log, if there is no progress yet. Several processes may do so at once. */
  create(): Promise<void>;
  /** `undefined` while another process follows the log. */
  acquire(): Promise<AcquiredOutbox | undefined>;
  /** The newest progress that any process saved; `undefined` if there was no webhook yet. */
  read(): Promise<Progress | undefined>;
  close(): Promise<void>;
}

/** Another process may follow the log now. */
export class OutboxLostError extends Error {
  readonly code = 'OUTBOX_LOST';
}
