import { decide } from '../../src/booking/decide.js';
import { type KeyedRequest, requestOf } from '../../src/booking/idempotency.js';
import type { TicketEvent, TicketState } from '../../src/booking/inventory.js';
import type { Admitted, Outcome } from '../../src/booking/outcomes.js';
import {
  type FoundAnswer,
  type HeldAnswer,
  isSearch,
  type Question,
  type RecordedRequest,
} from '../../src/verdict/recorded-request.js';
import { answerTo, commandOf, type Ended, endsIn, HOLD_SECONDS, timeAfter } from './answers.js';

/** An inventory, and what a server remembers of how it came to be. */
export interface Inventory {
  readonly state: TicketState;
  /** By idempotency key: what was asked for, and what was decided. */
  readonly keys: ReadonlyMap<string, { readonly asked: string; readonly outcome: Outcome }>;
  readonly ended: ReadonlyMap<string, Ended>;
  readonly admissions: ReadonlyMap<string, Admitted>;
}

/** An inventory before anything was sold. */
export const freshInventory = (events: ReadonlyMap<string, TicketEvent>): Inventory => ({
  state: { version: 0, at: timeAfter(0), events: Object.fromEntries(events) },
  keys: new Map(),
  ended: new Map(),
  admissions: new Map(),
});

/** What other answers tell about a request that got none. */
export type Hints = (request: RecordedRequest) => RecordedRequest['answer'];

/** No client knows when such a hold ends: its maker got no answer. */
const AT_ANY_TIME = '9999';

/**
 * The possible inventories after one has answered this request with this answer; none, if this answer
 * is impossible. Pure. The real `decide` decides, at every time that makes a difference.
 *
 * There may be several. A change either makes its own commit or joins the one before it. Holds whose
 * time is over may have been released by commits in between. The time of a commit is known only where
 * an answer names it; otherwise it may be any at which a hold ends or a sale begins or ends. A request
 * without an answer is stepped only when it takes effect.
 */
export function step(
  inventory: Inventory,
  request: RecordedRequest,
  hints: Hints = () => null,
): Inventory[] {
  return afterExpiries(inventory).flatMap((each) => stepNow(each, request, hints));
}

function stepNow(inventory: Inventory, request: RecordedRequest, hints: Hints): Inventory[] {
  const { state, keys } = inventory;
  if (isSearch(request)) return isFound(state, request.answer) ? [inventory] : [];
  const { question } = request;
  const answer = request.answer === null || request.answer.status >= 500 ? null : request.answer;
  if (answer !== null && !tellingStatuses.includes(answer.status)) return [inventory];
  const told = answer ?? hints(request);
  const holdId = (told as HeldAnswer | null)?.holdId ?? `?${request.id}`;
  const door = (told as Admitted | null)?.door ?? '?';
  const command = commandOf(question, holdId, door);
  if (command === undefined) return [inventory];

  const key = keyOfQuestion(question);
  const known = key === undefined ? undefined : keys.get(key);
  if (known !== undefined) {
    if (answer === null) return []; // it changes nothing
    const isSame = known.asked === askedFor(question);
    const outcome = isSame ? known.outcome : ({ kind: 'keyReused', version: 0 } as const);
    return isAnswer(request, outcome, inventory) ? [inventory] : [];
  }

  const after: Inventory[] = [];
  let isPossibleUnchanged = false;
  for (const before of withFloatingHoldsEnded(state)) {
    for (const at of timesOf(before, told)) {
      const joins = state.version > 0 && (at === state.at || !endsSomething(before, at));
      for (const version of joins ? [state.version, state.version - 1] : [state.version]) {
        const decision = decide({ ...before, version }, [command], at);
        const outcome = decision.outcomes[0] as Outcome;
        if (answer !== null && !isAnswer(request, outcome, inventory)) continue;
        if (decision.changed) {
          const isFloating = told === null && outcome.kind === 'held';
          const next = isFloating ? floating(decision.after, holdId) : decision.after;
          after.push(changed(inventory, next, outcome, question));
        } else if (answer !== null && version === state.version) isPossibleUnchanged = true;
      }
    }
  }
  // A release is answered alike whether it ended the hold or came after its end.
  return isPossibleUnchanged ? [...after, inventory] : after;
}

const tellingStatuses: readonly number[] = [200, 201, 204, 404, 409, 410, 412, 422];

const isFound = (state: TicketState, { version, events }: FoundAnswer): boolean =>
  version === state.version &&
  events.every(({ id, remaining, capacity }) => {
    const event = state.events[id];
    return event?.remaining === remaining && (capacity ?? event.capacity) === event.capacity;
  });

const keyOfQuestion = (question: Question): string | undefined =>
  'key' in question ? question.key : undefined;

const askedFor = (question: Question): string => requestOf(question as KeyedRequest);

function changed(
  { state, keys, ended, admissions }: Inventory,
  after: TicketState,
  outcome: Outcome,
  question?: Question,
): Inventory {
  const ends = endsIn(state, after, [outcome]);
  const key = question && keyOfQuestion(question);
  const isAdmitted = outcome.kind === 'admitted';
  const ticket = isAdmitted ? `${outcome.serial} ${outcome.eventId}` : '';
  return {
    state: after,
    keys:
      key === undefined || question === undefined
        ? keys
        : new Map(keys).set(key, { asked: askedFor(question), outcome }),
    ended: ends.size === 0 ? ended : new Map([...ended, ...ends]),
    admissions: isAdmitted ? new Map(admissions).set(ticket, outcome) : admissions,
  };
}

/** The inventory as it is, and after commits that released holds whose time was over. */
function afterExpiries(inventory: Inventory): Inventory[] {
  const all = [inventory];
  for (const each of all) {
    for (const before of each.state.holds === undefined ? [] : withFloatingHoldsEnded(each.state)) {
      for (const at of timesFrom(before)) {
        const decision = decide(before, [{ kind: 'expireHolds' }], at);
        const [outcome] = decision.outcomes;
        if (decision.changed) all.push(changed(each, decision.after, outcome as Outcome));
      }
    }
  }
  return all;
}

/** Computes a value once for each object, which never changes: the search asks for it again and again. */
function oncePerObject<Each extends object, Value>(compute: (each: Each) => Value) {
  const known = new WeakMap<Each, Value>();
  return (each: Each): Value => {
    const found = known.get(each) ?? compute(each);
    known.set(each, found);
    return found;
  };
}

/** Identifies an inventory: equal ones have equal keys. */
export const keyOf = oncePerObject(({ state, keys, ended, admissions }: Inventory): string => {
  const events = Object.entries(state.events).map(([id, event]) => [
    id,
    event.remaining,
    event.issued,
    event.revision,
    event.capacity,
    event.name,
    ...(event.cancelled ?? []),
    '',
    ...(event.admitted ?? []),
  ]);
  const holds = Object.entries(state.holds ?? {}).map(([id, { until }]) => [id, until]);
  const known = [...keys].map(([key, { asked, outcome }]) => [key, asked, versionOf(outcome)]);
  const ends = [...ended].map(([id, each]) => [
    id,
    'order' in each ? each.order.version : each.end,
  ]);
  const others = [...known, ...ends, ...admissions.keys()].toSorted();
  return `${state.version} ${state.at} ${events.toSorted()} ${holds.toSorted()} ${others}`;
});

const versionOf = (outcome: Outcome): number => ('version' in outcome ? outcome.version : 0);

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : 1;

function isAnswer(
  { question, answer }: RecordedRequest,
  outcome: Parameters<typeof answerTo>[1],
  { ended, admissions }: Inventory,
): boolean {
  const expected = answerTo(question, outcome, {
    ended: (holdId) => ended.get(holdId),
    admission: (eventId, serial) => admissions.get(`${serial} ${eventId}`),
  });
  if (answer === null || answer.status !== (expected as { status?: number }).status) return false;
  // Answers of an older version have no total.
  const { total, ...others } = expected as { total?: object };
  return textOf('total' in answer ? { ...others, total } : others) === textOfAnswer(answer);
}

const textOf = (answer: object): string => JSON.stringify(Object.entries(answer).toSorted(byName));
const textOfAnswer = oncePerObject(textOf);

/** The times at which a decision may differ, or the one that the answer names. */
function timesOf(state: TicketState, answer: object | null): string[] {
  const { expiresAt, admittedAt } = (answer ?? {}) as { expiresAt?: string; admittedAt?: string };
  const named =
    expiresAt === undefined
      ? (answer as { status?: number } | null)?.status === 409
        ? undefined
        : admittedAt
      : new Date(Date.parse(expiresAt) - HOLD_SECONDS * 1000).toISOString();
  if (named !== undefined) return named < (state.at ?? '') ? [] : [named];
  return timesFrom(state);
}

/** The time of a state, and the later ones at which something ends or begins. */
const timesFrom = oncePerObject(({ at = '', holds = {}, events }: TicketState): string[] => {
  const untils = Object.values(holds).map(({ until }) => until);
  const windows = Object.values(events).flatMap(({ salesFrom, salesUntil }) => [
    salesFrom ?? '',
    salesUntil ?? '',
  ]);
  const later = [...untils, ...windows].filter((time) => time > at && time !== AT_ANY_TIME);
  return [at, ...new Set(later)];
});

/** Whether something ends or begins between the time of a state and this one. */
const endsSomething = (state: TicketState, at: string): boolean =>
  timesFrom(state).some((time) => time !== state.at && time <= at);

function floating(state: TicketState, holdId: string): TicketState {
  const held = state.holds?.[holdId];
  if (held === undefined) return state;
  return { ...state, holds: { ...state.holds, [holdId]: { ...held, until: AT_ANY_TIME } } };
}

/** The state, with every choice of the holds that may have ended at any time. */
function withFloatingHoldsEnded(state: TicketState): TicketState[] {
  let choices = [state];
  for (const [id, hold] of Object.entries(state.holds ?? {})) {
    if (hold.until !== AT_ANY_TIME) continue;
    choices = choices.flatMap((choice) => [
      choice,
      { ...choice, holds: { ...choice.holds, [id]: { ...hold, until: '' } } },
    ]);
  }
  return choices;
}
