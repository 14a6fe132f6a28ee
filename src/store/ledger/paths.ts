import { join } from 'node:path';

/** The files of a ledger's folder. */
export const ledgerIn = (folder: string): string => join(folder, 'ledger.jsonl');
export const ticketsIn = (folder: string): string => join(folder, 'tickets.json');
export const secretIn = (folder: string): string => join(folder, 'order.secret');
/** Left by whoever found the ledger damaged; a start refuses as long as it is there. */
export const damagedIn = (folder: string): string => join(folder, 'DAMAGED');
