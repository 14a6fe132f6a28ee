import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../user-error.js';
import { TicketFile } from '../json/ticket-file.js';
import { exists, syncFolder } from './atomic-file.js';
import { loadSeed } from './seed.js';

/** Where each store that keeps files keeps the evidence of its sales. */
const evidence = { json: 'receipts.jsonl', ledger: 'ledger.jsonl' } as const;

/** The store that sold in a folder, if one did. */
export async function storeOfFolder(folder: string): Promise<keyof typeof evidence | undefined> {
  if (await exists(join(folder, evidence.ledger))) return 'ledger';
  return (await exists(join(folder, evidence.json), 1)) ? 'json' : undefined;
}

/**
 * @throws UnusableError when the folder is another store's
 */
export async function rejectOtherStore(
  folder: string,
  store: keyof typeof evidence,
): Promise<void> {
  if (!(await exists(join(folder, evidence[store]), 1))) return;
  throw new UserError(
    `${folder} belongs to STORE=${store}: start it so, take another DATA_DIR, or give its sales up (npm run reset)`,
  );
}

/** Puts every ticket of a folder back on sale, whichever store sold there. */
export async function resetFolder(folder: string): Promise<void> {
  const tickets = new TicketFile(join(folder, 'tickets.json'), true);
  const fresh = await loadSeed(folder, tickets.path);
  // In this order: a crash in between leaves tickets that are nobody's, not people without tickets.
  for (const name of [...Object.values(evidence), 'DAMAGED']) {
    await rm(join(folder, name), { force: true });
  }
  await syncFolder(folder);
  await tickets.replace(fresh);
}
