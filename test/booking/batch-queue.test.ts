import { setImmediate as nextLoop, setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BatchQueue, type QueueOptions } from '../../src/booking/batch-queue.js';
import { Fault } from '../../src/booking/faults.js';
import type { Buy, BuyResult } from '../../src/booking/outcomes.js';
import { type Step, StepTracer } from '../../src/booking/steps.js';
import { traceLock } from '../../src/telemetry/trace-lock.js';

const buy = (customer: string): Buy => ({ eventId: 'a', customer, quantity: 1 });
const results = ({ customer }: Buy): BuyResult => ({
  kind: 'unknownEvent',
  eventId: customer,
  version: 0,
});

/** A queue in front of a store that remembers its batches, and of a lock that the test opens. */
function aQueue(changes: Partial<QueueOptions> = {}) {
  const batches: string[][] = [];
  const steps: Step[] = [];
  const faults: Fault[] = [];
  const gates: (() => void)[] = [];
  const tracer = new StepTracer((step) => steps.push(step), changes.maxConcurrentBatches ?? 1);
  const lock = {
    run: async <T>(section: () => Promise<T>): Promise<T> => {
      await new Promise<void>((resolve) => gates.push(resolve));
      return section();
    },
  };
  const queue = new BatchQueue({
    sell: async (buys) => {
      batches.push(buys.map(({ customer }) => customer));
      return { results: buys.map(results), durable: Promise.resolve() };
    },
    withLock: traceLock(lock, tracer.emit),
    maxConcurrentBatches: 1,
    batchMax: 3,
    maxWaiting: 1000,
    lockTimeoutMs: 5000,
    sellTimeoutMs: 5000,
    tracer,
    onFault: (fault) => faults.push(fault),
    ...changes,
  });
  onTestFinished(async () => {
    const drained = queue.drain(0);
    for (const open of gates.splice(0)) open();
    await drained;
  });
  const openGate = async () => {
    // A turn is opened once all that came with its first buy is queued.
    for (let round = 0; round < 10 && gates.length === 0; round++) await nextLoop();
    gates.shift()?.();
    await sleep(5);
  };
  return { queue, batches, steps, faults, openGate };
}

const withCode = (code: string) => expect.objectContaining({ code });
const rejected = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.unreachable('it was answered'),
    (error) => error,
  );

describe('the queue', () => {
  test('gathers who comes while it waits for the lock, at most a batch at a turn', async () => {
    const { queue, batches, openGate } = aQueue();
    const answers = ['1', '2', '3', '4'].map((name) => queue.buy(buy(name)));
    await openGate();
    await openGate();
    expect(batches).toEqual([['1', '2', '3'], ['4']]);
    // Each has the outcome of its own buy.
    expect((await Promise.all(answers)).map(({ eventId }) => eventId)).toEqual([
      '1',
      '2',
      '3',
      '4',
    ]);
  });

  test('gathers who comes at the same time where the lock is free at once', async () => {
    const { queue, batches } = aQueue({ withLock: (section) => section() });
    await Promise.all(['1', '2', '3'].map((name) => queue.buy(buy(name))));
    expect(batches).toEqual([['1', '2', '3']]);
  });

  test('gathers a crowd that comes bit by bit, as long as it keeps coming', async () => {
    const { queue, batches } = aQueue({ withLock: (section) => section(), batchMax: 100 });
    // On a busy machine the rounds may take longer than a crowd may gather.
    for (let attempt = 0; attempt < 20 && batches.at(-1)?.length !== 4; attempt++) {
      const answers = [queue.buy(buy('1'))];
      for (const name of ['2', '3', '4']) {
        await nextLoop();
        answers.push(queue.buy(buy(name)));
      }
      await Promise.all(answers);
    }
    expect(batches.at(-1)).toEqual(['1', '2', '3', '4']);
  });

  test('but asks for the lock in time, however many come', async () => {
    const { queue, batches } = aQueue({ withLock: (section) => section(), batchMax: 100_000 });
    const answers = [];
    for (const began = performance.now(); performance.now() < began + 100; await nextLoop()) {
      answers.push(queue.buy(buy('1')));
      if (answers.length >= 100) break;
      const busyUntil = performance.now() + 1;
      while (performance.now() < busyUntil);
    }
    expect(batches.length).toBeGreaterThan(5);
    await Promise.all(answers);
  });

  test('asks for the next turn when the sync of the last one is done', async () => {
    const syncs: (() => void)[] = [];
    const { queue, batches } = aQueue({
      withLock: (section) => section(),
      sell: async (buys) => {
        batches.push(buys.map(({ customer }) => customer));
        return {
          results: buys.map(results),
          durable: new Promise((resolve) => syncs.push(resolve)),
        };
      },
    });
    const answers = [queue.buy(buy('1'))];
    await sleep(5);
    for (const name of ['2', '3']) {
      answers.push(queue.buy(buy(name)));
      await sleep(5);
    }
    expect(batches).toEqual([['1']]);
    syncs.shift()?.();
    await sleep(5);
    expect(batches).toEqual([['1'], ['2', '3']]);
    syncs.shift()?.();
    await Promise.all(answers);
  });

  test('lets the lock go before the sync ends, and answers after it', async () => {
    const order: string[] = [];
    let synced = () => {};
    const { queue } = aQueue({
      withLock: async (section) => {
        const result = await section();
        order.push('lock released');
        return result;
      },
      sell: async (buys) => ({
        results: buys.map(results),
        durable: new Promise((resolve) => {
          synced = () => {
            order.push('synced');
            resolve();
          };
        }),
      }),
    });
    const answer = queue.buy(buy('1')).then(() => order.push('answered'));
    await sleep(5);
    expect(order).toEqual(['lock released']);
    synced();
    await answer;
    expect(order).toEqual(['lock released', 'synced', 'answered']);
  });

  test('gives up on a sale that hangs, and it is unknown whether it was made', async () => {
    const late = { lockTimeoutMs: 100, sellTimeoutMs: 100 };
    const hanging = new Promise<never>(() => {});
    const selling = aQueue({ ...late, sell: () => hanging });
    const sold = selling.queue.buy(buy('1'));
    await selling.openGate();
    const syncing = aQueue({
      ...late,
      sell: async (buys) => ({ results: buys.map(results), durable: hanging }),
    });
    const written = syncing.queue.buy(buy('1'));
    await syncing.openGate();
    for (const answer of [sold, written]) {
      expect(await rejected(answer)).toEqual(withCode('GIVEN_UP'));
    }
    expect(selling.queue.unanswered + syncing.queue.unanswered).toBe(0);
  });

  test('refuses when too many wait', async () => {
    const { queue, openGate } = aQueue({ maxWaiting: 2 });
    const accepted = [queue.buy(buy('1')), queue.buy(buy('2'))];
    expect(await rejected(queue.buy(buy('3')))).toEqual(withCode('QUEUE_FULL'));
    await openGate();
    await Promise.all(accepted);
    const next = queue.buy(buy('4')); // there is room again
    await openGate();
    expect((await next).eventId).toBe('4');
  });

  test('refuses at its deadline a buy that waits behind a section that hangs', async () => {
    const { queue } = aQueue({
      lockTimeoutMs: 100,
      batchMax: 1,
      withLock: (section) => section(),
      sell: () => new Promise(() => {}),
    });
    void queue.buy(buy('hangs')).catch(() => {});
    await sleep(10);
    const before = performance.now();
    expect(await rejected(queue.buy(buy('waits')))).toEqual(withCode('LOCK_TIMEOUT'));
    expect(performance.now() - before).toBeLessThan(600);
  });

  test('refuses all who wait when the lock itself fails', async () => {
    const { queue, faults } = aQueue({
      withLock: () => Promise.reject(Object.assign(new Error('disk gone'), { code: 'EIO' })),
    });
    const answers = await Promise.all(['1', '2'].map((name) => rejected(queue.buy(buy(name)))));
    expect(answers).toEqual([withCode('STORAGE'), withCode('STORAGE')]);
    expect(faults.map(({ message }) => message)).toContain('disk gone');
  });

  test('says STORAGE when the store fails, and goes on with the next batch', async () => {
    let broken = true;
    const { queue, faults } = aQueue({
      withLock: (section) => section(),
      sell: async (buys) => {
        if (broken) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
        return { results: buys.map(results), durable: Promise.resolve() };
      },
    });
    expect(await rejected(queue.buy(buy('1')))).toEqual(withCode('STORAGE'));
    expect(faults).toHaveLength(1);
    broken = false;
    expect((await queue.buy(buy('2'))).eventId).toBe('2');
  });

  test('tells nobody "sold" when the sync fails, and says so to the office', async () => {
    const { queue, faults } = aQueue({
      withLock: async (section) => {
        const result = await section();
        await sleep(10); // the sync has failed by the time that the lock is let go
        return result;
      },
      sell: async (buys) => ({
        results: buys.map(results),
        durable: Promise.reject(new Fault('SYNC_FAILED', 'EIO')),
      }),
    });
    expect(await rejected(queue.buy(buy('1')))).toEqual(withCode('SYNC_FAILED'));
    expect(faults).toEqual([withCode('SYNC_FAILED')]);
  });

  test('runs sections side by side where the lock excludes nobody, one buy each', async () => {
    const { queue, batches, openGate } = aQueue({ maxConcurrentBatches: 2, batchMax: 1 });
    const answers = ['1', '2', '3'].map((name) => queue.buy(buy(name)));
    await openGate();
    await openGate();
    expect(batches).toEqual([['1'], ['2']]);
    await openGate();
    await Promise.all(answers);
    expect(batches).toEqual([['1'], ['2'], ['3']]);
  });

  test('sells what it accepted when it drains, and takes no more', async () => {
    const { queue, openGate } = aQueue();
    const accepted = queue.buy(buy('1'));
    const drained = queue.drain(5000);
    expect(await rejected(queue.buy(buy('2')))).toEqual(withCode('DRAINING'));
    await openGate();
    expect((await accepted).eventId).toBe('1');
    expect(await drained).toBe(true);
  });

  test('refuses what waits when the time to drain is up, and gives up on what is being sold', async () => {
    const { queue } = aQueue({
      batchMax: 1,
      withLock: (section) => section(),
      sell: () => new Promise(() => {}),
    });
    const answers = [rejected(queue.buy(buy('1'))), rejected(queue.buy(buy('2')))];
    expect(await queue.drain(50)).toBe(false);
    expect(await Promise.all(answers)).toEqual([withCode('GIVEN_UP'), withCode('DRAINING')]);
  });

  test('tells the steps of a turn in their order', async () => {
    const { queue, steps, openGate } = aQueue();
    const answer = queue.buy(buy('1'));
    await openGate();
    await answer;
    const names = steps.map(({ name }) => name);
    expect(names).toEqual([
      'queued',
      'lockWanted',
      'lockHeld',
      'lockReleased',
      'synced',
      'answered',
    ]);
  });
});
