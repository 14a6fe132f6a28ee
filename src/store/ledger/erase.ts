import { open } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { ERASED } from '../../booking/outcomes.js';
import { UserError } from '../../user-error.js';
import type { Erased, EraseOptions } from '../driver.js';
import { exists } from '../shared/files.js';
import { withExclusiveFolderLock } from '../shared/folder-lock.js';
import type { ReadableFile } from '../shared/line-reader.js';
import { rewriteLines } from '../shared/rewrite-lines.js';
import { Chain } from './chain.js';
import { readCheckpoint } from './checkpoint.js';
import { rejectLostLedger } from './damage.js';
import { checkLedger, type Inspection, inspectFile, inspectLedger } from './inspect.js';
import { type Commit, eraseNames, hasErasableNames, parseCommit } from './ledger-line.js';
import { loadLedger, readGenesis } from './load.js';
import { OrderIds } from './order-ids.js';
import { readOrderKey } from './order-key.js';
import { ledgerIn, ticketsIn } from './paths.js';

/** Whether the name of a sale shall be erased: of the line at this offset, at this index. */
type IsMeant = (commit: Commit, offset: number, index: number) => boolean;

/**
 * Erases names from the ledger of a folder that no server has open. Names are not hashed and every
 * line keeps its length, so the chain, the checkpoint and the order ids stay as they are. Lines that do
 * not count lose all their names: no order refers to them.
 *
 * @throws DamagedLedgerError when the ledger is damaged
 */
export function erase(folder: string, options: EraseOptions): Promise<Erased> {
  return withExclusiveFolderLock(folder, async () => {
    await rejectLostLedger(folder);
    if (!(await exists(ledgerIn(folder)))) throw new UserError(`${folder} contains no ledger`);
    const before = await checkLedger(folder);
    const isMeant = await matcher(folder, before, options);
    const found = await countOrders(folder, isMeant);
    if (found.orders > 0 && !options.dryRun) await rewrite(folder, before, isMeant);
    return found;
  });
}

async function matcher(
  folder: string,
  { genesis }: Inspection,
  { orders, orderSecret }: EraseOptions,
): Promise<IsMeant> {
  if ('customer' in orders) return ({ ops }, _, at) => ops[at]?.customer === orders.customer;
  const ids = new OrderIds(await readOrderKey(folder, genesis, orderSecret), genesis.ledger);
  const named = ids.read(orders.orderId);
  return (commit, offset, index) =>
    named?.sale.offset === offset &&
    named.sale.index === index &&
    named.isIn(commit) &&
    commit.ops[index]?.customer !== ERASED;
}

async function countOrders(folder: string, isMeant: IsMeant): Promise<Erased> {
  let [orders, unerasable] = [0, 0];
  await inspectLedger(folder, ({ commit, counts, offset }) => {
    if (commit === undefined || !counts) return;
    const found = commit.ops.filter((_, index) => isMeant(commit, offset, index)).length;
    if (hasErasableNames(commit)) orders += found;
    else unerasable += found;
  });
  return { orders, unerasable };
}

async function rewrite(folder: string, before: Inspection, isMeant: IsMeant): Promise<void> {
  const chain = await chainOf(folder);
  await rewriteLines(
    ledgerIn(folder),
    (line, offset) => {
      if (offset === 0) return line;
      const commit = parseCommit(line);
      const counts = chain.take(line, offset) !== undefined;
      if (commit === undefined) return Buffer.alloc(line.length, ' '); // torn: it may contain a name
      return (
        eraseNames(line, (index) => !counts || isMeant(commit, offset, index)) ??
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
  const { partialBytes: _, ...after } = await inspectFile(file);
  const { partialBytes: __, ...expected } = before;
  if (!isDeepStrictEqual(after, expected)) throw new Error('erasing would have changed the sales');
}
