import { open, rm } from 'node:fs/promises';
import type { TicketState } from '../../booking/inventory.js';
import { LineReader } from '../shared/line-reader.js';
import { Chain } from './chain.js';
import { readCheckpoint } from './checkpoint.js';
import { Fold } from './fold.js';
import { KeyWindow } from './idempotency-keys.js';
import { type Commit, type Genesis, parseCommit } from './ledger-line.js';
import { loadLedger, readGenesis } from './load.js';
import { damagedIn, ledgerIn, ticketsIn } from './paths.js';
import { verifyCheckpoint } from './verify-checkpoint.js';

/** A line of a ledger, as somebody sees it who looks into one. */
export interface InspectedLine {
  readonly offset: number;
  readonly bytes: number;
  readonly counts: boolean;
  /** `undefined` for a line that is not whole. */
  readonly commit: Commit | undefined;
}

/** What a ledger comes to. */
export interface Inspection {
  readonly genesis: Genesis;
  readonly state: TicketState;
  readonly sales: number;
  readonly skipped: number;
  /** Bytes after the last newline. */
  readonly partialBytes: number;
}

/**
 * Reads a ledger from its genesis and tells of every line. It trusts nothing: neither the checkpoint
 * nor what an earlier look found.
 *
 * @throws DamagedLedgerError where a line claims or sells what cannot be
 */
export async function inspectLedger(
  folder: string,
  visit: (line: InspectedLine) => void = () => {},
): Promise<Inspection> {
  const file = await open(ledgerIn(folder), 'r');
  try {
    const { genesis, head } = await readGenesis(file);
    const fold = new Fold({
      chain: new Chain(head),
      events: genesis.events,
      keys: new KeyWindow(0),
    });
    const lines = new LineReader(file, head.end);
    await lines.readNewLines((bytes, offset) => {
      const counted = fold.take(bytes, offset);
      const commit = counted?.commit ?? parseCommit(bytes);
      visit({ offset, bytes: bytes.length, counts: counted !== undefined, commit });
    });
    const { state, skipped, keys } = fold;
    return { genesis, state, sales: keys.sales, skipped, partialBytes: lines.partialBytes };
  } finally {
    await file.close();
  }
}

/**
 * Checks a whole ledger and its checkpoint, and lets an office start again that was kept from it.
 *
 * @throws DamagedLedgerError with what is wrong
 */
export async function checkLedger(folder: string): Promise<Inspection> {
  const inspection = await inspectLedger(folder);
  const file = await open(ledgerIn(folder), 'r');
  try {
    const checkpoint = await readCheckpoint(ticketsIn(folder));
    await loadLedger(file, checkpoint);
    if (checkpoint !== undefined) await verifyCheckpoint(file, checkpoint);
  } finally {
    await file.close();
  }
  await rm(damagedIn(folder), { force: true });
  return inspection;
}
