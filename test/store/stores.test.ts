import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { TicketState } from '../../src/booking/inventory.js';
import type { Buy, BuyResult, KeyReused, Outcome } from '../../src/booking/outcomes.js';
import type { Store } from '../../src/booking/store.js';
import { lockModesOf, storeNames, stores } from '../../src/store/registry.js';
import { judge } from '../../src/verdict/judge.js';
import { anEvent, openOptions } from '../support/folder.js';
import { newPlace, type TestPlace } from '../support/place.js';
import { Model } from './model.js';

const events = () => ({ a: anEvent(10), b: anEvent(3) });
const buy = (eventId: string, quantity = 1): Buy => ({ eventId, customer: 'Ada', quantity });

async function sell(store: Store, ...buys: Buy[]): Promise<readonly BuyResult[]> {
  const { results, durable } = await store.sell(buys);
  await durable;
  return results;
}

/** An outcome without the name that only the store knows. */
const outcomeOf = (results: BuyResult): Outcome | KeyReused => {
  if (results.kind !== 'sold') return results;
  const { orderId: _, ...outcome } = results;
  return outcome;
};

/** Each store with each of the lock modes that it looks at itself; one at least. */
const settings = storeNames.flatMap((name) =>
  stores[name].storedIn === 'folder'
    ? [{ name, mode: stores[name].lockModeDefault }]
    : Object.keys(lockModesOf(name)).map((mode) => ({ name, mode })),
);

describe.each(settings)('store $name, lock mode $mode', ({ name, mode }) => {
  const kind = stores[name];
  /** Versions count the commits of all events, or, where rows are locked, those of each. */
  const versionsPerEvent = kind.storedIn === 'database';

  async function testPlace(events: TicketState['events']): Promise<TestPlace> {
    const place = await newPlace(name, events);
    onTestFinished(() => place.dispose());
    return place;
  }

  async function open(place: TestPlace): Promise<Store> {
    await place.prepare();
    const store = await kind.open(openOptions(place.path, true, mode));
    onTestFinished(() => store.close());
    return store;
  }

  test('sells, and says what it sold', async () => {
    const store = await open(await testPlace(events()));
    const [first, second] = await sell(store, buy('a', 2), buy('a'));
    expect(first).toMatchObject({ kind: 'sold', serials: [1, 2], remaining: 8, version: 1 });
    expect(second).toMatchObject({ kind: 'sold', serials: [3], remaining: 7, version: 1 });
    const { state } = await store.search();
    expect(state).toMatchObject({
      version: 1,
      events: { a: { remaining: 7 }, b: { remaining: 3 } },
    });
  });

  test('sells all or nothing, and knows what it does not have', async () => {
    const store = await open(await testPlace(events()));
    expect(await sell(store, buy('b', 4), buy('c'))).toEqual([
      { kind: 'soldOut', eventId: 'b', requested: 4, remaining: 3, version: 0 },
      { kind: 'unknownEvent', eventId: 'c', version: 0 },
    ]);
    expect((await store.search()).state.version).toBe(0); // nothing was committed
  });

  test('finds each order again, and no other', async () => {
    const store = await open(await testPlace(events()));
    const results = await sell(store, buy('a', 2), buy('b'), buy('b', 9), buy('a'));
    for (const each of results) {
      if (each.kind === 'sold') expect(await store.find(each.orderId)).toEqual(each);
    }
    const ids = results.flatMap((each) => (each.kind === 'sold' ? [each.orderId] : []));
    expect(new Set(ids).size).toBe(3);
    const close = `${ids[0]?.slice(0, -1)}${ids[0]?.endsWith('x') ? 'y' : 'x'}`;
    for (const wrong of [close, '', '0', '../x', `${ids[0]} `, ids[0]?.toUpperCase() ?? '']) {
      expect(await store.find(wrong)).toBeUndefined();
    }
  });

  test('shows a new tag with every state, and the same one with the same state', async () => {
    const store = await open(await testPlace(events()));
    const [one, again] = [await store.search(), await store.search()];
    expect(again.tag).toBe(one.tag);
    await sell(store, buy('a'));
    expect((await store.search()).tag).not.toBe(one.tag);
  });

  test('sees at once what another process has sold', async () => {
    const place = await testPlace(events());
    const [one, two] = [await open(place), await open(place)];
    await sell(one, buy('a'));
    expect((await two.search()).state.events.a?.remaining).toBe(9);
    expect(await sell(two, buy('a'))).toMatchObject([{ serials: [2], version: 2 }]);
    const [results] = await sell(one, buy('a'));
    expect(results).toMatchObject({ serials: [3], version: 3 });
    expect(await two.find((results as { orderId: string }).orderId)).toEqual(results);
  });

  test('keeps everything over a restart', async () => {
    const place = await testPlace(events());
    await place.prepare();
    const first = await kind.open(openOptions(place.path, false, mode));
    const [results] = await sell(first, buy('b', 2));
    await first.close();
    const second = await open(place);
    expect((await second.search()).state.events.b?.remaining).toBe(1);
    expect(await second.find((results as { orderId: string }).orderId)).toEqual(results);
  });

  test('counts its history, and so does one who looks from outside', async () => {
    const place = await testPlace(events());
    const store = await open(place);
    expect(judge(await store.history()).verdict).toBe('inconclusive');
    await sell(store, buy('a', 2), buy('b', 9));
    await sell(store, buy('a'));
    for (const history of [await store.history(), await kind.history(place.path)]) {
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

  test('puts everything back on sale', async () => {
    const place = await testPlace(events());
    const store = await open(place);
    await sell(store, buy('a', 2));
    await place.reset();
    const fresh = await open(place);
    expect((await fresh.search()).state).toEqual({ version: 0, events: events() });
    expect(judge(await kind.history(place.path)).verdict).toBe('inconclusive');
  });

  test('decides like the pure core, whatever comes', async () => {
    const buys = fc.record({
      eventId: fc.constantFrom('a', 'b', 'c', '__proto__'),
      customer: fc.string({ minLength: 1, maxLength: 20, unit: 'binary' }),
      quantity: fc.integer({ min: 1, max: 4 }),
    });
    const batches = fc.array(fc.array(buys, { minLength: 1, maxLength: 4 }), { maxLength: 6 });
    const place = await testPlace(events());
    await fc.assert(
      fc.asyncProperty(batches, async (all) => {
        await place.prepare();
        const store = await kind.open(openOptions(place.path, false, mode));
        try {
          const model = new Model(events(), versionsPerEvent);
          for (const batch of all) {
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
          await place.reset();
        }
      }),
      { numRuns: versionsPerEvent ? 8 : 30 }, // a database takes long to empty,
    );
  });
});
