import { open } from 'node:fs/promises';
import type { Erased, EraseOptions } from '../driver.js';
import { exists } from '../shared/files.js';
import { withExclusiveFolderLock } from '../shared/folder-lock.js';
import { ifExists } from '../shared/if-exists.js';
import { LineReader } from '../shared/line-reader.js';
import { rewriteLines } from '../shared/rewrite-lines.js';
import { rejectLostReceipts } from './damage.js';
import { receiptsIn, ticketsIn } from './paths.js';
import { eraseName, parseReceipt, type Receipt } from './receipts.js';
import { TicketFile } from './ticket-file.js';

/**
 * Erases names from the receipts of a folder that no server has open. Every receipt keeps its length,
 * so that order ids still lead to it.
 *
 * @throws DamagedFolderError when the receipts are gone
 */
export function erase(folder: string, { orders, dryRun }: EraseOptions): Promise<Erased> {
  const isMeant = (receipt: Receipt): boolean =>
    receipt.customer !== '' &&
    ('customer' in orders
      ? receipt.customer === orders.customer
      : receipt.orderId === orders.orderId);
  return withExclusiveFolderLock(folder, async () => {
    const path = receiptsIn(folder);
    if (!(await exists(path))) {
      const { version } = await new TicketFile(ticketsIn(folder), true).read();
      await rejectLostReceipts(folder, version);
    }
    const found = await countReceipts(path, isMeant);
    if (found > 0 && !dryRun) {
      await rewriteLines(path, (line) => {
        const receipt = parseReceipt(line.toString('utf8'));
        if (receipt !== undefined) return isMeant(receipt) ? eraseName(line, receipt) : line;
        return Buffer.alloc(line.length, ' '); // torn: it may contain the name
      });
    }
    return { orders: found, unerasable: 0 };
  });
}

async function countReceipts(path: string, isMeant: (receipt: Receipt) => boolean) {
  const file = await ifExists(open(path, 'r'));
  if (file === undefined) return 0;
  let found = 0;
  try {
    await new LineReader(file).readNewLines((line) => {
      const receipt = parseReceipt(line.toString('utf8'));
      if (receipt !== undefined && isMeant(receipt)) found++;
    });
  } finally {
    await file.close();
  }
  return found;
}
