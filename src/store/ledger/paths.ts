import { join } from 'node:path';

/** The files in the folder of a ledger. */
export const ledgerIn = (folder: string): string => join(folder, 'ledger.jsonl');
export const ticketsIn = (folder: string): string => join(folder, 'tickets.json');
export const secretIn = (folder: string): string => join(folder, 'order.secret');
/** The fingerprint of that key, unless the ledger's genesis has it. */
export const fingerprintIn = (folder: string): string => join(folder, 'order.fingerprint');
