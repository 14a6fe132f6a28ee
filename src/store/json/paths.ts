import { join } from 'node:path';

/** The files in the folder of the json store. */
export const ticketsIn = (folder: string): string => join(folder, 'tickets.json');
export const receiptsIn = (folder: string): string => join(folder, 'receipts.jsonl');
