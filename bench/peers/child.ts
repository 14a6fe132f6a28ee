import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Semaphore, withTimeout } from 'async-mutex';
import { Fault } from '../../src/booking/faults.js';
import type { Buy, BuyResult } from '../../src/booking/outcomes.js';
import type { Sale, Store } from '../../src/booking/store.js';
import { type LockMode, LockTimeoutError, msUntil } from '../../src/lock/lock-mode.js';
import { json } from '../../src/store/json/driver.js';
import { nothingToWaitFor, type Peer, peerKind } from './peer.js';

/** Children of one worker at once. A tutorial starts one for everybody, and they wait for each other. */
const CHILDREN_MAX = 2;

const program = fileURLToPath(new URL('../programs/one-buy.js', import.meta.url));

/** Lets so many in at once. */
const atMost = (many: number): LockMode => ({
  scope: 'nothing',
  about: `at most ${many} at once in each process`,
  open: async () => {
    const places = new Semaphore(many);
    return {
      run: (section, deadline) =>
        withTimeout(places, Math.max(1, msUntil(deadline)), new LockTimeoutError()).runExclusive(
          section,
        ),
      close: async () => {},
    };
  },
});

/** Has every buy sold by a process that is started for it, and reads itself what those wrote. */
function withChildren(store: Store, folder: string): Store {
  return {
    remembersKeys: store.remembersKeys,
    sell: async (buys): Promise<Sale> => ({
      results: await Promise.all(buys.map((buy) => sellInChild(folder, buy))),
      durable: nothingToWaitFor,
    }),
    search: () => store.search(),
    find: (orderId) => store.find(orderId),
    history: () => store.history(),
    close: () => store.close(),
  };
}

async function sellInChild(folder: string, buy: Buy): Promise<BuyResult> {
  const child = spawn(process.execPath, [program, folder, JSON.stringify(buy)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Fault('STORAGE', `a child ended with ${code}`);
  return JSON.parse(said) as BuyResult;
}

export const childPerBuy: Peer = {
  name: 'a new child process per buy',
  about: `the oldest tutorials' shape: each buy starts a process that locks (kernel), reads, writes and ends; at most ${CHILDREN_MAX} at once in each worker`,
  durable: true,
  settings: { LOCK_MODE: 'off' },
  kind: peerKind({
    about: json.about,
    guardedFile: json.guardedFile,
    prepare: json.prepare,
    open: async (options) => withChildren(await json.open(options), options.folder),
    history: json.history,
  }),
  locks: { off: atMost(CHILDREN_MAX) },
};
