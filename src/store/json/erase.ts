import { open } from 'node:fs/promises';
import { ERASED } from '../../booking/outcomes.js';
import type { Erased, EraseOptions } from '../driver.js';
import { exists } from '../shared/files.js';
import { withExclusiveFolderLock } from '../shared/folder-lock.js';
import { ifExists } from '../shared/if-exists.js';
import { LineReader } from '../shared/line-reader.js';
import { rewriteLines } from '../shared/rewrite-lines.js';
import { rejectLostReceipts } from './damage.js';
import { receiptsIn, ticketsIn } from './paths.js';
import { eraseName, parseReceiptLine, type ReceiptLine } from './receipt-lines.js';
import { TicketFile } from './ticket-file.js';

/** A line with the name of a customer. */
type NamedLine = Extract<ReceiptLine, { readonly kind: 'sold' | 'held' }>;

/**
 * Erases names from the files of a folder that no server has open. Every receipt keeps its length, so
 * that order ids still lead to it.
 *
 * @throws DamagedFolderError when the receipts are gone
 */
export function erase(folder: string, { orders, dryRun }: EraseOptions): Promise<Erased> {
  return withExclusiveFolderLock(folder, async () => {
    const path = receiptsIn(folder);
    if (!(await exists(path))) {
      const { version } = await new TicketFile(ticketsIn(folder), true).read();
      await rejectLostReceipts(folder, version);
    }
    const found = await findLines(path, orders);
    if ((found.orders > 0 || found.holdIds.size > 0) && !dryRun) {
      await rewriteLines(path, (line) => {
        const receipt = parseReceiptLine(line.toString('utf8'));
        if (receipt === undefined) return Buffer.alloc(line.length, ' '); // torn: it may contain the name
        return isNamed(receipt) && found.includes(receipt) ? eraseName(line, receipt) : line;
      });
      await eraseHolds(folder, found.holdIds);
    }
    return { orders: found.orders, unerasable: 0 };
  });
}

const isNamed = (line: ReceiptLine): line is NamedLine =>
  (line.kind === 'sold' || line.kind === 'held') && line.customer !== '';

/** The orders that are meant, and the holds of the same customer or those that became the order. */
async function findLines(path: string, orders: EraseOptions['orders']) {
  const holdIds = new Set<string>();
  let count = 0;
  const isMeant = (line: NamedLine): boolean =>
    'customer' in orders
      ? line.customer === orders.customer
      : line.kind === 'sold' && line.orderId === orders.orderId;
  await readLines(path, (line) => {
    if (!isNamed(line) || !isMeant(line)) return;
    if (line.kind === 'sold') count++;
    if (line.holdId !== undefined) holdIds.add(line.holdId);
  });
  const includes = (line: NamedLine): boolean =>
    isMeant(line) || (line.kind === 'held' && holdIds.has(line.holdId));
  return { orders: count, holdIds, includes };
}

async function readLines(path: string, take: (line: ReceiptLine) => void): Promise<void> {
  const file = await ifExists(open(path, 'r'));
  if (file === undefined) return;
  try {
    await new LineReader(file).readNewLines((bytes) => {
      const line = parseReceiptLine(bytes.toString('utf8'));
      if (line !== undefined) take(line);
    });
  } finally {
    await file.close();
  }
}

/** Holds whose time is not over are in the ticket file too. */
async function eraseHolds(folder: string, holdIds: ReadonlySet<string>): Promise<void> {
  const tickets = new TicketFile(ticketsIn(folder), true);
  const state = await tickets.read();
  const { holds = {} } = state;
  if (!Object.keys(holds).some((id) => holdIds.has(id))) return;
  const erased = Object.entries(holds).map(([id, hold]) => [
    id,
    holdIds.has(id) ? { ...hold, customer: ERASED } : hold,
  ]);
  await tickets.replace({ ...state, holds: Object.fromEntries(erased) });
}
