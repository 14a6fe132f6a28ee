import { setImmediate as nextLoop, setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { BatchQueue, type QueueOptions } from '../../src/booking/batch-queue.js';
import type { Buy, Command } from '../../src/booking/commands.js';
import { Fault } from '../../src/booking/faults.js';
import type { Result, UnknownEvent } from '../../src/booking/outcomes.js';
import { type Step, StepTracer } from '../../src/booking/sale-steps.js';
import { traceLock } from '../../src/telemetry/trace-lock.js';

const buy = (customer: string): Buy => ({ kind: 'buy', eventId: 'a', customer, quantity: 1 });
const customerOf = (command: Command): string => (command as Buy).customer;
const resultOf = (command: Command): Result => ({
  kind: 'unknownEvent',
  eventId: customerOf(command),
  version: 0,
});
const eventOf = (result: Result): string => (result as UnknownEvent).eventId;

/** A queue with a store that records its batches, and with a lock that the test grants. */
function createQueue(changes: Partial<QueueOptions> = {}) {
  const batches: string[][] = [];
  const steps: Step[] = [];
  const faults: Fault[] = [];
  const grants: (() => void)[] = [];
  const tracer = new StepTracer((step) => steps.push(step), changes.maxConcurrentBatches ?? 1);
  const lock = {
    run: async <T>(section: () => Promise<T>): Promise<T> => {
      await new Promise<void>((resolve) => grants.push(resolve));
      return section();
    },
  };
  const queue = new BatchQueue({
    sell: async (buys) => {
      batches.push(buys.map(customerOf));
      return { results: buys.map(resultOf), durable: Promise.resolve() };
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
    for (const grant of grants.splice(0)) grant();
    await drained;
  });
  const grantLock = async () => {
    // The queue requests the lock once no more buys arrive.
    for (let round = 0; round < 10 && grants.length === 0; round++) await nextLoop();
    grants.shift()?.();
    await sleep(5);
  };
  return { queue, batches, steps, faults, grantLock };
}

const withCode = (code: string) => expect.objectContaining({ code });
const rejectionOf = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.unreachable('it resolved'),
    (error) => error,
  );

describe('batch queue', () => {
  test('gathers buys that arrive while it waits for the lock, up to the batch limit', async () => {
    const { queue, batches, grantLock } = createQueue();
    const answers = ['1', '2', '3', '4'].map((name) => queue.submit(buy(name)));
    await grantLock();
    await grantLock();
    expect(batches).toEqual([['1', '2', '3'], ['4']]);
    // Each buy gets its own outcome.
    expect((await Promise.all(answers)).map(eventOf)).toEqual(['1', '2', '3', '4']);
  });

  test('gathers buys that arrive together when the lock is free', async () => {
    const { queue, batches } = createQueue({ withLock: (section) => section() });
    await Promise.all(['1', '2', '3'].map((name) => queue.submit(buy(name))));
    expect(batches).toEqual([['1', '2', '3']]);
  });

  test('gathers buys while each round of the event loop brings more', async () => {
    const { queue, batches } = createQueue({ withLock: (section) => section(), batchMax: 100 });
    // On a busy machine the rounds may take longer than buys may gather.
    for (let attempt = 0; attempt < 20 && batches.at(-1)?.length !== 4; attempt++) {
      const answers = [queue.submit(buy('1'))];
      for (const name of ['2', '3', '4']) {
        await nextLoop();
        answers.push(queue.submit(buy(name)));
      }
      await Promise.all(answers);
    }
    expect(batches.at(-1)).toEqual(['1', '2', '3', '4']);
  });

  test('stops gathering after a time limit while buys keep arriving', async () => {
    const { queue, batches } = createQueue({ withLock: (section) => section(), batchMax: 100_000 });
    const answers = [];
    for (; answers.length < 100; await nextLoop()) {
      answers.push(queue.submit(buy('1')));
      const busyUntil = performance.now() + 1;
      while (performance.now() < busyUntil);
    }
    expect(batches.length).toBeGreaterThan(5);
    await Promise.all(answers);
  });

  test('starts the next batch when the sync of the previous one is done', async () => {
    const syncs: (() => void)[] = [];
    const { queue, batches } = createQueue({
      withLock: (section) => section(),
      sell: async (buys) => {
        batches.push(buys.map(customerOf));
        return {
          results: buys.map(resultOf),
          durable: new Promise((resolve) => syncs.push(resolve)),
        };
      },
    });
    const answers = [queue.submit(buy('1'))];
    await vi.waitFor(() => expect(batches).toEqual([['1']]));
    for (const name of ['2', '3']) {
      answers.push(queue.submit(buy(name)));
      await sleep(5);
    }
    expect(batches).toEqual([['1']]);
    syncs.shift()?.();
    await vi.waitFor(() => expect(batches).toEqual([['1'], ['2', '3']]));
    syncs.shift()?.();
    await Promise.all(answers);
  });

  test('releases the lock before the sync ends, and answers after it', async () => {
    const order: string[] = [];
    let synced = () => {};
    const { queue } = createQueue({
      withLock: async (section) => {
        const result = await section();
        order.push('lock released');
        return result;
      },
      sell: async (buys) => ({
        results: buys.map(resultOf),
        durable: new Promise((resolve) => {
          synced = () => {
            order.push('synced');
            resolve();
          };
        }),
      }),
    });
    const answer = queue.submit(buy('1')).then(() => order.push('answered'));
    await vi.waitFor(() => expect(order).toEqual(['lock released']));
    synced();
    await answer;
    expect(order).toEqual(['lock released', 'synced', 'answered']);
  });

  test('gives up on a sale that hangs, whether in the store or in the sync', async () => {
    const timeouts = { lockTimeoutMs: 100, sellTimeoutMs: 100 };
    const hanging = new Promise<never>(() => {});
    const selling = createQueue({ ...timeouts, sell: () => hanging });
    const sold = selling.queue.submit(buy('1'));
    await selling.grantLock();
    const syncing = createQueue({
      ...timeouts,
      sell: async (buys) => ({ results: buys.map(resultOf), durable: hanging }),
    });
    const written = syncing.queue.submit(buy('1'));
    await syncing.grantLock();
    for (const answer of [sold, written]) {
      expect(await rejectionOf(answer)).toEqual(withCode('GIVEN_UP'));
    }
    expect(selling.queue.unanswered + syncing.queue.unanswered).toBe(0);
  });

  test('rejects a buy while the maximum number waits', async () => {
    const { queue, grantLock } = createQueue({ maxWaiting: 2 });
    const accepted = [queue.submit(buy('1')), queue.submit(buy('2'))];
    expect(await rejectionOf(queue.submit(buy('3')))).toEqual(withCode('QUEUE_FULL'));
    await grantLock();
    await Promise.all(accepted);
    const next = queue.submit(buy('4')); // one may wait again
    await grantLock();
    expect(eventOf(await next)).toBe('4');
  });

  test('rejects a buy at its deadline while the batch before it hangs', async () => {
    const { queue } = createQueue({
      lockTimeoutMs: 100,
      batchMax: 1,
      withLock: (section) => section(),
      sell: () => new Promise(() => {}),
    });
    void queue.submit(buy('hangs')).catch(() => {});
    await sleep(10);
    const startedAt = performance.now();
    expect(await rejectionOf(queue.submit(buy('waits')))).toEqual(withCode('LOCK_TIMEOUT'));
    expect(performance.now() - startedAt).toBeLessThan(4_000); // the batch before it hangs for 5 s
  });

  test('rejects all waiting buys when the lock itself fails', async () => {
    const { queue, faults } = createQueue({
      withLock: () => Promise.reject(Object.assign(new Error('disk gone'), { code: 'EIO' })),
    });
    const answers = await Promise.all(
      ['1', '2'].map((name) => rejectionOf(queue.submit(buy(name)))),
    );
    expect(answers).toEqual([withCode('STORAGE'), withCode('STORAGE')]);
    expect(faults.map(({ message }) => message)).toContain('disk gone');
  });

  test('rejects a batch with STORAGE when the store fails, and sells the next one', async () => {
    let failing = true;
    const { queue, faults } = createQueue({
      withLock: (section) => section(),
      sell: async (buys) => {
        if (failing) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
        return { results: buys.map(resultOf), durable: Promise.resolve() };
      },
    });
    expect(await rejectionOf(queue.submit(buy('1')))).toEqual(withCode('STORAGE'));
    expect(faults).toHaveLength(1);
    failing = false;
    expect(eventOf(await queue.submit(buy('2')))).toBe('2');
  });

  test('rejects a batch whose sync fails, and reports the fault', async () => {
    const { queue, faults } = createQueue({
      withLock: async (section) => {
        const result = await section();
        await sleep(10); // the sync has failed before the lock is released
        return result;
      },
      sell: async (buys) => ({
        results: buys.map(resultOf),
        durable: Promise.reject(new Fault('SYNC_FAILED', 'EIO')),
      }),
    });
    expect(await rejectionOf(queue.submit(buy('1')))).toEqual(withCode('SYNC_FAILED'));
    expect(faults).toEqual([withCode('SYNC_FAILED')]);
  });

  test('runs batches at once up to maxConcurrentBatches', async () => {
    const { queue, batches, grantLock } = createQueue({ maxConcurrentBatches: 2, batchMax: 1 });
    const answers = ['1', '2', '3'].map((name) => queue.submit(buy(name)));
    await grantLock();
    await grantLock();
    expect(batches).toEqual([['1'], ['2']]);
    await grantLock();
    await Promise.all(answers);
    expect(batches).toEqual([['1'], ['2'], ['3']]);
  });

  test('sells accepted buys while it drains, and rejects new ones', async () => {
    const { queue, grantLock } = createQueue();
    const accepted = queue.submit(buy('1'));
    const drained = queue.drain(5000);
    expect(await rejectionOf(queue.submit(buy('2')))).toEqual(withCode('DRAINING'));
    await grantLock();
    expect(eventOf(await accepted)).toBe('1');
    expect(await drained).toBe(true);
  });

  test('rejects waiting buys and gives up on batches being sold when the drain time is over', async () => {
    const { queue } = createQueue({
      batchMax: 1,
      withLock: (section) => section(),
      sell: () => new Promise(() => {}),
    });
    const answers = [rejectionOf(queue.submit(buy('1'))), rejectionOf(queue.submit(buy('2')))];
    expect(await queue.drain(50)).toBe(false);
    expect(await Promise.all(answers)).toEqual([withCode('GIVEN_UP'), withCode('DRAINING')]);
  });

  test('emits the steps of a batch in their order', async () => {
    const { queue, steps, grantLock } = createQueue();
    const answer = queue.submit(buy('1'));
    await grantLock();
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
