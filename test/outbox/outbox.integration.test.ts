import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Order } from '../../src/booking/outcomes.js';
import type { OutboxBackend } from '../../src/outbox/backend.js';
import { REST_MS } from '../../src/outbox/pacing.js';
import { DELIVERIES_MAX } from '../../src/outbox/sender.js';
import type { BackupEntry } from '../../src/store/backup/snapshot.js';
import { storeNames, stores } from '../../src/store/registry.js';
import { run } from '../support/processes.js';
import { Random } from '../support/random.js';
import { type Answer, answerOk, outOfOrder, WebhookReceiver } from '../support/webhook-receiver.js';
import { TestOutbox } from './test-outbox.js';

const answerWith =
  (status: number): Answer =>
  (_message, response) =>
    void response.writeHead(status).end();

/** Each save takes so long that what was asked for is delivered meanwhile. */
const slowlySaved = (backend: OutboxBackend): OutboxBackend => ({
  requests: backend.requests,
  create: () => backend.create(),
  read: () => backend.read(),
  close: () => backend.close(),
  async acquire() {
    const acquired = await backend.acquire();
    return (
      acquired && {
        requests: acquired.requests,
        load: () => acquired.load(),
        openSource: (progress) => acquired.openSource(progress),
        close: () => acquired.close(),
        async save(progress) {
          await sleep(100);
          await acquired.save(progress);
        },
      }
    );
  },
});

describe.each(storeNames)('the outbox of %s', (name) => {
  test('delivers what is sold from now on, as its buyer was told', async () => {
    const tested = await TestOutbox.create(name);
    await tested.buy(1); // before there was a webhook
    await tested.start();
    const [order] = await tested.commit({
      ...{ kind: 'buy', eventId: 'a', customer: 'Zoë \u0000', quantity: 2 },
    } as never);
    await tested.received(1);
    const { kind: _, ...told } = order as Order;
    expect(tested.receiver.accepted[0]).toMatchObject({ type: 'order.created', data: told });
    expect(tested.errors).toEqual([]);
  });

  test('delivers all five kinds of messages, in the order of each event', async () => {
    const tested = await TestOutbox.create(name);
    await tested.start();
    const hold = {
      kind: 'hold',
      holdId: 'h1',
      eventId: 'b',
      customer: 'Bob',
      quantity: 3,
    } as const;
    await tested.commit({ ...hold, holdId: 'h2', seconds: 600 });
    await tested.commit({ kind: 'confirm', holdId: 'h2' });
    await tested.commit({ ...hold, seconds: 0.1 });
    const [order] = (await tested.buy(1, 'a')) as [Order];
    await tested.buy(1, 'a');
    await tested.commit({ kind: 'admit', eventId: 'a', serial: 2, door: 'East' });
    await tested.commit({ kind: 'cancel', order });
    await sleep(150);
    await tested.commit({ kind: 'expireHolds' });
    const {
      remaining: _r,
      issued: _i,
      ...saved
    } = (await tested.store.search()).state.events.c as never as Record<string, unknown>;
    const event = { ...saved, name: 'Renamed', revision: undefined };
    await tested.commit({ kind: 'saveEvent', eventId: 'c', event, revision: 1 } as never);
    await tested.received(7);
    const { accepted } = tested.receiver;
    const typesOf = (eventId: string) =>
      accepted.filter(({ data }) => data.eventId === eventId).map(({ type }) => type);
    expect(typesOf('a')).toEqual([
      'order.created',
      'order.created',
      'ticket.admitted',
      'order.cancelled',
    ]);
    expect(typesOf('b')).toEqual(['order.created', 'hold.expired']);
    expect(typesOf('c')).toEqual(['event.saved']);
    const dataOf = (type: string) => accepted.find((each) => each.type === type)?.data;
    expect(dataOf('order.cancelled')).toMatchObject({ orderId: order.orderId, serials: [1] });
    expect(dataOf('hold.expired')).toEqual({
      ...{ holdId: 'h1', eventId: 'b', quantity: 3, expiresAt: expect.any(String) },
      total: { amount: 3000, currency: 'EUR' },
    });
    expect(dataOf('ticket.admitted')).toMatchObject({ eventId: 'a', serial: 2, door: 'East' });
    expect(dataOf('event.saved')).toMatchObject({ eventId: 'c', name: 'Renamed', revision: 2 });
    expect(dataOf('event.saved')).not.toHaveProperty('remaining');
  });

  test('delivers all in order, through failures and restarts, with equal ids', async () => {
    const random = new Random(7);
    const tested = await TestOutbox.create(name, (message, response) =>
      random.next() < 0.3 ? answerWith(500)(message, response) : answerOk(message, response),
    );
    const sold: Order[] = [];
    for (let round = 0; round < 4; round++) {
      const outbox = await tested.start();
      for (const eventId of ['a', 'b', 'c']) sold.push(...(await tested.buy(10, eventId)));
      await sleep(random.integer(50, 400));
      await outbox.close(1_000);
    }
    await tested.start();
    await expect.poll(() => tested.receiver.orderIds.length).toBe(120);
    const { accepted, orderIds, unsigned } = tested.receiver;
    expect([...orderIds].sort()).toEqual(sold.map(({ orderId }) => orderId).sort());
    expect(outOfOrder(accepted)).toEqual([]);
    expect(new Set(accepted.map(({ id }) => id)).size).toBe(120);
    expect([unsigned, tested.errors]).toEqual([0, []]);
  });

  test('delivers the rest of a commit after a restart', async () => {
    const tested = await TestOutbox.create(name, (message, response) => {
      const isFirst = (message.data.serials as number[])[0] === 1;
      return (isFirst ? answerOk : answerWith(500))(message, response);
    });
    const first = await tested.start();
    const buy = { kind: 'buy', eventId: 'a', customer: 'Ada', quantity: 1 } as const;
    const orders = (await tested.commit(buy, buy, buy)) as Order[];
    await tested.received(1);
    await first.close(1_000);
    tested.receiver.answer = answerOk;
    await tested.start();
    await tested.received(3);
    expect(tested.receiver.orderIds).toEqual(orders.map(({ orderId }) => orderId));
  });

  test('parks a message after its tries, goes on, and delivers it when asked to', async () => {
    const tested = await TestOutbox.create(name, (message, response) => {
      const isFirst = (message.data.serials as number[])[0] === 1;
      return (isFirst ? answerWith(400) : answerOk)(message, response);
    });
    const outbox = await tested.start({ triesMax: 3 });
    const [first] = (await tested.buy(3)) as [Order];
    await tested.received(2);
    expect(tested.parked).toMatchObject([{ type: 'order.created', tries: 3 }]);
    const [parked] = tested.parked;
    const progress = await outbox.progress();
    expect(progress?.redeliveries).toMatchObject([{ id: parked?.id, orderId: first.orderId }]);
    expect(JSON.stringify(progress)).not.toContain('buyer'); // names must stay erasable

    tested.receiver.answer = answerOk;
    const backend = await tested.newBackend();
    await backend.requests.add({ kind: 'retry', id: parked?.id });
    await tested.received(3);
    expect(tested.receiver.accepted[2]).toMatchObject({ id: parked?.id, data: { serials: [1] } });
    await expect.poll(async () => (await backend.read())?.redeliveries).toEqual([]);
    await backend.close();
  });

  test('skips what an operator names', async () => {
    const tested = await TestOutbox.create(name, answerWith(500));
    const outbox = await tested.start();
    await tested.buy(2);
    const waiting = async () => (await outbox.progress())?.backlog?.waiting[0];
    await expect.poll(waiting).toBeDefined();
    const backend = await tested.newBackend();
    await backend.requests.add({ kind: 'skip', id: (await waiting())?.id });
    await expect.poll(async () => (await outbox.progress())?.backlog?.undelivered).toBe(1);
    tested.receiver.answer = answerOk;
    await backend.requests.add({ kind: 'retry' });
    await tested.received(1);
    expect(tested.receiver.accepted[0]?.data.serials).toEqual([2]);
    await backend.close();
  });

  test('stops after 410 until it is asked to go on, also after a restart', async () => {
    const tested = await TestOutbox.create(name, answerWith(410));
    const first = await tested.start();
    await tested.buy(1);
    await expect.poll(() => tested.stopped).toBe(1);
    tested.receiver.answer = answerOk;
    await first.close(1_000);
    const { attempts } = tested.receiver;
    const second = await tested.start();
    await tested.buy(1, 'b');
    await expect.poll(async () => (await second.progress())?.backlog?.undelivered).toBe(2);
    expect(tested.receiver.attempts).toBe(attempts);
    const backend = await tested.newBackend();
    await backend.requests.add({ kind: 'retry' });
    await tested.received(2);
    await backend.close();
  });

  test('delivers to another URL after one answered 410', async () => {
    const tested = await TestOutbox.create(name, answerWith(410));
    const first = await tested.start();
    await tested.buy(1);
    await expect.poll(() => tested.stopped).toBe(1);
    await first.close(1_000);
    const other = await WebhookReceiver.startForTest();
    await tested.start({ url: other.url });
    await expect.poll(() => other.accepted.length).toBe(1);
  });

  test('delivers an order once more, with another id', async () => {
    const tested = await TestOutbox.create(name);
    const outbox = await tested.start();
    const [order] = (await tested.buy(1)) as [Order];
    await tested.received(1);
    await outbox.resend(order);
    await tested.received(2);
    const [one, two] = tested.receiver.accepted;
    expect(two).toMatchObject({ type: 'order.created', data: one?.data ?? {} });
    expect(two?.id).not.toBe(one?.id);
  });

  test('delivers an order once more only once, however long a save takes', async () => {
    const tested = await TestOutbox.create(name);
    const backend = slowlySaved(await tested.newBackend());
    const outbox = await tested.start({ backend });
    const [order] = (await tested.buy(1)) as [Order];
    await tested.received(1);
    await outbox.resend(order);
    await tested.received(2);
    await expect.poll(() => backend.requests.all(), { timeout: 45_000 }).toEqual([]);
    await sleep(1_200); // requests are looked at twice a second
    expect(tested.receiver.accepted).toHaveLength(2);
  });

  test('a restored backup delivers what was not delivered when it was made', async () => {
    const tested = await TestOutbox.create(name);
    const first = await tested.start();
    await tested.buy(2);
    await tested.received(2);
    await first.close(1_000);
    const [undelivered] = (await tested.buy(1)) as [Order];
    const entries: BackupEntry[] = [];
    const options = { lockTimeoutMs: 1_000, lockStaleMs: 2_000, waitMs: 0 };
    await stores[name].backup(tested.location, options, async (snapshot) => {
      for await (const { chunks, ...entry } of snapshot.entries) {
        const bytes: Buffer[] = [];
        for await (const chunk of chunks) bytes.push(chunk);
        entries.push({ ...entry, chunks: bytes });
      }
    });
    const restored = await TestOutbox.create(name, answerOk, entries);
    await restored.start();
    await restored.received(1);
    expect(restored.receiver.orderIds).toEqual([undelivered.orderId]);
    const again = await tested.start();
    await tested.received(3);
    await again.close(1_000);
    expect(tested.receiver.accepted[2]?.id).toBe(restored.receiver.accepted[0]?.id);
  });

  test('of two processes one delivers, and the other takes over', async () => {
    const tested = await TestOutbox.create(name);
    const first = await tested.start();
    await expect.poll(() => first.figures.progress !== undefined).toBe(true);
    const second = await tested.start();
    await tested.buy(20);
    await tested.received(20);
    expect(second.figures.progress).toBeUndefined();
    await first.close(1_000);
    await tested.buy(5);
    await tested.received(25);
    expect(second.figures.progress).toBeDefined();
  });

  test('keeps few messages in memory while the receiver does not answer, and closes in time', async () => {
    const tested = await TestOutbox.create(name, () => {});
    const outbox = await tested.start();
    for (let commit = 0; commit < 15; commit++) {
      const eventId = ['a', 'b', 'c'][commit % 3] ?? '';
      const buy = { kind: 'buy', eventId, customer: 'Ada', quantity: 1 } as const;
      await tested.commit(...Array(100).fill(buy));
    }
    const undelivered = async () => (await outbox.progress())?.backlog?.undelivered ?? 0;
    await expect.poll(undelivered).toBeGreaterThanOrEqual(1_000);
    await sleep(500);
    expect(await undelivered()).toBeLessThanOrEqual(1_300); // a page and a commit more
    const began = performance.now();
    await outbox.close(200);
    expect(performance.now() - began).toBeLessThan(20_000); // 0.2 s, if the machine is idle
    tested.receiver.answer = answerOk;
    await tested.start();
    await expect.poll(() => tested.receiver.orderIds.length).toBe(1_500);
  });
});

describe('a busy server', () => {
  test('rests after each delivery, and loses nothing', async () => {
    const tested = await TestOutbox.create('json');
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => void warnings.push(warning);
    process.on('warning', onWarning);
    onTestFinished(() => void process.off('warning', onWarning));
    await tested.start({ pacing: { isBusy: () => true, lagMaxMs: 1e12 } });
    const began = performance.now();
    const buy = { kind: 'buy', eventId: 'a', customer: 'Ada', quantity: 1 } as const;
    await tested.commit(...Array(8 * DELIVERIES_MAX).fill(buy));
    await tested.received(8 * DELIVERIES_MAX);
    // Every connection has rested seven times. (A timer may be a millisecond early.)
    expect(performance.now() - began).toBeGreaterThan(7 * (REST_MS - 2));
    expect(outOfOrder(tested.receiver.accepted)).toEqual([]);
    expect(warnings).toEqual([]);
  });
});

describe('the command on a database', () => {
  test('shows what is parked, gives it up, and delivers it again', async () => {
    const tested = await TestOutbox.create('postgres', answerWith(500));
    await tested.start({ triesMax: 2 });
    const env = { STORE: 'postgres', DATABASE_URL: tested.location };
    const outbox = (...args: string[]) => run('src/cli/outbox', { env, args });
    await tested.buy(2);
    await expect.poll(() => tested.parked.length, { timeout: 45_000 }).toBe(2);
    const status = () => outbox('status');
    const countParked = async () => /^parked {7}(\d+)$/m.exec((await status()).stdout)?.[1];
    await expect.poll(countParked, { timeout: 45_000 }).toBe('2');
    const { code, stdout, stderr } = await status();
    expect([code, stderr]).toEqual([1, '']);
    const ids = [...stdout.matchAll(/^parked {2}(msg_\S+) .* failed 2 times: .* 500$/gm)].map(
      ([, id = '']) => id,
    );
    expect(ids).toEqual(tested.parked.map(({ id }) => id));
    tested.receiver.answer = answerOk;
    for (const action of ['skip', 'retry']) {
      const unknown = await outbox(action, 'msg_typo');
      expect([unknown.code, unknown.stdout, unknown.stderr]).toEqual([
        2,
        '',
        'no message "msg_typo" has failed or is parked, see: status\n',
      ]);
    }
    expect(await outbox('skip', ids[0] ?? '')).toMatchObject({ code: 0, stdout: 'Done.\n' });
    expect(await outbox('retry')).toMatchObject({ code: 0, stdout: 'Done.\n' });
    await tested.received(1);
    expect(tested.receiver.accepted[0]).toMatchObject({ id: ids[1], data: { serials: [2] } });
    await expect.poll(async () => (await status()).code, { timeout: 45_000 }).toBe(0);
    expect(tested.errors).toEqual([]);
  });

  test('says that there has been no webhook, and that no server delivers', async () => {
    const tested = await TestOutbox.create('postgres');
    const env = { STORE: 'postgres', DATABASE_URL: tested.location };
    const outbox = (...args: string[]) => run('src/cli/outbox', { env, args });
    const { code, stderr } = await outbox('status');
    expect([code, stderr]).toEqual([2, expect.stringContaining('has had no webhook yet')]);
    const first = await tested.start();
    await first.close(1_000);
    expect((await outbox('retry')).stdout).toContain('No server delivers now');
    expect((await outbox('status')).code).toBe(0);
  });
});
