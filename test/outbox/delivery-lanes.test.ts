import { setImmediate as tick } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { positionsFrom } from '../../src/outbox/backlog.js';
import { DeliveryLanes, type QueuedMessage } from '../../src/outbox/delivery-lanes.js';
import { ExpiringHolds } from '../../src/outbox/expiring-holds.js';
import { isAfter, messageId } from '../../src/outbox/message.js';
import { DELIVERIES_MAX, type DeliveryResult } from '../../src/outbox/sender.js';
import { Random } from '../support/random.js';

const failed: DeliveryResult = { kind: 'failed', reason: 'no' };
const delivered: DeliveryResult = { kind: 'delivered' };

/** Lanes whose deliveries end when the test says so. */
class ManualLanes {
  readonly sent: string[] = [];
  readonly done: string[] = [];
  readonly givenUp: string[] = [];
  underWay = 0;
  gone = 0;
  readonly lanes: DeliveryLanes<QueuedMessage>;
  readonly #answers = new Map<string, (result: DeliveryResult) => void>();

  constructor(triesMax = 100, afterDelivery?: () => Promise<void>) {
    this.lanes = new DeliveryLanes({
      send: ({ id }) => {
        this.sent.push(id);
        this.underWay++;
        return new Promise((resolve) => this.#answers.set(id, resolve));
      },
      limits: { triesMax, ageMaxMs: 1e15 },
      onDelivered: ({ id }) => void this.done.push(id),
      onFailed: ({ id }, _failed, exhausted) => {
        if (exhausted) this.givenUp.push(id);
        return exhausted;
      },
      onGone: () => void this.gone++,
      ...(afterDelivery && { afterDelivery }),
    });
    onTestFinished(() => void this.lanes.close());
  }

  /** Adds messages such as a1: of event a. */
  add(...ids: string[]): void {
    for (const id of ids) {
      const eventId = id.replace(/\d+/, '');
      this.lanes.add(eventId, { id, type: 'order.created', eventId, at: '2027-01-01T00:00:00Z' });
    }
  }

  async answer(id: string, result: DeliveryResult): Promise<void> {
    this.underWay--;
    this.#answers.get(id)?.(result);
    await tick();
  }
}

describe('lanes', () => {
  test('send a message once the one before it was delivered', async () => {
    const manual = new ManualLanes();
    manual.add('a1', 'a2', 'b1');
    expect(manual.sent).toEqual(['a1', 'b1']);
    await manual.answer('a1', delivered);
    expect([manual.sent, manual.done]).toEqual([['a1', 'b1', 'a2'], ['a1']]);
  });

  test('try a message that failed again, before those that follow', async () => {
    const manual = new ManualLanes();
    manual.add('a1', 'a2');
    await manual.answer('a1', failed);
    expect(manual.lanes.failed(9)).toMatchObject([{ id: 'a1', tries: 1, reason: 'no' }]);
    manual.lanes.retryNow();
    expect(manual.sent).toEqual(['a1', 'a1']);
    await manual.answer('a1', delivered);
    expect(manual.sent).toEqual(['a1', 'a1', 'a2']);
    expect(manual.lanes.failed(9)).toEqual([]);
  });

  test('go on after a message that is given up', async () => {
    const manual = new ManualLanes(2);
    manual.add('a1', 'a2');
    await manual.answer('a1', failed);
    manual.lanes.retryNow('a1');
    await manual.answer('a1', failed);
    expect([manual.givenUp, manual.sent]).toEqual([['a1'], ['a1', 'a1', 'a2']]);
  });

  test('send nothing after 410 until they are resumed', async () => {
    const manual = new ManualLanes();
    manual.add('a1', 'b1');
    await manual.answer('a1', { kind: 'gone' });
    await manual.answer('b1', failed);
    manual.add('c1');
    expect([manual.gone, manual.sent]).toEqual([1, ['a1', 'b1']]);
    manual.lanes.resume();
    manual.lanes.retryNow();
    expect(manual.sent.slice(2).sort()).toEqual(['a1', 'b1', 'c1']);
  });

  test('skip a message that is under way, and never send two of a lane at once', async () => {
    const manual = new ManualLanes();
    manual.add('a1', 'a2', 'a3');
    expect(manual.lanes.skip('a1')).toMatchObject({ id: 'a1' });
    expect(manual.lanes.skip('a3')).toBeUndefined(); // not the first one
    expect(manual.sent).toEqual(['a1']);
    await manual.answer('a1', delivered);
    expect([manual.sent, manual.done]).toEqual([['a1', 'a2'], []]);
  });

  test('begin no other delivery in the place of one that rests', async () => {
    const rests: (() => void)[] = [];
    const manual = new ManualLanes(9, () => new Promise((resolve) => void rests.push(resolve)));
    const first = Array.from({ length: DELIVERIES_MAX }, (_, event) => `${'abcdefgh'[event]}1`);
    manual.add(...first, 'a2', 'z1');
    for (const id of first) await manual.answer(id, delivered);
    expect([manual.done, manual.sent]).toEqual([first, first]);
    rests[0]?.();
    await tick();
    expect(manual.sent.slice(first.length)).toEqual(['z1']);
    rests[1]?.();
    await tick();
    expect(manual.sent.slice(first.length)).toEqual(['z1', 'a2']);
    for (const end of rests) end();
  });

  test('begin nothing once they are closed, and wait for what is under way', async () => {
    const manual = new ManualLanes();
    manual.add('a1', 'a2');
    let isClosed = false;
    const closing = manual.lanes.close().then(() => {
      isClosed = true;
    });
    await tick();
    expect(isClosed).toBe(false);
    await manual.answer('a1', delivered);
    await closing;
    expect([manual.sent, manual.done]).toEqual([['a1'], ['a1']]);
  });

  test('do not count a delivery that was cut when they were closed', async () => {
    const manual = new ManualLanes(1); // one failure, and a message is given up
    manual.add('a1');
    const closing = manual.lanes.close();
    await manual.answer('a1', failed);
    await closing;
    expect([manual.givenUp, manual.lanes.failed(9)]).toEqual([[], []]);
  });

  test('keep the order of each event in random schedules, with a bounded number at once', async () => {
    const random = new Random(3);
    const manual = new ManualLanes();
    const open: string[] = [];
    const events = [...'abcdefghijkl'];
    const added = new Map(events.map((event) => [event, 0]));
    let seen = 0;
    for (let step = 0; step < 2_000; step++) {
      if (random.next() < 0.3) {
        const event = random.pick(events);
        const number = (added.get(event) ?? 0) + 1;
        added.set(event, number);
        manual.add(`${event}${number}`);
      }
      open.push(...manual.sent.slice(seen));
      seen = manual.sent.length;
      expect(open.length).toBeLessThanOrEqual(DELIVERIES_MAX);
      expect(new Set(open.map((id) => id[0])).size).toBe(open.length);
      if (open.length > 0 && random.next() < 0.5) {
        const [id = ''] = open.splice(random.integer(0, open.length - 1), 1);
        await manual.answer(id, random.next() < 0.3 ? failed : delivered);
        if (random.next() < 0.3) manual.lanes.retryNow();
      }
    }
    expect(manual.done.length).toBeGreaterThan(200);
    for (const event of events) {
      const numbers = manual.done.filter((id) => id[0] === event).map((id) => Number(id.slice(1)));
      expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    }
  });
});

describe('the place of a message', () => {
  test('comes after an earlier commit, and after an earlier message of its commit', () => {
    expect(isAfter([2, 0], [1, 5])).toBe(true);
    expect(isAfter([1, 6], [1, 5])).toBe(true);
    expect(isAfter([1, 5], [1, 5])).toBe(false);
    expect(isAfter([0, 9], [1, 5])).toBe(false);
    expect(isAfter([0, 0], undefined)).toBe(true);
  });

  test('is saved only where a restart reads it again', () => {
    const positions = new Map([
      ['before', [10, 0] as const],
      ['behind', [200, 3] as const],
    ]);
    expect(positionsFrom(positions, { offset: 100 })).toEqual({ behind: [200, 3] });
    expect(positionsFrom(positions, undefined)).toEqual({ before: [10, 0], behind: [200, 3] });
  });

  test('has an id that never changes, and says nothing', () => {
    expect(messageId('commit', 7)).toBe(messageId('commit', 7));
    expect(messageId('commit', 7)).not.toBe(messageId('commit', 8));
    expect(messageId('commit', 7)).toMatch(/^msg_[\w-]{27}$/);
  });
});

describe('open holds', () => {
  const hold = (until: string) => ({
    ...{ eventId: 'a', quantity: 1, until },
    total: { amount: 1, currency: 'EUR' },
  });

  test('are taken out once, when their time is over', () => {
    const holds = new ExpiringHolds();
    holds.put('late', hold('2027-01-03'));
    holds.put('early', hold('2027-01-01'));
    holds.put('ended', hold('2027-01-01'));
    holds.end('ended');
    expect(holds.takeDue('2026-12-31')).toEqual([]);
    expect(holds.takeDue('2027-01-02').map(([id]) => id)).toEqual(['early']);
    expect(holds.takeDue('2027-01-02')).toEqual([]);
    expect(holds.takeDue('2027-01-03').map(([id]) => id)).toEqual(['late']);
  });
});
