import { pipeline } from 'node:stream/promises';
import { allOrders, ordersCsv, statusOf } from '../booking/export-orders.js';
import type { TicketState } from '../booking/inventory.js';
import { exitCode } from '../exit-codes.js';
import { readSettings, type Settings } from '../settings.js';
import type { EraseOptions } from '../store/driver.js';
import { stores } from '../store/registry.js';
import { count } from '../timeline/format.js';
import { UserError } from '../user-error.js';
import { newCommand, printable, printLine, runCommand } from './command.js';
import { locateStore, openForReading } from './locate-store.js';

interface Options {
  readonly csv?: true;
  readonly event?: string;
  readonly customer?: string;
  readonly order?: string;
  readonly yes?: true;
}

const command = newCommand(
  'orders',
  'Lists the orders in DATA_DIR or in DATABASE_URL, also while servers sell; or erases a name.',
)
  .argument('[what]', 'a folder to list, or erase: replace a name by "(erased)"', '')
  .option('--csv', 'print all orders as CSV (RFC 4180)')
  .option('--event <id>', 'only the orders of this event')
  .option('--customer <name>', 'erase: in all orders of exactly this name')
  .option('--order <id>', 'erase: in the order with this id')
  .option('-y, --yes', 'erase; without it, only count the orders')
  .addHelpText(
    'after',
    '\nExit code: 0 done, 1 some names could not be erased, 2 nothing was done, 3 the ledger is damaged, 5 no database.',
  );

await runCommand(command, async () => {
  const [what = ''] = command.processedArgs as [string?];
  const settings = readSettings();
  if (what === 'erase') return erase(settings);
  return list(what === '' ? settings : { ...settings, DATA_DIR: what });
});

async function list(settings: Settings): Promise<number> {
  const { csv, event, customer, order, yes } = command.opts<Options>();
  if (customer !== undefined || order !== undefined || yes) {
    throw new UserError('--customer, --order and --yes are for: npm run orders -- erase');
  }
  const located = await locateStore(settings);
  const store = await openForReading(located, settings);
  try {
    const { state } = await store.search();
    const orders = allOrders(store, event);
    if (csv) await pipeline(ordersCsv(orders, state), process.stdout, { end: false });
    else for await (const each of orders) printLine(describe(each, state));
  } finally {
    await store.close();
  }
  return exitCode.ok;
}

type Listed = ReturnType<typeof allOrders> extends AsyncGenerator<infer Each> ? Each : never;

function describe(order: Listed, state: TicketState): string {
  const { at, orderId, eventId, quantity, customer } = order;
  const cancelled = statusOf(order, state) === 'cancelled' ? '  cancelled' : '';
  return `${at}  ${orderId}  ${eventId}  ${count(quantity, 'ticket')}  ${printable(customer)}${cancelled}`;
}

async function erase(settings: Settings): Promise<number> {
  const { csv, event, yes = false, ...which } = command.opts<Options>();
  if (csv || event !== undefined) throw new UserError('--csv and --event are not for erase');
  const { store, location, shown } = await locateStore(settings);
  const options: Omit<EraseOptions, 'dryRun'> = {
    orders: ordersOf(which),
    waitMs: settings.DATABASE_WAIT_S * 1000,
    ...(settings.ORDER_SECRET === undefined ? {} : { orderSecret: settings.ORDER_SECRET }),
  };
  const { orders, unerasable } = await stores[store].erase(location, { ...options, dryRun: !yes });
  if (orders + unerasable === 0) throw new UserError(`${shown} has no such order`);
  if (!yes) {
    throw new UserError(
      `${shown} has ${count(orders + unerasable, 'such order')}. The name is lost for good. Confirm with --yes`,
    );
  }
  process.stdout.write(`Erased the name in ${count(orders, 'order')} of ${shown}.\n`);
  if (unerasable === 0) return exitCode.ok;
  process.stderr.write(
    `${count(unerasable, 'order')} of an older version still has it: there the name is part of the chain\n`,
  );
  return exitCode.failed;
}

function ordersOf({ customer, order }: Options): EraseOptions['orders'] {
  if (customer !== undefined && order === undefined) return { customer };
  if (order !== undefined && customer === undefined) return { orderId: order };
  throw new UserError('name either --customer NAME or --order ID');
}
