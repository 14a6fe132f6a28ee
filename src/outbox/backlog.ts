import type { ReadMessage } from './backend.js';
import { isAfter, type Position } from './message.js';
import type { Cursor, Progress } from './progress.js';

/** What was read and not delivered, and up to where the messages of each event were. */
export class Backlog {
  /** In the order of the log. */
  readonly #undelivered = new Set<ReadMessage>();
  readonly #positions = new Map<string, Position>();
  /** Up to where the log was read. */
  #readUpTo: Cursor | undefined;

  constructor({ cursor, positions }: Pick<Progress, 'cursor' | 'positions'>) {
    this.#readUpTo = cursor;
    for (const [id, position] of Object.entries(positions)) this.#positions.set(id, position);
  }

  get size(): number {
    return this.#undelivered.size;
  }

  /** The first one in the log. */
  get oldest(): ReadMessage | undefined {
    const [first] = this.#undelivered;
    return first;
  }

  /** Takes a page. @returns those of its messages that were not delivered before */
  add(messages: readonly ReadMessage[], readUpTo: Cursor | undefined): readonly ReadMessage[] {
    this.#readUpTo = readUpTo;
    const added = messages.filter(({ eventId, position }) =>
      isAfter(position, this.#positions.get(eventId)),
    );
    for (const message of added) this.#undelivered.add(message);
    return added;
  }

  /** A message was delivered or parked. */
  settle(message: ReadMessage): void {
    this.#undelivered.delete(message);
    this.#positions.set(message.eventId, message.position);
  }

  /** Where a restart must read from, and what it may leave out. */
  progress(): Pick<Progress, 'cursor' | 'positions'> {
    const cursor = this.oldest === undefined ? this.#readUpTo : this.oldest.resume;
    return { ...(cursor && { cursor }), positions: positionsFrom(this.#positions, cursor) };
  }
}

/** The positions that a restart needs: of a folder, those of messages behind the cursor. */
export function positionsFrom(
  positions: ReadonlyMap<string, Position>,
  cursor: Cursor | undefined,
): Record<string, [number, number]> {
  const needed = [...positions].filter(([, [commit]]) => commit >= (cursor?.offset ?? 0));
  return Object.fromEntries(needed.map(([eventId, [commit, index]]) => [eventId, [commit, index]]));
}
