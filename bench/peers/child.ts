import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Semaphore, withTimeout } from 'async-mutex';
import type { Buy } from '../../src/booking/commands.js';
import { Fault } from '../../src/booking/faults.js';
import type { Order } from '../../src/booking/outcomes.js';
import { stores } from '../../src/store/registry.js';
import type { Peer } from './peer.js';

/** Child processes of one worker at a time; more would only wait for each other. */
const CHILDREN_MAX = 2;

/** Longer than a run; later, the buys that still wait would slow down the next row. */
const WAIT_MS_MAX = 7_000;

const program = fileURLToPath(new URL('../programs/one-buy.js', import.meta.url));

async function sellInChild(folder: string, buy: Buy): Promise<Order> {
  const child = spawn(process.execPath, [program, folder, JSON.stringify(buy)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Fault('STORAGE', `the child process exited with ${code}`);
  return JSON.parse(output) as Order;
}

export const childPerBuy: Peer = {
  name: 'a new child process per buy',
  about: `as the oldest tutorials do: each buy starts a process that locks (kernel), reads, writes and exits; at most ${CHILDREN_MAX} at a time in each worker`,
  durable: true,
  settings: { LOCK_MODE: 'off' },
  async open(folder) {
    const slots = withTimeout(
      new Semaphore(CHILDREN_MAX),
      WAIT_MS_MAX,
      new Fault('LOCK_TIMEOUT', 'no child process was free'),
    );
    return (buys) =>
      Promise.all(buys.map((buy) => slots.runExclusive(() => sellInChild(folder, buy))));
  },
  history: stores.json.history,
};
