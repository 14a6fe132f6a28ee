import type { Command } from '../../booking/commands.js';
import { hasKey } from '../../booking/idempotency.js';
import { type BatchEvents, findBatchEvents, isText } from './batch-events.js';
import { OvertakenError } from './errors.js';
import { clockOf } from './inventory-rows.js';
import { hashOfKey } from './key-hash.js';
import { type KnownResult, toKnownResult } from './known-results.js';
import type { Session } from './session.js';
import { countHolds, type HoldRow, selectHoldsOfBatch, selectNextExpiry } from './sql/holds.js';
import { insertUnsavedEvents } from './sql/migrations.js';
import {
  type ClockedRow,
  type KeyedRow,
  lockInventory,
  selectResultsByKey,
  selectSeqs,
} from './sql/reads.js';
import { selectTaken, selectTakenAfter, type TakenRow } from './sql/tickets.js';

/** Everything that a batch is decided from. */
export interface BatchInput {
  /** The events of the batch as they are in the database; a missing one is unknown. */
  readonly rows: readonly ClockedRow[];
  readonly events: BatchEvents;
  /** What was done with the keys of this batch, by key. */
  readonly known: ReadonlyMap<string, readonly KnownResult[]>;
  /** Of the holds that count, those that the batch names, and the expired ones of its events. */
  readonly holds: readonly HoldRow[];
  /** When the next hold of an event expires, by its number, where some have expired by now. */
  readonly nextExpiry: ReadonlyMap<number, Date>;
  /** How many holds count, of all events. Only known if the batch makes one. */
  readonly holdCount: number;
  /** What became of the tickets that the batch names. */
  readonly taken: readonly TakenRow[];
}

type Reader = Pick<Session, 'rows'>;

/**
 * Reads what a batch is decided from. A batch of buys reads the rows of its events alone; every other
 * statement has a reason.
 *
 * @param inventory the statement that reads the rows of the events
 * @param exclusive whether the batch may only be decided from what was true at one moment
 */
export async function readBatch(
  session: Reader,
  commands: readonly Command[],
  inventory: string,
  exclusive: boolean,
): Promise<BatchInput> {
  const events = await findBatchEvents(session, commands);
  const rows = await readInventory(session, commands, inventory, events);
  // After the rows: a batch that waited for row locks must see what the one did that held them.
  const known = await findByKeys(session, commands);
  const now = clockOf(rows);
  const expired = rows.filter(({ next_expiry: next }) => next !== null && next <= now);
  const named = commands.flatMap((command) =>
    (command.kind === 'confirm' || command.kind === 'release') && isText(command.holdId)
      ? [command.holdId]
      : [],
  );
  const holds = await findHolds(session, expired, named, now);
  const nextExpiry = await findNextExpiry(session, expired, now);
  const makesHold = commands.some(({ kind }) => kind === 'hold');
  const holdCount = makesHold ? await countAll(session, now) : 0;
  const taken = await findTaken(session, commands, rows);
  const readMore = expired.length > 0 || named.length > 0 || taken !== undefined;
  if (readMore && exclusive && inventory !== lockInventory) await assertUnchanged(session, rows);
  return { rows, events, known, holds, nextExpiry, holdCount, taken: taken ?? [] };
}

async function readInventory(
  session: Reader,
  commands: readonly Command[],
  inventory: string,
  { ids }: BatchEvents,
): Promise<readonly ClockedRow[]> {
  const values = [[...ids].filter(isText)];
  const rows = await session.rows<ClockedRow>(inventory, values);
  const found = new Set(rows.map(({ id }) => id));
  const created = commands.flatMap((command) =>
    command.kind === 'saveEvent' && command.revision === undefined && !found.has(command.eventId)
      ? [command.eventId]
      : [],
  );
  if (created.length > 0) {
    // Now there is a row that two creators of one event compete for like any two batches.
    await session.rows(insertUnsavedEvents, [[...new Set(created)]]);
  } else if (rows.every(({ edited, details_edited: details }) => edited === details)) {
    return rows;
  }
  // Or: this batch waited for a lock while the details were edited, and has the old ones.
  return session.rows<ClockedRow>(inventory, values);
}

async function findByKeys(
  session: Reader,
  commands: readonly Command[],
): Promise<BatchInput['known']> {
  const keyOfHash = new Map<string, string>();
  for (const command of commands) {
    if (hasKey(command)) keyOfHash.set(hashOfKey(command.key), command.key);
  }
  const known = new Map<string, KnownResult[]>();
  if (keyOfHash.size === 0) return known;
  const rows = await session.rows<KeyedRow>(selectResultsByKey, [[...keyOfHash.keys()]]);
  for (const row of rows) {
    const key = keyOfHash.get(row.key_hash) as string;
    known.set(key, [...(known.get(key) ?? []), toKnownResult(row, key)]);
  }
  return known;
}

async function findHolds(
  session: Reader,
  expired: readonly ClockedRow[],
  named: readonly string[],
  now: Date,
): Promise<readonly HoldRow[]> {
  if (expired.length === 0 && named.length === 0) return [];
  return session.rows<HoldRow>(selectHoldsOfBatch, [numbersOf(expired), now, named]);
}

async function findNextExpiry(
  session: Reader,
  expired: readonly ClockedRow[],
  now: Date,
): Promise<BatchInput['nextExpiry']> {
  if (expired.length === 0) return new Map();
  const rows = await session.rows<{ event: number; next_expiry: Date }>(selectNextExpiry, [
    numbersOf(expired),
    now,
  ]);
  return new Map(rows.map(({ event, next_expiry: next }) => [event, next]));
}

async function countAll(session: Reader, now: Date): Promise<number> {
  const [row] = await session.rows<{ holds: number }>(countHolds, [now]);
  return row?.holds ?? 0;
}

/** What became of the tickets of a batch; `undefined` if it names none. */
async function findTaken(
  session: Reader,
  commands: readonly Command[],
  rows: readonly ClockedRow[],
): Promise<readonly TakenRow[] | undefined> {
  const numberOf = new Map(rows.map(({ id, number }) => [id, number]));
  const ranges: Pick<TakenRow, 'event' | 'first' | 'last'>[] = [];
  const whole = new Set<number>();
  for (const command of commands) {
    if (command.kind === 'admit') {
      const event = numberOf.get(command.eventId);
      const { serial } = command;
      if (event !== undefined && isSerial(serial))
        ranges.push({ event, first: serial, last: serial });
    } else if (command.kind === 'cancel') {
      const { eventId, serials } = command.order;
      const event = numberOf.get(eventId);
      const [first = 0] = serials;
      if (event !== undefined) ranges.push({ event, first, last: serials.at(-1) ?? first });
    } else if (command.kind === 'saveEvent') {
      const event = numberOf.get(command.eventId); // its result shows all of them
      if (event !== undefined) whole.add(event);
    }
  }
  if (ranges.length === 0 && whole.size === 0) return undefined;
  const ofRanges =
    ranges.length === 0 ? [] : await session.rows<TakenRow>(selectTaken, [JSON.stringify(ranges)]);
  if (whole.size === 0) return ofRanges;
  const wanted = Array.from(whole, (event) => ({ event, after: 0 }));
  const ofWhole = await session.rows<TakenRow>(selectTakenAfter, [JSON.stringify(wanted)]);
  return [...ofRanges.filter(({ event }) => !whole.has(event)), ...ofWhole];
}

/** Without locks, two statements may see two moments. If nothing was committed between, they saw one. */
async function assertUnchanged(session: Reader, rows: readonly ClockedRow[]): Promise<void> {
  const found = await session.rows<{ event: number; seq: number }>(selectSeqs, [numbersOf(rows)]);
  const seqOf = new Map(found.map(({ event, seq }) => [event, seq]));
  if (rows.some(({ number, seq }) => seqOf.get(number) !== seq)) {
    throw new OvertakenError('overtaken while it read');
  }
}

/** What PostgreSQL's integer can hold. */
const isSerial = (serial: number): boolean => serial >= 1 && serial < 2 ** 31;

const numbersOf = (rows: readonly ClockedRow[]): number[] => rows.map(({ number }) => number);
