import type { Command } from '../../booking/commands.js';
import { decideWithKeys, type KeyedOutcome } from '../../booking/idempotency.js';
import { eventOf, type TicketEvent, type TicketState } from '../../booking/inventory.js';
import type {
  Admitted,
  Cancelled,
  Held,
  Released,
  Removed,
  Saved,
  Sold,
} from '../../booking/outcomes.js';
import { type BatchEvents, eventIdOf } from './batch-events.js';
import { clockOf, takenOf, toEvent, toHolds, versionOf } from './inventory-rows.js';
import { findAmong, type KnownResult } from './known-results.js';
import type { BatchInput } from './read-batch.js';
import type { HoldRow } from './sql/holds.js';
import type { ClockedRow } from './sql/reads.js';

export type DatabaseOutcome = KeyedOutcome<KnownResult>;

/** What a commit writes, apart from the holds that it ends by time. */
export type Done = Sold | Held | Released | Cancelled | Admitted | Saved | Removed;

/** What a batch does to one event. */
export interface EventCommit {
  readonly before: ClockedRow;
  /** The event after it; `undefined` if it is removed. */
  readonly after: TicketEvent | undefined;
  /** The time of the commit, in ISO 8601 and UTC. */
  readonly at: string;
  /** Everything that was done, in order. The serials of its sales are consecutive. */
  readonly done: readonly Done[];
  /** The holds whose time was over. */
  readonly expired: readonly string[];
  /** No hold that is left ends before it. */
  readonly nextExpiry: string | undefined;
}

export interface BatchDecision {
  /** In the order of the batch. */
  readonly outcomes: readonly DatabaseOutcome[];
  /** One for each event that was changed. */
  readonly commits: readonly EventCommit[];
  /** The sum of the versions of all events of the batch, after it. */
  readonly version: number;
}

/**
 * Decides a batch event by event. Each event has its own versions, so two events never wait for each
 * other. Commands of one event keep their order. Pure.
 */
export function decideBatch(input: BatchInput, commands: readonly Command[]): BatchDecision {
  const { rows, known } = input;
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  const now = clockOf(rows);
  const findByKey = findAmong(known);
  const outcomes: DatabaseOutcome[] = [];
  const commits: EventCommit[] = [];
  const expired = new Map<number, string[]>();
  let holdCount = input.holdCount;

  for (const [eventId, group] of groupByEvent(commands, input.events, idsWithExpired(input))) {
    const before = eventId === undefined ? undefined : rowOf.get(eventId);
    const holds = input.holds.filter(({ event }) => event === before?.number);
    const state = before === undefined ? nothing : stateOf(before, input, holds, now, holdCount);
    const decision = decideWithKeys(
      state,
      group.map(({ command }) => command),
      now.toISOString(),
      findByKey,
    );
    for (const [index, outcome] of decision.outcomes.entries()) {
      const { position = 0 } = group[index] ?? {};
      outcomes[position] = outcome;
      if (outcome.kind !== 'expired') continue;
      expired.set(position, [...(expired.get(position) ?? []), ...outcome.holdIds]);
    }
    if (!decision.changed || before === undefined || eventId === undefined) continue;
    const commit: EventCommit = {
      before,
      after: eventOf(decision.after, eventId),
      at: decision.at,
      done: decision.outcomes.filter(isDone),
      expired: holds.filter(({ until }) => isOver(until, decision.at)).map(({ id }) => id),
      nextExpiry: nextExpiryOf(before, input, decision.at, decision.outcomes),
    };
    commits.push(commit);
    holdCount += commit.done.filter(({ kind }) => kind === 'held').length;
  }
  const version = versionOf(rows) + commits.length;
  for (const [position, holdIds] of expired) {
    outcomes[position] = { kind: 'expired', holdIds, version }; // of all events
  }
  return { outcomes, commits, version };
}

/** The state without any event. */
const nothing: TicketState = { version: 0, events: {} };

/** The state of one event: the holds and the tickets that the batch needs. */
function stateOf(
  row: ClockedRow,
  { taken }: BatchInput,
  holds: readonly HoldRow[],
  now: Date,
  holdCount: number,
): TicketState {
  const event = toEvent(row, taken.length === 0 ? undefined : takenOf(taken, row.number));
  const counted = holds.filter(({ until }) => until > now).length;
  return {
    version: row.seq,
    ...(row.at !== null && { at: row.at.toISOString() }),
    events: event === undefined ? {} : { [row.id]: event },
    ...(holds.length > 0 && { holds: toHolds(holds, row.id) }),
    holdsElsewhere: Math.max(0, holdCount - counted),
  };
}

const isOver = (until: Date, at: string): boolean => until.toISOString() <= at;

/** The earliest time at which a hold may end. It may be too early, never too late. */
function nextExpiryOf(
  { next_expiry: before, number }: ClockedRow,
  { nextExpiry }: BatchInput,
  at: string,
  outcomes: readonly DatabaseOutcome[],
): string | undefined {
  const known = before === null || !isOver(before, at) ? before : (nextExpiry.get(number) ?? null);
  let next = known?.toISOString();
  for (const outcome of outcomes) {
    if (outcome.kind !== 'held') continue;
    if (next === undefined || outcome.until < next) next = outcome.until;
  }
  return next;
}

const kindsDone: ReadonlySet<string> = new Set<Done['kind']>([
  'sold',
  'held',
  'released',
  'cancelled',
  'admitted',
  'saved',
  'removed',
]);

const isDone = (outcome: DatabaseOutcome): outcome is Done => kindsDone.has(outcome.kind);

interface PositionedCommand {
  readonly command: Command;
  /** Its position in the batch. */
  readonly position: number;
}

/** The commands of each event. The expiry of all holds belongs to every event that has expired ones. */
function groupByEvent(
  commands: readonly Command[],
  events: BatchEvents,
  withExpired: readonly string[],
): Map<string | undefined, PositionedCommand[]> {
  const groups = new Map<string | undefined, PositionedCommand[]>();
  for (const [position, command] of commands.entries()) {
    const expires = command.kind === 'expireHolds' && withExpired.length > 0;
    for (const eventId of expires ? withExpired : [eventIdOf(command, events)]) {
      const group = groups.get(eventId);
      if (group === undefined) groups.set(eventId, [{ command, position }]);
      else group.push({ command, position });
    }
  }
  return groups;
}

function idsWithExpired({ rows, holds }: BatchInput): string[] {
  const at = clockOf(rows);
  const expired = new Set(holds.filter(({ until }) => until <= at).map(({ event }) => event));
  return rows.filter(({ number }) => expired.has(number)).map(({ id }) => id);
}
