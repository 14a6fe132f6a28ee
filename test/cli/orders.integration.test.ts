import { describe, expect, onTestFinished, test } from 'vitest';
import type { Order } from '../../src/booking/outcomes.js';
import { type StoreName, stores } from '../../src/store/registry.js';
import { judge } from '../../src/verdict/judge.js';
import { TestDatabase } from '../support/database.js';
import { anEvent, openOptions, testFolder } from '../support/folder.js';
import { run } from '../support/processes.js';

const events = { a: anEvent(10) };

/** A folder or a database in which Ada, Bob and Ada bought a ticket each. */
async function placeWithSales(name: StoreName) {
  const database = name === 'postgres' ? await TestDatabase.forTest(events) : undefined;
  const folder = testFolder(events);
  const location = database?.address ?? folder;
  await (database?.prepare() ?? stores[name].prepare(folder));
  const store = await stores[name].open(openOptions(location, true));
  const orders: Order[] = [];
  for (const customer of ['Ada', 'Bob', 'Ada']) {
    const { results, durable } = await store.sell([
      { kind: 'buy', eventId: 'a', customer, quantity: 1 },
    ]);
    await durable;
    orders.push(results[0] as Order);
  }
  await store.close();
  return { database, env: database?.env ?? { DATA_DIR: folder }, location, orders };
}

const erase = (env: NodeJS.ProcessEnv, ...args: string[]) =>
  run('src/cli/orders', { env, args: ['erase', ...args] });

describe.each(['json', 'ledger', 'postgres'] as const)('npm run orders, %s', (name) => {
  test('lists the orders, as lines and as CSV', async () => {
    const { env, location, orders } = await placeWithSales(name);
    const store = await stores[name].open(openOptions(location, true));
    const [, bob] = orders as [Order, Order, Order];
    await (await store.sell([{ kind: 'cancel', order: bob }])).durable;
    await store.close();
    const lines = await run('src/cli/orders', { env });
    expect([lines.code, lines.stderr]).toEqual([0, '']);
    const listed = lines.stdout.trimEnd().split('\n');
    expect(listed).toHaveLength(3);
    expect(listed[1]).toContain(`  ${bob.orderId}  a  1 ticket  Bob  cancelled`);
    const csv = await run('src/cli/orders', { env, args: ['--csv', '--event', 'a'] });
    const rows = csv.stdout.trimEnd().split('\r\n');
    expect(rows[0]).toBe('orderId,eventId,customer,quantity,serials,total,currency,status,soldAt');
    expect(rows[2]).toContain(`${bob.orderId},a,Bob,1,2,1000,EUR,cancelled,20`);
    const none = await run('src/cli/orders', { env, args: ['--event', 'nowhere'] });
    expect([none.code, none.stdout]).toEqual([0, '']);
  });
});

test('a name that would command the terminal is shown, and does nothing', async () => {
  const folder = testFolder(events);
  await stores.json.prepare(folder);
  const store = await stores.json.open(openOptions(folder, true));
  const customer = 'Mallory\u001b]52;c;aGFjaw==\u0007\n2027-01-01  forged  a  9 tickets  \u202eadA';
  await (await store.sell([{ kind: 'buy', eventId: 'a', customer, quantity: 1 }])).durable;
  await store.close();
  const { code, stdout } = await run('src/cli/orders', { env: { DATA_DIR: folder } });
  expect(code).toBe(0);
  expect(stdout.trimEnd().split('\n')).toEqual([
    expect.stringContaining(
      'Mallory\\u{1b}]52;c;aGFjaw==\\u{7}\\u{a}2027-01-01  forged  a  9 tickets  \\u{202e}adA',
    ),
  ]);
});

describe('a database that has no tickets, or does not answer', () => {
  const commands: [command: string, args: string[]][] = [
    ['src/cli/orders', []],
    ['src/cli/orders', ['erase', '--customer', 'Ada']],
    ['src/cli/events', ['list']],
    ['src/cli/outbox', ['status']],
    ['src/cli/verdict', []],
  ];

  test('is one line on stderr, and exit code 2 or 5', async () => {
    const { env } = await TestDatabase.forTest(events);
    const away = {
      STORE: 'postgres',
      DATABASE_URL: 'postgres://ada@127.0.0.1:1/x',
      DATABASE_WAIT_S: '0',
    };
    for (const [command, args] of commands) {
      const [empty, silent] = await Promise.all(
        [env, away].map((each) => run(command, { env: each, args })),
      );
      expect([command, empty?.code, empty?.stdout, empty?.stderr]).toEqual([
        command,
        2,
        '',
        expect.stringMatching(/^[^\n]* holds no tickets\n$/),
      ]);
      expect([command, silent?.code, silent?.stdout, silent?.stderr]).toEqual([
        command,
        5,
        '',
        expect.stringMatching(/^no database answers at [^\n]*\n$/),
      ]);
    }
  });
});

describe.each(['json', 'ledger', 'postgres'] as const)('npm run orders -- erase, %s', (name) => {
  test('erases the name from its orders, once confirmed, and the verdict holds', async () => {
    const { database, env, location, orders } = await placeWithSales(name);
    const asked = await erase(env, '--customer', 'Ada');
    expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining('2 such orders')]);
    const one = await erase(env, '--order', orders[0]?.orderId ?? '', '--yes');
    expect([one.code, one.stdout]).toEqual([0, expect.stringContaining('in 1 order of')]);
    const rest = await erase(env, '--customer', 'Ada', '--yes');
    expect([rest.code, rest.stdout]).toEqual([0, expect.stringContaining('in 1 order of')]);
    const none = await erase(env, '--customer', 'Ada', '--yes');
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('no such order')]);

    expect(judge(await stores[name].history(location))).toMatchObject({
      verdict: 'holds',
      skipped: 0,
      events: [{ sold: 3 }],
    });
    const store = await stores[name].open(openOptions(location, true));
    onTestFinished(() => store.close());
    const found = await Promise.all(orders.map(({ orderId }) => store.find(orderId)));
    expect(found.map((order) => order?.customer)).toEqual(['(erased)', 'Bob', '(erased)']);
    const rows = await database?.query('select 1 from turnstile.orders where customer::text ~ $1', [
      'Ada',
    ]);
    expect(rows ?? []).toEqual([]);
  });
});

test('npm run orders exits 2 for invalid arguments', async () => {
  const { env } = await placeWithSales('json');
  const both = await erase(env, '--customer', 'Ada', '--order', 'x');
  expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('either')]);
  const other = await run('src/cli/orders', { env, args: ['drop'] });
  expect([other.code, other.stderr]).toEqual([
    2,
    expect.stringContaining('drop contains no tickets'),
  ]);
  const mixed = await run('src/cli/orders', { env, args: ['--csv', '--yes'] });
  expect([mixed.code, mixed.stderr]).toEqual([2, expect.stringContaining('are for: npm run')]);
  const empty = await erase({ DATA_DIR: testFolder() }, '--customer', 'Ada');
  expect([empty.code, empty.stderr]).toEqual([2, expect.stringContaining('no tickets')]);
});
