import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Buy, Command } from '../../src/booking/commands.js';
import type { TicketState } from '../../src/booking/inventory.js';
import type { Order, Outcome, Result } from '../../src/booking/outcomes.js';
import { type Store, UnknownCursorError } from '../../src/booking/store.js';
import type { StoreDriver } from '../../src/store/driver.js';
import { lockModesOf, type StoreName, storeNames, stores } from '../../src/store/registry.js';
import { judge } from '../../src/verdict/judge.js';
import { commandOf, draws, type Made } from '../booking/commands.js';
import { anEvent, openOptions } from '../support/folder.js';
import { newStoreLocation, type TestStoreLocation } from '../support/store-location.js';
import { Model } from './model.js';

const events = () => ({ a: anEvent(10), b: anEvent(3) });
const buy = (eventId: string, quantity = 1): Buy => ({
  kind: 'buy',
  eventId,
  customer: 'Ada',
  quantity,
});

async function sell(store: Store, ...commands: Command[]): Promise<readonly Result[]> {
  const { results, durable } = await store.sell(commands);
  await durable;
  return results;
}

/** A result without the order id, which the pure core does not know, and without the time. */
function outcomeOf(result: Result | Outcome): object {
  const { orderId: _o, at: _a, until: _u, ...outcome } = { ...result } as Record<string, unknown>;
  return result.kind === 'cancelled' ? { ...outcome, orderId: result.orderId } : outcome;
}

/** A state without times. */
function withoutTimes({ version, events, holds }: TicketState): object {
  const untimed = Object.entries(holds ?? {}).map(([id, { until: _, ...hold }]) => [id, hold]);
  return { version, events, holds: Object.fromEntries(untimed) };
}

const hold = (holdId: string, eventId = 'a', quantity = 1, seconds = 600): Command => ({
  kind: 'hold',
  holdId,
  eventId,
  customer: 'Bob',
  quantity,
  seconds,
});
const confirm = (holdId: string): Command => ({ kind: 'confirm', holdId });
const release = (holdId: string): Command => ({ kind: 'release', holdId });
const cancel = (order: Order): Command => ({ kind: 'cancel', order });
const admit = (serial: number, door = 'north'): Command => ({
  kind: 'admit',
  eventId: 'a',
  serial,
  door,
});

/** The stores of one kind, each with each of its own lock modes, or with the default one. */
export const storesIn = (storedIn: StoreDriver['storedIn']): readonly [StoreName, string][] =>
  storeNames
    .filter((name) => stores[name].storedIn === storedIn)
    .flatMap((name) => {
      const modes = storedIn === 'database' ? Object.keys(lockModesOf(name)) : [defaultMode(name)];
      return modes.map((mode): [StoreName, string] => [name, mode]);
    });

const defaultMode = (name: StoreName): string => stores[name].lockModeDefault;

/** The tests that every store must pass, with every lock mode. */
export function testStore(name: StoreName, mode: string): void {
  const driver: StoreDriver = stores[name];
  /** A folder counts the commits of all events together, a database those of each event. */
  const versionsPerEvent = driver.storedIn === 'database';

  async function newLocation(events: TicketState['events']): Promise<TestStoreLocation> {
    const location = await newStoreLocation(name, events);
    onTestFinished(() => location.dispose());
    return location;
  }

  async function open(location: TestStoreLocation): Promise<Store> {
    await location.prepare();
    const store = await driver.open(openOptions(location.path, true, mode));
    onTestFinished(() => store.close());
    return store;
  }

  test('sells tickets and returns their serials', async () => {
    const store = await open(await newLocation(events()));
    const [first, second] = await sell(store, buy('a', 2), buy('a'));
    expect(first).toMatchObject({ kind: 'sold', serials: [1, 2], remaining: 8, version: 1 });
    expect(second).toMatchObject({ kind: 'sold', serials: [3], remaining: 7, version: 1 });
    const { state } = await store.search();
    expect(state).toMatchObject({
      version: 1,
      events: { a: { remaining: 7 }, b: { remaining: 3 } },
    });
  });

  test('sells all tickets of a buy or none, and refuses an unknown event', async () => {
    const store = await open(await newLocation(events()));
    expect(await sell(store, buy('b', 4), buy('c'))).toEqual([
      { kind: 'soldOut', eventId: 'b', requested: 4, remaining: 3, version: 0 },
      { kind: 'unknownEvent', eventId: 'c', version: 0 },
    ]);
    expect((await store.search()).state.version).toBe(0); // nothing was committed
  });

  test('finds an order by its id, and by no other text', async () => {
    const store = await open(await newLocation(events()));
    const results = await sell(store, buy('a', 2), buy('b'), buy('b', 9), buy('a'));
    for (const each of results) {
      if (each.kind === 'sold') expect(await store.find(each.orderId)).toEqual(each);
    }
    const ids = results.flatMap((each) => (each.kind === 'sold' ? [each.orderId] : []));
    expect(new Set(ids).size).toBe(3);
    const forged = `${ids[0]?.slice(0, -1)}${ids[0]?.endsWith('x') ? 'y' : 'x'}`;
    for (const wrong of [forged, '', '0', '../x', `${ids[0]} `, ids[0]?.toUpperCase() ?? '']) {
      expect(await store.find(wrong)).toBeUndefined();
    }
  });

  test('changes the tag with the state, and only then', async () => {
    const store = await open(await newLocation(events()));
    const [first, second] = [await store.search(), await store.search()];
    expect(second.tag).toBe(first.tag);
    await sell(store, buy('a'));
    expect((await store.search()).tag).not.toBe(first.tag);
  });

  test('sees at once what another worker sold', async () => {
    const location = await newLocation(events());
    const [one, two] = [await open(location), await open(location)];
    await sell(one, buy('a'));
    expect((await two.search()).state.events.a?.remaining).toBe(9);
    expect(await sell(two, buy('a'))).toMatchObject([{ serials: [2], version: 2 }]);
    const [result] = await sell(one, buy('a'));
    expect(result).toMatchObject({ serials: [3], version: 3 });
    expect(await two.find((result as { orderId: string }).orderId)).toEqual(result);
  });

  test('keeps its state and its orders over a restart', async () => {
    const location = await newLocation(events());
    await location.prepare();
    const first = await driver.open(openOptions(location.path, false, mode));
    const [result] = await sell(first, buy('b', 2));
    await first.close();
    const second = await open(location);
    expect((await second.search()).state.events.b?.remaining).toBe(1);
    expect(await second.find((result as { orderId: string }).orderId)).toEqual(result);
  });

  test('counts the same history while open and from outside', async () => {
    const location = await newLocation(events());
    const store = await open(location);
    expect(judge(await store.history()).verdict).toBe('inconclusive');
    await sell(store, buy('a', 2), buy('b', 9));
    await sell(store, buy('a'));
    for (const history of [await store.history(), await driver.history(location.path)]) {
      expect(judge(history)).toMatchObject({
        verdict: 'holds',
        version: 2,
        lostUpdates: 0,
        withdrawn: 0,
        events: [
          { id: 'a', sold: 3, remaining: 7 },
          { id: 'b', sold: 0 },
        ],
      });
    }
  });

  test('puts every ticket back on sale after a reset', async () => {
    const location = await newLocation(events());
    await location.prepare();
    const store = await driver.open(openOptions(location.path, true, mode));
    await sell(store, buy('a', 2));
    await store.close(); // an open one notices that its files are replaced
    await location.reset();
    const fresh = await open(location);
    expect(withoutTimes((await fresh.search()).state)).toEqual(
      withoutTimes({ version: 0, events: events() }),
    );
    expect(judge(await driver.history(location.path)).verdict).toBe('inconclusive');
  });

  describe('a ticket after its sale', () => {
    test('is held, confirmed and released, and what ended is found', async () => {
      const store = await open(await newLocation(events()));
      const unique = 'h-0123456789abcdef'; // as HTTP makes them
      const ids = ['1', '2', '3'].map((end) => unique + end) as [string, string, string];
      expect(await sell(store, hold(ids[0], 'b', 2), hold(ids[1], 'b'))).toMatchObject([
        { kind: 'held', remaining: 1, total: { amount: 2000, currency: 'EUR' } },
        { kind: 'held', remaining: 0 },
      ]);
      expect(await sell(store, buy('b'), hold(ids[2], 'b'))).toMatchObject([
        { kind: 'soldOut' },
        { kind: 'soldOut' },
      ]);
      expect((await store.search()).state.holds).toMatchObject({
        [ids[0]]: { eventId: 'b', customer: 'Bob', quantity: 2 },
      });
      const [sold] = await sell(store, confirm(ids[0]));
      expect(sold).toMatchObject({ kind: 'sold', serials: [1, 2], remaining: 0, holdId: ids[0] });
      expect(await sell(store, confirm(ids[0]))).toMatchObject([{ kind: 'unknownHold' }]);
      expect(await store.findEndedHold(ids[0])).toEqual({ end: 'confirmed', order: sold });
      expect(await store.find((sold as Order).orderId)).toEqual(sold);
      expect(await sell(store, release(ids[1]), release(ids[2]))).toMatchObject([
        { kind: 'released', remaining: 1 },
        { kind: 'unknownHold' },
      ]);
      expect(await store.findEndedHold(ids[1])).toEqual({ end: 'released' });
      expect(await store.findEndedHold(ids[2])).toBeUndefined();
      expect(judge(await store.history())).toMatchObject({ verdict: 'holds', withdrawn: 0 });
    });

    test('is put back on sale when its hold expires', async () => {
      const store = await open(await newLocation(events()));
      const id = 'h-0123456789abcdefg';
      await sell(store, hold(id, 'b', 3, 1));
      expect(await sell(store, buy('b'))).toMatchObject([{ kind: 'soldOut' }]);
      expect(await sell(store, { kind: 'expireHolds' })).toMatchObject([{ holdIds: [] }]);
      await sleep(1_100);
      const [confirmed] = await sell(store, confirm(id));
      expect(confirmed?.kind).toBe('holdExpired');
      expect(await sell(store, { kind: 'expireHolds' })).toMatchObject([{ holdIds: [id] }]);
      expect((await store.search()).state).toMatchObject({ events: { b: { remaining: 3 } } });
      expect(await sell(store, confirm(id))).toMatchObject([{ kind: 'unknownHold' }]);
      expect(await store.findEndedHold(id)).toEqual({ end: 'expired' });
      expect(await sell(store, buy('b', 3))).toMatchObject([{ kind: 'sold', serials: [1, 2, 3] }]);
      expect(judge(await store.history())).toMatchObject({ verdict: 'holds', withdrawn: 0 });
    });

    test('is cancelled once, and admitted once', async () => {
      const location = await newLocation(events());
      const [store, other] = [await open(location), await open(location)];
      const [first, second] = await sell(store, buy('a', 2), buy('a'));
      expect(await sell(store, cancel(first as Order))).toMatchObject([
        { kind: 'cancelled', serials: [1, 2], remaining: 9 },
      ]);
      expect(await sell(other, cancel(first as Order))).toMatchObject([
        { kind: 'alreadyCancelled' },
      ]);
      expect(await sell(store, admit(3), admit(1), admit(4))).toMatchObject([
        { kind: 'admitted', serial: 3 },
        { kind: 'ticketCancelled', serial: 1 },
        { kind: 'unknownTicket', serial: 4 },
      ]);
      expect(await sell(other, admit(3, 'south'))).toMatchObject([{ kind: 'alreadyAdmitted' }]);
      expect(await sell(other, cancel(second as Order))).toMatchObject([
        { kind: 'alreadyAdmitted', serial: 3 },
      ]);
      expect(await other.findTicket('a', 3)).toMatchObject({
        order: second,
        admission: { door: 'north', at: expect.any(String) },
      });
      expect(await other.findTicket('a', 2)).toEqual({ order: first });
      expect(await other.findTicket('a', 4)).toBeUndefined();
      expect(await other.findTicket('nowhere', 1)).toBeUndefined();
      expect(await sell(store, buy('a', 9))).toMatchObject([
        { kind: 'sold', serials: [4, 5, 6, 7, 8, 9, 10, 11, 12], remaining: 0 },
      ]);
      for (const history of [await store.history(), await driver.history(location.path)]) {
        expect(judge(history)).toMatchObject({
          verdict: 'holds',
          withdrawn: 0,
          events: [{ id: 'a', sold: 12, cancelled: 2, oversold: 0 }, {}],
        });
      }
    });

    test('belongs to an event that can be created, changed and removed', async () => {
      const store = await open(await newLocation(events()));
      const event = { ...anEvent(5), salesFrom: '2100-01-01T00:00:00+01:00' };
      const { remaining: _r, issued: _i, revision: _v, ...details } = event;
      const save = { kind: 'saveEvent', eventId: 'new', event: details } as const;
      const [first, second] = [await sell(store, save), await sell(store, save)];
      expect(first).toMatchObject([{ kind: 'saved', created: true, event: { revision: 1 } }]);
      expect(second).toMatchObject([{ kind: 'revisionMismatch', revision: 1 }]);
      expect(await sell(store, buy('new'))).toMatchObject([
        { kind: 'notOnSale', salesFrom: details.salesFrom },
      ]);
      const { salesFrom: _, ...open_ } = details;
      expect(await sell(store, { ...save, event: open_, revision: 1 })).toMatchObject([
        { kind: 'saved', created: false, event: { revision: 2 } },
      ]);
      expect(await sell(store, buy('new', 3))).toMatchObject([
        { kind: 'sold', serials: [1, 2, 3] },
      ]);
      const smaller = { ...save, event: { ...open_, capacity: 2 }, revision: 2 };
      expect(await sell(store, smaller)).toMatchObject([{ kind: 'capacityTooSmall', taken: 3 }]);
      const remove = (eventId: string) => ({ kind: 'removeEvent', eventId }) as const;
      expect(await sell(store, remove('new'))).toMatchObject([{ kind: 'eventInUse' }]);
      expect(await sell(store, { ...remove('b'), revision: 2 })).toMatchObject([
        { kind: 'revisionMismatch', revision: 1 },
      ]);
      expect(await sell(store, { ...remove('b'), revision: 1 })).toMatchObject([
        { kind: 'removed' },
      ]);
      expect(await sell(store, remove('b'))).toMatchObject([{ kind: 'unknownEvent' }]);
      const { events: after } = (await store.search()).state;
      expect(Object.keys(after).sort()).toEqual(['a', 'new']);
      expect(after.new).toMatchObject({ capacity: 5, remaining: 2, issued: 3, revision: 2 });
      expect(judge(await store.history())).toMatchObject({ verdict: 'holds' });
    });

    test('keeps its life over a restart', async () => {
      const location = await newLocation(events());
      await location.prepare();
      const first = await driver.open(openOptions(location.path, false, mode));
      const id = 'h-0123456789abcdefgh';
      const [order] = await sell(first, buy('a', 2), hold(id));
      await sell(first, buy('a'), admit(1));
      await first.close();
      const second = await open(location);
      expect(await sell(second, admit(1), cancel(order as Order))).toMatchObject([
        { kind: 'alreadyAdmitted' },
        { kind: 'alreadyAdmitted' },
      ]);
      expect(await sell(second, confirm(id))).toMatchObject([{ kind: 'sold', serials: [4] }]);
      expect(await second.findTicket('a', 4)).toMatchObject({ order: { customer: 'Bob' } });
      expect(await second.findEndedHold(id)).toMatchObject({ end: 'confirmed' });
    });

    test('is listed with its order, page by page', async () => {
      const store = await open(await newLocation(events()));
      const sold = [
        ...(await sell(store, buy('a'), buy('b'))),
        ...(await sell(store, buy('a', 2))),
      ];
      await sell(store, hold('h-0123456789abcdefghi'), cancel(sold[0] as Order));
      const first = await store.orders({ limit: 2 });
      expect(first.orders).toMatchObject([sold[0], sold[1]].map((each) => ({ ...each })));
      expect(first.orders[0]?.at).toMatch(/^20\d\d-/);
      const second = await store.orders({ limit: 2, after: first.next });
      expect(second.orders).toMatchObject([{ ...sold[2] }]);
      expect(second.next).toBeUndefined();
      const ofA = await store.orders({ eventId: 'a', limit: 10 });
      expect(ofA.orders.map(({ orderId }) => orderId)).toEqual(
        [sold[0], sold[2]].map((each) => (each as Order).orderId),
      );
      expect(await store.orders({ eventId: 'nowhere', limit: 10 })).toEqual({ orders: [] });
      for (const after of ['', 'a', '2', '../..', 'zzzzzzzzzz', '1.1.x']) {
        await expect(store.orders({ limit: 2, after })).rejects.toThrow(UnknownCursorError);
      }
    });
  });

  test('decides any batches like the pure core', async () => {
    const buys = fc.record({
      kind: fc.constant('buy' as const),
      eventId: fc.constantFrom('a', 'b', 'c', '__proto__'),
      customer: fc.string({ minLength: 1, maxLength: 20, unit: 'binary' }),
      quantity: fc.integer({ min: 1, max: 4 }),
    });
    const batches = fc.array(fc.array(buys, { minLength: 1, maxLength: 4 }), { maxLength: 6 });
    const location = await newLocation(events());
    await fc.assert(
      fc.asyncProperty(batches, async (sequence) => {
        await location.prepare();
        const store = await driver.open(openOptions(location.path, false, mode));
        try {
          const model = new Model(events(), versionsPerEvent);
          for (const batch of sequence) {
            const results = await sell(store, ...batch);
            expect(results.map(outcomeOf)).toEqual(model.sell(batch).map(outcomeOf));
            expect(withoutTimes((await store.search()).state)).toEqual(withoutTimes(model.state));
            for (const each of results) {
              if (each.kind === 'sold') expect(await store.find(each.orderId)).toEqual(each);
            }
          }
          expect(judge(await store.history()).verdict).not.toBe('broken');
        } finally {
          await store.close();
          await location.reset();
        }
      }),
      { numRuns: versionsPerEvent ? 8 : 30 }, // resetting a database takes long
    );
  });

  test('decides any commands like the pure core', async () => {
    const script = fc.array(fc.array(draws, { minLength: 1, maxLength: 3 }), {
      minLength: 3,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(script, async (batches) => {
        const location = await newStoreLocation(name, events()); // edits of events outlast a reset
        await location.prepare();
        const store = await driver.open(openOptions(location.path, false, mode));
        try {
          const model = new Model(events(), versionsPerEvent);
          const made: Made = { holds: [], orders: [] };
          let holds = 0;
          for (const drawn of batches) {
            const commands = drawn.flatMap((draw) => {
              const long = { ...draw, seconds: draw.seconds + 600 }; // none expires during the test
              const command = commandOf(long, made, () => `h-${'0'.repeat(16)}${++holds}`);
              return isComparable(command) ? [command] : [];
            });
            if (commands.length === 0) continue;
            const results = await sell(store, ...commands);
            expect(results.map(outcomeOf)).toEqual(model.sell(commands).map(outcomeOf));
            expect(withoutTimes((await store.search()).state)).toEqual(withoutTimes(model.state));
            for (const each of results) {
              if (each.kind === 'held') made.holds.push(each.holdId);
              if (each.kind === 'sold') made.orders.push(each);
            }
          }
          expect(judge(await store.history()).verdict).not.toBe('broken');
        } finally {
          await store.close();
          await location.dispose();
        }
      }),
      { numRuns: versionsPerEvent ? 8 : 30 },
    );
  });

  /** Where each event counts its versions, a new or a removed one has no model. */
  const isComparable = (command: Command): boolean =>
    !versionsPerEvent ||
    (!['removeEvent', 'expireHolds'].includes(command.kind) &&
      !(command.kind === 'saveEvent' && !Object.hasOwn(events(), command.eventId)));
}
