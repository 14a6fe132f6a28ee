import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Command } from '../../src/booking/commands.js';
import { decide, HOLDS_MAX } from '../../src/booking/decide.js';
import { liveCount, type TicketEvent, type TicketState } from '../../src/booking/inventory.js';
import type { Outcome } from '../../src/booking/outcomes.js';
import { includesSerial } from '../../src/booking/serial-ranges.js';
import { expectEqual } from '../support/expect-equal.js';
import { anEvent } from '../support/folder.js';
import { ticketStates } from './arbitraries.js';
import { commandOf, draws, type Made } from './commands.js';

const START = Date.parse('2027-01-01T10:00:00.000Z');
const at = (seconds: number): string => new Date(START + seconds * 1000).toISOString();

/** A state, and decisions one after another, each at a time. */
class Office {
  state: TicketState;

  constructor(events: TicketState['events']) {
    this.state = { version: 0, events };
  }

  do(seconds: number, ...commands: Command[]): readonly Outcome[] {
    const { outcomes, after } = decide(this.state, commands, at(seconds));
    this.state = after;
    return outcomes;
  }

  event(id = 'a'): TicketEvent {
    return this.state.events[id] as TicketEvent;
  }
}

const buy = (quantity = 1): Command => ({ kind: 'buy', eventId: 'a', customer: 'Ada', quantity });
const hold = (holdId: string, quantity = 1, seconds = 60): Command => ({
  kind: 'hold',
  eventId: 'a',
  customer: 'Bob',
  quantity,
  holdId,
  seconds,
});
const confirm = (holdId: string): Command => ({ kind: 'confirm', holdId });
const release = (holdId: string): Command => ({ kind: 'release', holdId });
const cancel = (serials: number[], eventId = 'a'): Command => ({
  kind: 'cancel',
  order: { orderId: 'o1', eventId, serials },
});
const admit = (serial: number): Command => ({ kind: 'admit', eventId: 'a', serial, door: 'north' });

describe('holding tickets', () => {
  test('takes them off sale until they are confirmed, released, or expired', () => {
    const office = new Office({ a: anEvent(3) });
    expect(office.do(0, hold('h1', 2), buy(2))).toMatchObject([
      { kind: 'held', quantity: 2, remaining: 1, total: { amount: 2000 }, until: at(60) },
      { kind: 'soldOut', remaining: 1 },
    ]);
    expect(office.do(1, confirm('h1'))).toMatchObject([
      { kind: 'sold', customer: 'Bob', serials: [1, 2], remaining: 1, holdId: 'h1' },
    ]);
    expect(office.do(2, confirm('h1'))).toMatchObject([{ kind: 'unknownHold' }]);
    office.do(3, hold('h2'));
    expect(office.do(4, release('h2'), release('h2'))).toMatchObject([
      { kind: 'released', remaining: 1 },
      { kind: 'unknownHold' },
    ]);
    expect(office.state.holds).toBeUndefined();
  });

  test('a hold is confirmed before its time, or not at all', () => {
    const office = new Office({ a: anEvent(3) });
    office.do(0, hold('h1'), hold('h2'));
    expect(office.do(59.999, confirm('h1'))).toMatchObject([{ kind: 'sold' }]);
    expect(office.do(60, confirm('h2'))).toMatchObject([{ kind: 'holdExpired', until: at(60) }]);
  });

  test('the next buyer gets what expired, and the release alone is a commit when asked for', () => {
    const office = new Office({ a: anEvent(1) });
    office.do(0, hold('h1'));
    expect(office.do(59, buy())).toMatchObject([{ kind: 'soldOut' }]);
    const before = office.state;
    expect(office.do(60, buy(2))).toMatchObject([{ kind: 'soldOut', remaining: 1 }]);
    expect(office.state).toBe(before); // nothing changed for anybody
    expect(office.do(61, { kind: 'expireHolds' })).toMatchObject([
      { kind: 'expired', holdIds: ['h1'], version: 2 },
    ]);
    expect(office.event().remaining).toBe(1);
    expect(office.do(62, { kind: 'expireHolds' })).toEqual([
      { kind: 'expired', holdIds: [], version: 2 },
    ]);
    office.do(63, hold('h2'));
    expect(office.do(200, buy())).toMatchObject([{ kind: 'sold', serials: [1] }]);
    expect(office.state.holds).toBeUndefined();
  });

  test('the price is that of the hold, and the clock never runs back', () => {
    const office = new Office({ a: anEvent(3) });
    office.do(10, hold('h1'));
    const dearer = { ...anEvent(3), price: { amount: 9999, currency: 'EUR' } };
    office.do(11, { kind: 'saveEvent', eventId: 'a', event: dearer, revision: 1 });
    expect(office.do(0, confirm('h1'))).toMatchObject([{ kind: 'sold', total: { amount: 1000 } }]);
    expect(office.state.at).toBe(at(11));
  });

  test('is bounded', () => {
    const holds = Object.fromEntries(
      Array.from({ length: HOLDS_MAX }, (_, index) => [
        `h${index}`,
        {
          eventId: 'a',
          customer: 'Ada',
          quantity: 1,
          total: { amount: 0, currency: 'EUR' },
          until: at(60),
        },
      ]),
    );
    const state = { version: 1, events: { a: anEvent(20_000, { remaining: 10_000 }) }, holds };
    expect(decide(state, [hold('more')], at(59)).outcomes).toMatchObject([
      { kind: 'tooManyHolds' },
    ]);
    expect(decide(state, [hold('more')], at(60)).outcomes).toMatchObject([{ kind: 'held' }]);
  });
});

describe('cancelling an order', () => {
  test('puts its tickets back on sale once, under new numbers', () => {
    const office = new Office({ a: anEvent(3) });
    office.do(0, buy(2));
    expect(office.do(1, cancel([1, 2]), cancel([1, 2]))).toMatchObject([
      { kind: 'cancelled', serials: [1, 2], remaining: 3 },
      { kind: 'alreadyCancelled' },
    ]);
    expect(office.do(2, buy(3))).toMatchObject([{ kind: 'sold', serials: [3, 4, 5] }]);
    expect(office.event()).toMatchObject({ issued: 5, remaining: 0, cancelled: [[1, 2]] });
  });

  test('is refused once one of its tickets let somebody in', () => {
    const office = new Office({ a: anEvent(3) });
    office.do(0, buy(2));
    office.do(1, admit(2));
    expect(office.do(2, cancel([1, 2]))).toMatchObject([{ kind: 'alreadyAdmitted', serial: 2 }]);
    expect(office.do(3, cancel([3]))).toMatchObject([{ kind: 'unknownTicket', serial: 3 }]);
  });
});

describe('admitting', () => {
  test('lets a ticket in once, at one door', () => {
    const office = new Office({ a: anEvent(3) });
    office.do(0, buy(2));
    expect(office.do(1, admit(2), admit(2), admit(3), admit(0))).toMatchObject([
      { kind: 'admitted', serial: 2, door: 'north', at: at(1) },
      { kind: 'alreadyAdmitted' },
      { kind: 'unknownTicket' },
      { kind: 'unknownTicket' },
    ]);
    office.do(2, cancel([1]));
    expect(office.do(3, admit(1))).toMatchObject([{ kind: 'ticketCancelled' }]);
  });
});

describe('saving an event', () => {
  const event = anEvent(5);

  test('creates it once, and changes it only for an editor who has seen the newest revision', () => {
    const office = new Office({});
    const create: Command = { kind: 'saveEvent', eventId: 'a', event };
    expect(office.do(0, create, create)).toMatchObject([
      { kind: 'saved', created: true, event: { revision: 1, remaining: 5 } },
      { kind: 'revisionMismatch', revision: 1 },
    ]);
    office.do(1, buy(2), hold('h1'));
    const change = { ...create, event: { ...event, capacity: 9 }, revision: 1 };
    expect(office.do(2, change, change)).toMatchObject([
      { kind: 'saved', created: false, event: { revision: 2, capacity: 9, remaining: 6 } },
      { kind: 'revisionMismatch', revision: 2 },
    ]);
    const tooSmall = { ...create, event: { ...event, capacity: 2 }, revision: 2 };
    expect(office.do(3, tooSmall)).toMatchObject([{ kind: 'capacityTooSmall', taken: 3 }]);
  });

  test('removes it only while nobody has tickets of it', () => {
    const office = new Office({ a: anEvent(3), b: anEvent(1) });
    office.do(0, hold('h1'));
    const remove: Command = { kind: 'removeEvent', eventId: 'a' };
    expect(office.do(1, remove)).toMatchObject([{ kind: 'eventInUse' }]);
    office.do(2, release('h1'));
    expect(office.do(3, remove, remove)).toMatchObject([
      { kind: 'removed' },
      { kind: 'unknownEvent' },
    ]);
    expect(Object.keys(office.state.events)).toEqual(['b']);
  });

  test('sells only within the time of its sale', () => {
    const sale = { salesFrom: at(10), salesUntil: '2027-01-01T11:00:20+01:00' };
    const office = new Office({ a: { ...anEvent(3), ...sale } });
    const kindAt = (seconds: number, command: Command) => office.do(seconds, command)[0]?.kind;
    expect(office.do(9.999, buy())).toMatchObject([{ kind: 'notOnSale', ...sale }]);
    expect(kindAt(10, hold('h1'))).toBe('held');
    expect(kindAt(19.999, buy())).toBe('sold');
    expect(kindAt(20, buy())).toBe('notOnSale');
    expect(kindAt(20, hold('h2'))).toBe('notOnSale');
    expect(kindAt(21, confirm('h1'))).toBe('sold'); // it was held in time
  });
});

describe('any commands', () => {
  const scripts = fc.array(fc.tuple(fc.nat(40), fc.array(draws, { minLength: 1, maxLength: 4 })), {
    maxLength: 25,
  });

  /** Runs a script of batches, and passes each batch with the states around it. */
  function run(
    initial: TicketState,
    script: readonly [number, readonly Parameters<typeof commandOf>[0][]][],
    check: (batch: { before: TicketState; commands: Command[]; now: string }) => void,
  ): TicketState {
    const made: Made = { holds: [], orders: [] };
    let state = initial;
    let seconds = 0;
    let holds = 0;
    for (const [wait, drawn] of script) {
      seconds += wait;
      const commands = drawn.map((draw) => commandOf(draw, made, () => `h${++holds}`));
      check({ before: state, commands, now: at(seconds) });
      const { outcomes, after } = decide(state, commands, at(seconds));
      for (const outcome of outcomes) {
        if (outcome.kind === 'held') made.holds.push(outcome.holdId);
        if (outcome.kind === 'sold') {
          made.orders.push({ orderId: `o${made.orders.length}`, ...outcome });
        }
      }
      state = after;
    }
    return state;
  }

  test('keep every count true, and use no serial twice', () => {
    fc.assert(
      fc.property(ticketStates, scripts, (initial, script) => {
        const issued = new Set<string>();
        const end = run(initial, script, ({ before, commands, now }) => {
          const { outcomes, after } = decide(before, commands, now);
          for (const outcome of outcomes) {
            if (outcome.kind !== 'sold') continue;
            for (const serial of outcome.serials) {
              const ticket = `${outcome.eventId} ${serial}`;
              expectEqual(issued.has(ticket), false);
              issued.add(ticket);
            }
          }
          for (const [id, event] of Object.entries(after.events)) {
            const held = Object.values(after.holds ?? {}).filter(({ eventId }) => eventId === id);
            const heldTickets = held.reduce((sum, { quantity }) => sum + quantity, 0);
            expectEqual(event.remaining, event.capacity - liveCount(event) - heldTickets);
            expectEqual(event.remaining >= 0, true);
            expectEqual(event.remaining <= event.capacity, true);
            for (const [first, last] of event.admitted ?? []) {
              for (let serial = first; serial <= last; serial++) {
                expectEqual(serial <= event.issued, true);
                expectEqual(includesSerial(event.cancelled ?? [], serial), false);
              }
            }
          }
        });
        expectEqual(end.version >= initial.version, true);
      }),
    );
  });

  test('are decided in a batch as if each had come alone', () => {
    fc.assert(
      fc.property(ticketStates, scripts, (initial, script) => {
        run(initial, script, ({ before, commands, now }) => {
          const together = decide(before, commands, now);
          let current = before;
          const alone = commands.map((command) => {
            const { outcomes, after } = decide(current, [command], now);
            current = after;
            return outcomes[0] as Outcome;
          });
          const comparable = (outcome: Outcome) => ({
            ...outcome,
            version: 0,
            holdIds: 0,
            until: 0,
          });
          // Alone, the first change commits an expiry; then the hold is unknown, not expired.
          const kindOf = ({ kind }: Outcome) => (kind === 'holdExpired' ? 'unknownHold' : kind);
          expectEqual(together.outcomes.map(kindOf), alone.map(kindOf));
          for (const [index, outcome] of together.outcomes.entries()) {
            if (outcome.kind === 'holdExpired') continue;
            expectEqual(comparable(outcome), comparable(alone[index] as Outcome));
          }
          expectEqual({ ...together.after, version: 0 }, { ...current, version: 0 });
        });
      }),
    );
  });

  test('change nothing in the state that came in, and commit once or not at all', () => {
    fc.assert(
      fc.property(ticketStates, scripts, (initial, script) => {
        run(initial, script, ({ before, commands, now }) => {
          const copy = structuredClone(before);
          const { outcomes, changed, version, after } = decide(before, commands, now);
          expectEqual(after === before, !changed);
          expectEqual(after.version, version);
          expectEqual(version, before.version + (changed ? 1 : 0));
          expectEqual(
            outcomes.every((outcome) => outcome.version === version),
            true,
          );
          expectEqual(before, copy);
        });
      }),
    );
  });
});
