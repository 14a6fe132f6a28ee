import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TicketState } from '../../src/booking/inventory.js';
import { parseReceipt, type Receipt } from '../../src/store/json/receipt-lines.js';

interface WithFolder {
  readonly folder: string;
}

export const readTickets = ({ folder }: WithFolder): TicketState =>
  JSON.parse(readFileSync(join(folder, 'tickets.json'), 'utf8'));

export function readReceipts({ folder }: WithFolder): Receipt[] {
  const lines = readFileSync(join(folder, 'receipts.jsonl'), 'utf8').split('\n');
  return lines.map(parseReceipt).filter((receipt) => receipt !== undefined);
}

/** Both files, byte for byte: a rejected request must not change them. */
export const readFiles = ({ folder }: WithFolder): readonly string[] =>
  ['tickets.json', 'receipts.jsonl'].map((name) => readFileSync(join(folder, name), 'latin1'));
