import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Command } from '../../../src/booking/commands.js';
import { decide } from '../../../src/booking/decide.js';
import { eventOf, type TicketState } from '../../../src/booking/inventory.js';
import type { Outcome } from '../../../src/booking/outcomes.js';
import { countSerials, includesSerial } from '../../../src/booking/serial-ranges.js';
import { buildWrites } from '../../../src/store/postgres/batch-rows.js';
import { type BatchDecision, decideBatch } from '../../../src/store/postgres/decide-batch.js';
import type { BatchInput } from '../../../src/store/postgres/read-batch.js';
import type { HoldRow } from '../../../src/store/postgres/sql/holds.js';
import type { ClockedRow } from '../../../src/store/postgres/sql/reads.js';
import type { TakenRow } from '../../../src/store/postgres/sql/tickets.js';
import { expectEqual } from '../../support/expect-equal.js';
import { anEvent } from '../../support/folder.js';

const ids = ['a', 'b', 'c'];
const numberOf = (id: string): number => ids.indexOf(id) + 1;
const start = Date.parse('2027-01-01T00:00:00.000Z');

/** One event of the model, decided alone with its whole state; `c` is not there at first. */
type Model = Map<string, { state: TicketState; nextExpiry: string | undefined }>;

const newModel = (): Model =>
  new Map(
    ids.map((id) => {
      const events = id === 'c' ? {} : { [id]: anEvent(8) };
      return [id, { state: { version: 0, events }, nextExpiry: undefined }];
    }),
  );

/** What the database would answer for this batch: rows, and of holds and tickets only what it needs. */
function inputOf(model: Model, commands: readonly Command[], clock: Date): BatchInput {
  const ofHold = new Map<string, string>();
  const holdsOf = (id: string) => Object.entries(model.get(id)?.state.holds ?? {});
  for (const id of ids) for (const [hold] of holdsOf(id)) ofHold.set(hold, id);
  for (const each of commands) if (each.kind === 'hold') ofHold.set(each.holdId, each.eventId);

  const rows = ids.map((id) => rowOf(model, id, clock));
  const now = Math.max(...rows.map(({ at }) => Number(at ?? 0)), Number(clock));
  const named = commands.flatMap((each) =>
    each.kind === 'confirm' || each.kind === 'release' ? [each.holdId] : [],
  );
  const holds: HoldRow[] = [];
  const nextExpiry = new Map<number, Date>();
  for (const id of ids) {
    const { nextExpiry: next } = model.get(id) as { nextExpiry: string | undefined };
    const mayExpire = next !== undefined && Date.parse(next) <= now;
    for (const [hold, { customer, quantity, total, until }] of holdsOf(id)) {
      const isOver = Date.parse(until) <= now;
      if ((mayExpire && isOver) || named.includes(hold)) {
        const row = { id: hold, event: numberOf(id), customer, quantity, ...total };
        holds.push({ ...row, until: new Date(until) });
      } else {
        expectEqual(isOver, false); // `next_expiry` may be too early, never too late
      }
      const known = nextExpiry.get(numberOf(id));
      if (mayExpire && !isOver && (known === undefined || Date.parse(until) < Number(known))) {
        nextExpiry.set(numberOf(id), new Date(until));
      }
    }
  }
  const holdCount = ids.flatMap(holdsOf).filter(([, { until }]) => Date.parse(until) > now).length;
  const taken = commands.flatMap((command) => takenBy(model, command));
  return {
    rows,
    events: { ids: new Set(ids), ofHold },
    known: new Map(),
    holds,
    nextExpiry,
    holdCount,
    taken,
  };
}

function rowOf(model: Model, id: string, clock: Date): ClockedRow {
  const { state, nextExpiry } = model.get(id) as { state: TicketState; nextExpiry?: string };
  const event = eventOf(state, id);
  const { name, venue, startsAt, price, capacity } = event ?? anEvent(0);
  return {
    ...{ number: numberOf(id), id, name, venue, starts_at: startsAt, ...price, capacity },
    ...{ sales_from: null, sales_until: null, revision: event?.revision ?? 0 },
    ...{
      removed: event === undefined,
      remaining: event?.remaining ?? 0,
      issued: event?.issued ?? 0,
    },
    ...{ seq: state.version, head: `head-${id}-${state.version}` },
    at: state.at === undefined ? null : new Date(state.at),
    holds: Object.keys(state.holds ?? {}).length,
    next_expiry: nextExpiry === undefined ? null : new Date(nextExpiry),
    cancelled: countSerials(event?.cancelled ?? []),
    admitted: countSerials(event?.admitted ?? []),
    ...{ edited: 0, details_edited: 0, clock },
  };
}

function takenBy(model: Model, command: Command): TakenRow[] {
  const find = (id: string, first: number, last: number): TakenRow[] => {
    const event = model.get(id) && eventOf((model.get(id) as { state: TicketState }).state, id);
    const rows: TakenRow[] = [];
    for (const kind of ['cancelled', 'admitted'] as const) {
      for (let serial = first; serial <= last; serial++) {
        if (!includesSerial(event?.[kind] ?? [], serial)) continue;
        rows.push({ kind, event: numberOf(id), first: serial, last: serial });
      }
    }
    return rows;
  };
  switch (command.kind) {
    case 'admit':
      return find(command.eventId, command.serial, command.serial);
    case 'cancel': {
      const { eventId, serials } = command.order;
      return find(eventId, serials[0] ?? 0, serials.at(-1) ?? 0);
    }
    case 'saveEvent':
      return find(command.eventId, 1, 50);
    default:
      return [];
  }
}

/** The outcomes of the model, which decides each event alone; and the model after the batch. */
function decideModel(model: Model, commands: readonly Command[], input: BatchInput, now: string) {
  const outcomes: Outcome[] = [];
  const expired = new Set<string>();
  for (const id of [undefined, ...ids]) {
    const group = commands.flatMap((command, position) => {
      const eventId =
        'eventId' in command
          ? command.eventId
          : 'holdId' in command
            ? input.events.ofHold.get(command.holdId)
            : command.kind === 'cancel'
              ? command.order.eventId
              : id;
      return eventId === id ? [{ command, position }] : [];
    });
    const before = id === undefined ? { version: 0, events: {} } : model.get(id)?.state;
    const decision = decide(
      before as TicketState,
      group.map(({ command }) => command),
      now,
    );
    group.forEach(({ position, command }, index) => {
      const outcome = decision.outcomes[index] as Outcome;
      if (outcome.kind === 'expired') for (const hold of outcome.holdIds) expired.add(hold);
      if (command.kind !== 'expireHolds') outcomes[position] = outcome;
    });
    if (id !== undefined) model.set(id, { state: decision.after, nextExpiry: undefined });
  }
  return { outcomes, expired };
}

const eventId = fc.constantFrom(...ids);
const holdId = fc.integer({ min: 1, max: 12 }).map((n) => `h${n}`);
const customer = fc.constant('Ada');
const quantity = fc.integer({ min: 1, max: 4 });
const command = fc.oneof(
  fc.record({ kind: fc.constant('buy'), eventId, customer, quantity }),
  fc.record({ kind: fc.constant('hold'), eventId, customer, quantity, seconds: quantity }),
  fc.record({ kind: fc.constantFrom('confirm', 'release'), holdId }),
  fc.record({ kind: fc.constant('cancel'), eventId, first: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ kind: fc.constant('admit'), eventId, serial: quantity, door: customer }),
  fc.record({
    kind: fc.constant('saveEvent'),
    eventId,
    capacity: fc.integer({ min: 0, max: 12 }),
    revision: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('removeEvent'), eventId }),
  fc.record({ kind: fc.constant('expireHolds') }),
);
const batches = fc.array(
  fc.record({
    commands: fc.array(command, { minLength: 1, maxLength: 5 }),
    seconds: fc.integer({ min: -1, max: 3 }),
  }),
  { maxLength: 25 },
);

/** Ids of holds count upwards, and an order is one that was sold. */
function toCommands(
  drawn: readonly Record<string, unknown>[],
  holds: { count: number },
  sold: Map<string, number[]>,
): Command[] {
  return drawn.flatMap((each): Command[] => {
    if (each.kind === 'hold') return [{ ...each, holdId: `h${++holds.count}` } as Command];
    if (each.kind === 'saveEvent') {
      const { name, venue, startsAt, price } = anEvent(1);
      const event = { name, venue, startsAt, price, capacity: each.capacity as number };
      const { eventId: id, revision } = each as { eventId: string; revision?: number };
      return [
        { kind: 'saveEvent', eventId: id, event, ...(revision !== undefined && { revision }) },
      ];
    }
    if (each.kind !== 'cancel') return [each as unknown as Command];
    const serials = sold.get(`${each.eventId} ${each.first}`);
    const order = { orderId: 'x', eventId: each.eventId as string, serials: serials ?? [] };
    return serials === undefined ? [] : [{ kind: 'cancel', order }];
  });
}

/** Runs batches through the model and through `decideBatch`, and compares them after each. */
function check(
  drawn: readonly { commands: readonly Record<string, unknown>[]; seconds: number }[],
  decideIt: typeof decideBatch = decideBatch,
): void {
  const model = newModel();
  const holds = { count: 0 };
  const sold = new Map<string, number[]>();
  let clock = start;
  for (const { commands: some, seconds } of drawn) {
    clock += seconds * 1000;
    const commands = toCommands(some, holds, sold);
    const input = inputOf(model, commands, new Date(clock));
    const now = new Date(Math.max(clock, ...input.rows.map(({ at }) => Number(at ?? 0))));
    const before = new Map(model);
    const decision = decideIt(input, commands);
    const expected = decideModel(model, commands, input, now.toISOString());
    compareOutcomes(decision, expected);
    const { commits } = buildWrites(decision);
    for (const id of ids) {
      const commit = commits.find(({ event }) => event === numberOf(id));
      const after = (model.get(id) as { state: TicketState }).state;
      const { state, nextExpiry } = before.get(id) as { state: TicketState; nextExpiry?: string };
      model.set(id, {
        state: after,
        nextExpiry: commit === undefined ? nextExpiry : commit.nextExpiry,
      });
      expectEqual(after.version, commit?.seq ?? state.version);
      if (commit === undefined) continue;
      const event = eventOf(after, id);
      const { at, remaining, holds, cancelled, admitted } = commit;
      const decided = decision.commits.find(({ before: row }) => row.id === id);
      expectEqual(
        { at, remaining, holds, cancelled, admitted, issued: decided?.after?.issued },
        {
          at: after.at,
          remaining: event?.remaining ?? 0,
          holds: Object.keys(after.holds ?? {}).length,
          cancelled: countSerials(event?.cancelled ?? []),
          admitted: countSerials(event?.admitted ?? []),
          issued: event?.issued,
        },
      );
      const [first] = Object.values(after.holds ?? {})
        .map(({ until }) => until)
        .sort();
      if (first !== undefined) expectEqual((commit.nextExpiry as string) <= first, true);
    }
    for (const outcome of expected.outcomes) {
      if (outcome?.kind !== 'sold') continue;
      sold.set(`${outcome.eventId} ${outcome.serials[0]}`, [...outcome.serials]);
    }
  }
}

function compareOutcomes(
  decision: BatchDecision,
  { outcomes, expired }: ReturnType<typeof decideModel>,
): void {
  const found: string[] = [];
  decision.outcomes.forEach((outcome, position) => {
    if (outcome.kind === 'expired') found.push(...outcome.holdIds);
    else expectEqual(outcome, outcomes[position]);
  });
  expectEqual(found.sort(), [...expired].sort());
}

describe('decideBatch', () => {
  test('decides any batches like the pure core with the whole state of each event', () => {
    fc.assert(fc.property(batches, (drawn) => check(drawn as never)));
  });

  test.each<[string, (input: BatchInput) => BatchInput]>([
    ['the expired holds', (input) => ({ ...input, holds: [] })],
    [
      'the tickets that were admitted',
      (input) => ({ ...input, taken: input.taken.filter(({ kind }) => kind !== 'admitted') }),
    ],
    [
      'the tickets that were cancelled',
      (input) => ({ ...input, taken: input.taken.filter(({ kind }) => kind !== 'cancelled') }),
    ],
  ])('decides otherwise when it is not given %s', (_what, withoutThem) => {
    const broken: typeof decideBatch = (input, commands) =>
      decideBatch(withoutThem(input), commands);
    expect(() =>
      fc.assert(
        fc.property(batches, (drawn) => check(drawn as never, broken)),
        { numRuns: 4_000, endOnFailure: true }, // some scripts show no difference
      ),
    ).toThrow();
  });
});
