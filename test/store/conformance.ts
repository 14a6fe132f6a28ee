import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { TicketState } from '../../src/booking/inventory.js';
import type { Buy } from '../../src/booking/commands.js';
import type { Result, KeyReused, Outcome } from '../../src/booking/outcomes.js';
import type { Store } from '../../src/booking/store.js';
import type { StoreDriver } from '../../src/store/driver.js';
import { lockModesOf, type StoreName, storeNames, stores } from '../../src/store/registry.js';
import { judge } from '../../src/verdict/judge.js';
import { anEvent, openOptions } from '../support/folder.js';
import { newStoreLocation, type TestStoreLocation } from '../support/store-location.js';
import { Model } from './model.js';

const events = () => ({ a: anEvent(10), b: anEvent(3) });
const buy = (eventId: string, quantity = 1): Buy => ({ kind: 'buy', eventId, customer: 'Ada', quantity });

async function sell(store: Store, ...buys: Buy[]): Promise<readonly Result[]> {
  const { results, durable } = await store.sell(buys);
  await durable;
  return results;
}

/** A result without the order id, which the pure core does not know. */
const outcomeOf = (result: Result): Outcome | KeyReused => {
  if (result.kind !== 'sold') return result;
  const { orderId: _, ...outcome } = result;
  return outcome;
};

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
    const store = await open(location);
    await sell(store, buy('a', 2));
    await location.reset();
    const fresh = await open(location);
    expect((await fresh.search()).state).toEqual({ version: 0, events: events() });
    expect(judge(await driver.history(location.path)).verdict).toBe('inconclusive');
  });

  test('decides any batches like the pure core', async () => {
    const buys = fc.record({
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
            expect(results.map(outcomeOf)).toEqual(model.sell(batch));
            expect((await store.search()).state).toEqual(model.state);
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
}
