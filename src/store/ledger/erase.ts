import { open } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { ERASED } from '../../booking/outcomes.js';
import { UserError } from '../../user-error.js';
import type { Erased, EraseOptions } from '../driver.js';
import { exists } from '../shared/files.js';
import { withExclusiveFolderLock } from '../shared/folder-lock.js';
import { type ReadableFile, readLineAt } from '../shared/line-reader.js';
import { rewriteLines } from '../shared/rewrite-lines.js';
import { Chain } from './chain.js';
import { readCheckpoint, writeCheckpoint } from './checkpoint.js';
import { rejectLostLedger } from './damage.js';
import { checkLedger, type Inspection, inspectFile, inspectLedger } from './inspect.js';
import { type Commit, eraseNames, hasErasableNames, parseCommit } from './ledger-line.js';
import { loadLedger, readGenesis } from './load.js';
import { withoutNames } from './open-holds.js';
import { hasName, isSale, type Op } from './ops.js';
import { type NamedSale, OrderIds } from './order-ids.js';
import { readOrderKey } from './order-key.js';
import { ledgerIn, ticketsIn } from './paths.js';

/** Which names shall be erased. */
interface Meant {
  /** Whether that of the operation at this index, of the line at this offset. */
  in(commit: Commit, offset: number, index: number): boolean;
  /** Whether that of a hold. */
  hold(id: string, customer: string): boolean;
}

/**
 * Erases names from the ledger of a folder that no server has open. Names are not hashed and every
 * line keeps its length, so the chain and the order ids stay as they are. Lines that do not count lose
 * all their names: no order refers to them. The name of an order that was held before is also that of
 * its hold.
 *
 * @throws DamagedLedgerError when the ledger is damaged
 */
export function erase(folder: string, options: EraseOptions): Promise<Erased> {
  return withExclusiveFolderLock(folder, async () => {
    await rejectLostLedger(folder);
    if (!(await exists(ledgerIn(folder)))) throw new UserError(`${folder} contains no ledger`);
    const before = await checkLedger(folder);
    const meant = await findMeant(folder, before, options);
    const found = await countOrders(folder, meant);
    if (found.orders > 0 && !options.dryRun) {
      // First the checkpoint: an erasure that was interrupted finds the names in the ledger again.
      await eraseInCheckpoint(folder, meant);
      await rewrite(folder, before, meant);
    }
    return found;
  });
}

async function findMeant(
  folder: string,
  { genesis }: Inspection,
  { orders, orderSecret }: EraseOptions,
): Promise<Meant> {
  if ('customer' in orders) {
    const { customer } = orders;
    return {
      in: ({ ops }, _, index) => nameOf(ops[index]) === customer,
      hold: (_, name) => name === customer,
    };
  }
  const ids = new OrderIds(await readOrderKey(folder, genesis, orderSecret), genesis.ledger);
  const named = ids.read(orders.orderId);
  const hold = named && (await holdOf(folder, named));
  const isHold = (id: string, name: string) => id === hold && name !== ERASED;
  return {
    in(commit, offset, index) {
      const op = commit.ops[index];
      if (op?.op === 'hold') return isHold(op.hold, op.customer);
      const isNamed = named?.sale.offset === offset && named.sale.index === index;
      return isNamed && named.isIn(commit) && nameOf(op) !== ERASED;
    },
    hold: isHold,
  };
}

const nameOf = (op: Op | undefined): string | undefined =>
  op !== undefined && hasName(op) ? op.customer : undefined;

/** The hold that an order confirmed. */
async function holdOf(folder: string, { sale, isIn }: NamedSale): Promise<string | undefined> {
  const file = await open(ledgerIn(folder), 'r');
  try {
    const line = await readLineAt(file, sale.offset);
    const commit = line && parseCommit(line);
    const op = commit && isIn(commit) ? commit.ops[sale.index] : undefined;
    return op && isSale(op) ? op.hold : undefined;
  } finally {
    await file.close();
  }
}

/** Counts the orders, and the holds that became none. */
async function countOrders(folder: string, meant: Meant): Promise<Erased> {
  let [orders, unerasable] = [0, 0];
  const holds = new Set<string>();
  await inspectLedger(folder, ({ commit, counts, offset }) => {
    if (commit === undefined || !counts) return;
    for (const [index, op] of commit.ops.entries()) {
      if (!meant.in(commit, offset, index)) continue;
      if (op.op === 'hold') holds.add(op.hold);
      else if (!hasErasableNames(commit)) unerasable++;
      else {
        orders++;
        if (isSale(op) && op.hold !== undefined) holds.delete(op.hold);
      }
    }
  });
  return { orders: orders + holds.size, unerasable };
}

async function eraseInCheckpoint(folder: string, meant: Meant): Promise<void> {
  const checkpoint = await readCheckpoint(ticketsIn(folder));
  if (checkpoint?.holds === undefined) return;
  const holds = Object.entries(checkpoint.holds).map(([id, hold]) => [
    id,
    meant.hold(id, hold.customer) ? { ...hold, customer: ERASED } : hold,
  ]);
  await writeCheckpoint(ticketsIn(folder), { ...checkpoint, holds: Object.fromEntries(holds) });
}

async function rewrite(folder: string, before: Inspection, meant: Meant): Promise<void> {
  const chain = await chainOf(folder);
  await rewriteLines(
    ledgerIn(folder),
    (line, offset) => {
      if (offset === 0) return line;
      const commit = parseCommit(line);
      const counts = chain.take(line, offset) !== undefined;
      if (commit === undefined) return Buffer.alloc(line.length, ' '); // torn: it may contain a name
      return (
        eraseNames(line, (index) => !counts || meant.in(commit, offset, index)) ??
        (counts ? line : Buffer.alloc(line.length, ' '))
      );
    },
    (file) => verify(file, folder, before),
  );
}

async function chainOf(folder: string): Promise<Chain> {
  const file = await open(ledgerIn(folder), 'r');
  try {
    return new Chain((await readGenesis(file)).head);
  } finally {
    await file.close();
  }
}

/** @throws DamagedLedgerError, or an error that says so, if more than names would change */
async function verify(file: ReadableFile, folder: string, before: Inspection): Promise<void> {
  await loadLedger(file, await readCheckpoint(ticketsIn(folder)));
  if (isDeepStrictEqual(comparable(await inspectFile(file)), comparable(before))) return;
  throw new Error('erasing would have changed the sales');
}

const comparable = ({ partialBytes: _, state: { holds, ...state }, ...others }: Inspection) => ({
  ...others,
  state,
  holds: withoutNames(holds),
});
