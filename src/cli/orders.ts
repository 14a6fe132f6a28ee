import { exitCode } from '../exit-codes.js';
import { readSettings } from '../settings.js';
import type { EraseOptions } from '../store/driver.js';
import { stores } from '../store/registry.js';
import { count } from '../timeline/format.js';
import { UserError } from '../user-error.js';
import { newCommand, runCommand } from './command.js';
import { locateStore } from './locate-store.js';

interface Options {
  readonly customer?: string;
  readonly order?: string;
  readonly yes?: true;
}

const command = newCommand(
  'orders',
  'Erases the name of a customer in DATA_DIR, which no server has open, or in DATABASE_URL.',
)
  .argument('<what>', 'erase: replace the name by "(erased)"; the tickets stay sold')
  .option('--customer <name>', 'in all orders of exactly this name')
  .option('--order <id>', 'in the order with this id')
  .option('-y, --yes', 'erase; without it, only count the orders')
  .addHelpText(
    'after',
    '\nExit code: 0 done, 1 some names could not be erased, 2 nothing was erased, 3 the ledger is damaged, 5 no database.',
  );

await runCommand(command, async () => {
  const [action] = command.args;
  if (action !== 'erase') throw new UserError(`"${action}" is not an action: use erase`);
  const settings = readSettings();
  const { yes = false, ...which } = command.opts<Options>();
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
});

function ordersOf({ customer, order }: Options): EraseOptions['orders'] {
  if (customer !== undefined && order === undefined) return { customer };
  if (order !== undefined && customer === undefined) return { orderId: order };
  throw new UserError('name either --customer NAME or --order ID');
}
