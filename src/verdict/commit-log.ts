import { ERASED } from '../booking/outcomes.js';
import { holdName, namesOf, ticketName } from './change-names.js';
import { DueHolds } from './due-holds.js';
import { applyOp, type EventSoFar, newEvent, windowOf } from './event-so-far.js';
import {
  type LifeRuleName,
  type LifeRules,
  type LoggedEvent,
  type LoggedHold,
  lifeRules,
  remainingOf,
} from './life-rules.js';
import type {
  AdmittedOp,
  HeldOp,
  KeyedOp,
  ReferenceCommit,
  ReferenceLog,
  RequestedOp,
  SoldOp,
} from './reference-log.js';
import { everyState, type StateRanges } from './state-ranges.js';

/** A change that a client asked for, and its position among all changes, counted from 1. */
export interface LoggedChange<Op extends RequestedOp = RequestedOp> {
  readonly position: number;
  readonly version: number;
  /** The time of its commit. */
  readonly at: string;
  readonly op: Op;
  /** How many tickets of its event remain after it. */
  readonly remaining: number;
}

/** A change that breaks a rule. */
export interface BrokenRule {
  readonly rule: LifeRuleName;
  readonly version: number;
  readonly what: string;
}

/**
 * The commits of a reference log as one sequence of changes, indexed for the checks of a history. State
 * `k` is the inventory after the first `k` changes; state 0 is before all of them. Changes of one commit
 * are adjacent, so the states within a commit are the prefixes of its batch.
 *
 * A hold ends by time at the first commit that is not before its `until`, before the commit's own
 * changes. Each such end is a change of its own, in the order of `until`: the server decides a request
 * without holds whose time is over, even if no process has committed their release. So between two commits
 * an answer may fit these states, and after the last one too, where the holds that are left follow.
 */
export class CommitLog {
  /** What is wrong with the log itself, such as a commit out of sequence. */
  readonly error: string | undefined;
  /** What breaks a rule of a ticket's life. */
  readonly brokenRules: BrokenRule[] = [];
  /** In order; a hold that ends by time is `undefined`. */
  readonly #changes: (LoggedChange | undefined)[] = [];
  /** The version that a state shows: for a hold that ended by time, the one before its commit. */
  readonly #versions: number[] = [0];
  /** The state after each version, and the one after the holds whose time was over; by version. */
  readonly #ends: number[] = [0];
  readonly #expiryEnds: number[] = [0];
  readonly #times: string[] = [''];
  readonly #events = new Map<string, EventSoFar>();
  readonly #holds = new Map<string, LoggedHold>();
  readonly #byName = new Map<string, LoggedChange[]>();
  readonly #byKey = new Map<string, LoggedChange<KeyedOp>[]>();
  readonly #rules: [LifeRuleName, LifeRules[LifeRuleName]][];
  #due: DueHolds;

  constructor({ events, commits }: ReferenceLog, rules: LifeRules = lifeRules) {
    this.#rules = Object.entries(rules) as [LifeRuleName, LifeRules[LifeRuleName]][];
    for (const [id, event] of events) this.#events.set(id, newEvent(event));
    this.#due = new DueHolds(commits);
    for (const commit of commits) this.error ??= this.#commit(commit);
    this.#expiryEnds.push(this.#expire(this.#due.all(), this.lastVersion));
  }

  get lastVersion(): number {
    return this.#ends.length - 1;
  }

  /** The last state of all. */
  get lastState(): number {
    return this.#changes.length;
  }

  /** All states. */
  get states(): StateRanges {
    return [{ from: 0, to: this.lastState }];
  }

  /** The changes that clients asked for, in order. */
  *changes(): Generator<LoggedChange> {
    for (const change of this.#changes) if (change !== undefined) yield change;
  }

  /** The state after a version is complete; `undefined` if there is no such version. */
  stateAfter(version: number): number | undefined {
    return this.#ends[version];
  }

  /** The last state that an answer may show which names this version. */
  lastStateOf(version: number): number | undefined {
    return this.#expiryEnds[version + 1];
  }

  /** The newest version that an answer from this state proves. */
  versionAt(state: number): number {
    return this.#versions[Math.min(state, this.lastState)] ?? 0;
  }

  /** The state that an answer from this one proves to be reached: its commit is complete. */
  endOfCommitAt(state: number): number {
    return this.stateAfter(this.versionAt(state)) ?? state;
  }

  /** The last state that was committed before a time (milliseconds since 1970). */
  lastStateBefore(time: number): number {
    let [low, high] = [0, this.#times.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (middle === 0 || Date.parse(this.#times[middle] as string) < time) low = middle + 1;
      else high = middle;
    }
    return this.#expiryEnds[low] ?? this.lastState;
  }

  /** The changes with a name, in order: of a healthy log, at most one, unless an event was removed. */
  named(name: string): readonly LoggedChange[] {
    return this.#byName.get(name) ?? [];
  }

  /** The changes made with an idempotency key, in order. */
  withKey(key: string): readonly LoggedChange<KeyedOp>[] {
    return this.#byKey.get(key) ?? [];
  }

  hold(id: string): LoggedHold | undefined {
    return this.#holds.get(id);
  }

  /** The sale of a hold. */
  withHold(id: string): LoggedChange<SoldOp> | undefined {
    return this.named(holdName('confirm', id))[0] as LoggedChange<SoldOp> | undefined;
  }

  /** The sale, the cancellation and the admission of a ticket. */
  sold(id: string, serial: number): LoggedChange | undefined {
    return this.named(ticketName('buy', id, serial))[0];
  }

  cancelled(id: string, serial: number): LoggedChange | undefined {
    return this.named(ticketName('cancel', id, serial))[0];
  }

  admitted(id: string, serial: number): LoggedChange<AdmittedOp> | undefined {
    return this.named(ticketName('admit', id, serial))[0] as LoggedChange<AdmittedOp> | undefined;
  }

  /** How many tickets an event has in a state, sold or not. */
  capacityAt(id: string, state: number): number | undefined {
    const event = this.#events.get(id);
    return event && event.remainingOverTime.at(state) + event.takenOverTime.at(state);
  }

  /** How many tickets of an event remain in a state; `undefined` if it does not exist then. */
  remainingAt(id: string, state: number): number | undefined {
    const event = this.#events.get(id);
    if (event === undefined || event.revisionOverTime.at(state) === 0) return undefined;
    return event.remainingOverTime.at(state);
  }

  /** The states in which exactly this many tickets of an event remain. */
  statesWithRemaining(id: string, remaining: number): StateRanges {
    return this.#events.get(id)?.remainingOverTime.statesWith(remaining) ?? [];
  }

  /** The states in which exactly this many tickets of an event are sold or held. */
  statesWithTaken(id: string, taken: number): StateRanges {
    if (taken === 0 && !this.#events.has(id)) return everyState;
    return this.#events.get(id)?.takenOverTime.statesWith(taken) ?? [];
  }

  /** The states in which an event has a revision; with 0, those in which it does not exist. */
  statesWithRevision(id: string, revision: number): StateRanges {
    const event = this.#events.get(id);
    if (event === undefined) return revision === 0 ? everyState : [];
    return event.revisionOverTime.statesWith(revision);
  }

  /** The states in which an event cannot be removed. */
  statesInUse(id: string): StateRanges {
    return this.#events.get(id)?.inUseOverTime.statesWith(true) ?? [];
  }

  /** The states in which an event is sold from one time until another. */
  statesWithWindow(id: string, salesFrom?: string, salesUntil?: string): StateRanges {
    const window = windowOf({ salesFrom, salesUntil });
    return this.#events.get(id)?.windowOverTime.statesWith(window) ?? [];
  }

  /** Adds a commit. Returns what makes the log useless as a reference, if anything. */
  #commit({ version, at, ops }: ReferenceCommit): string | undefined {
    const before = this.lastVersion;
    if (version !== before + 1) return `commit ${version} is out of sequence`;
    const last = this.#times.at(-1) as string;
    const now = last > at ? last : at; // older versions wrote the time of each append, which may go back
    const due = this.#due.until(now, version);
    const listed = ops.flatMap((op) => (op.op === 'expire' ? op.holds : []));
    for (const id of listed) {
      const hold = this.#holds.get(id);
      if (hold !== undefined && due.delete(hold)) continue;
      if (hold === undefined || hold.end !== undefined || hold.op.until > now) {
        return `commit ${version} ends hold ${id} by time, but not at its time`;
      }
    }
    for (const { op } of due) return `commit ${version} does not end hold ${op.hold} at its time`;
    const expired = listed.map((id) => this.#holds.get(id) as LoggedHold);
    expired.sort((a, b) => (a.op.until < b.op.until ? -1 : 1));
    this.#expiryEnds.push(this.#expire(expired, before));
    for (const op of ops) {
      if (op.op === 'expire') continue;
      const error = this.#add(op, version, now);
      if (error !== undefined) return `commit ${version} ${error}`;
    }
    this.#ends.push(this.lastState);
    this.#times.push(now);
    return undefined;
  }

  /** Ends holds by time, in states that show a version. Returns the last of these states. */
  #expire(holds: readonly LoggedHold[], version: number): number {
    for (const hold of holds) {
      const { event: id, quantity } = hold.op;
      this.#changes.push(undefined);
      this.#versions.push(version);
      hold.end = 'expired';
      hold.endedAt = this.lastState;
      const event = this.#events.get(id);
      if (event === undefined) continue;
      event.held -= quantity;
      this.#note(event);
    }
    return this.lastState;
  }

  /** Adds a change. Returns what is wrong with it, if that makes the log useless. */
  #add(op: RequestedOp, version: number, at: string): string | undefined {
    const event = this.#events.get(op.event) ?? newEvent();
    this.#events.set(op.event, event);
    const holdId = op.op === undefined || op.op === 'release' ? op.hold : undefined;
    const hold = holdId === undefined ? undefined : this.#holds.get(holdId);
    const error = whatContradicts(op, event, holdId, hold);
    if (error !== undefined) return error;
    const step = { op, at, event, hold };
    for (const [rule, check] of this.#rules) {
      const what = check?.(step);
      if (what !== undefined) this.brokenRules.push({ rule, version, what });
    }
    applyOp(op, event);
    const position = this.lastState + 1;
    if (hold !== undefined) {
      hold.end ??= op.op === 'release' ? 'released' : 'confirmed';
      hold.endedAt ??= position;
    }
    if (op.op === 'hold') {
      const made: LoggedHold = { op, madeAt: position };
      this.#holds.set(op.hold, made);
      this.#due.add(made);
    }
    const change = { position, version, at, op, remaining: remainingOf(event) };
    this.#changes.push(change);
    this.#versions.push(version);
    this.#note(event);
    for (const name of namesOf(op)) push(this.#byName, name, change);
    if ('key' in op && op.key !== undefined) push(this.#byKey, op.key, change);
    const left = 'left' in op ? op.left : change.remaining;
    if (left === change.remaining) return undefined;
    return `leaves ${left} of ${op.event}, but ${change.remaining} remain`;
  }

  /** Notes the values of an event in the newest state. */
  #note(event: EventSoFar): void {
    const state = this.lastState;
    const { revision, live, held, issued, details } = event;
    event.revisionOverTime.set(revision, state);
    event.remainingOverTime.set(revision === 0 ? Number.NaN : remainingOf(event), state);
    event.takenOverTime.set(live + held, state);
    event.inUseOverTime.set(issued > 0 || live + held > 0, state);
    event.windowOverTime.set(revision === 0 ? '' : windowOf(details), state);
  }
}

/** What no server writes, whatever guard it lacks: then the log is no reference for anything. */
function whatContradicts(
  op: RequestedOp,
  event: LoggedEvent,
  holdId: string | undefined,
  hold: LoggedHold | undefined,
): string | undefined {
  if (event.revision === 0 && op.op !== 'save')
    return `has tickets of ${op.event}, which is unknown`;
  if ('quantity' in op && !(op.quantity >= 1)) return `has ${op.quantity} tickets of ${op.event}`;
  if (op.op === undefined && op.first > event.issued + 1) {
    return `sells ticket ${op.first} of ${op.event} out of sequence`;
  }
  if (op.op === 'cancel' && op.first + op.quantity - 1 > event.issued) {
    return `cancels ticket ${op.first} of ${op.event}, which is not sold`;
  }
  if (holdId === undefined) return undefined;
  if (hold === undefined) return `ends hold ${holdId}, which is unknown`;
  const { quantity, customer, event: held } = hold.op;
  const isOther =
    held !== op.event ||
    quantity !== (op as SoldOp).quantity ||
    (op.op === undefined && op.customer !== customer && !isErased(op, hold.op));
  return isOther ? `ends hold ${holdId} as another one` : undefined;
}

/** A name may have been erased from one line and not from the other. */
const isErased = (sale: SoldOp, hold: HeldOp): boolean =>
  [sale.customer, hold.customer].includes(ERASED);

function push<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
