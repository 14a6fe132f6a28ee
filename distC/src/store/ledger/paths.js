import { join } from 'node:path';
/** The files of a ledger's folder. */
export const ledgerIn = (folder) => join(folder, 'ledger.jsonl');
export const ticketsIn = (folder) => join(folder, 'tickets.json');
export const secretIn = (folder) => join(folder, 'order.secret');
/** Left by whoever found the ledger damaged; a start refuses as long as it is there. */
export const damagedIn = (folder) => join(folder, 'DAMAGED');
