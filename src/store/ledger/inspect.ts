import { rm } from 'node:fs/promises';
import type { TicketState } from '../../booking/inventory.js';
import { damagedIn } from '../shared/damage-marker.js';
import { LineReader, type ReadableFile } from '../shared/line-reader.js';
import { openOwnFile } from '../shared/private-file.js';
import { Chain } from './chain.js';
import { readCheckpoint } from './checkpoint.js';
import { Fold } from './fold.js';
import { type Commit, type Genesis, parseCommit } from './ledger-line.js';
import { loadLedger, readGenesis } from './load.js';
import { isSale } from './ops.js';
import { ledgerIn, ticketsIn } from './paths.js';
import { RecentOps } from './recent-ops.js';
import { verifyCheckpoint } from './verify-checkpoint.js';

/** A line of a ledger, as `npm run ledger` shows it. */
export interface InspectedLine {
  readonly offset: number;
  readonly bytes: number;
  readonly counts: boolean;
  /** `undefined` for a torn line. */
  readonly commit: Commit | undefined;
}

/** A summary of a ledger. */
export interface Inspection {
  readonly genesis: Genesis;
  readonly state: TicketState;
  readonly sales: number;
  readonly skipped: number;
  /** Bytes after the last newline. */
  readonly partialBytes: number;
}

/**
 * Reads a ledger from its genesis and visits every line. It trusts neither the checkpoint nor an
 * earlier run.
 *
 * @throws DamagedLedgerError where a line claims or does something impossible
 */
export async function inspectLedger(
  folder: string,
  visit: (line: InspectedLine) => void = () => {},
): Promise<Inspection> {
  const file = await openOwnFile(ledgerIn(folder));
  try {
    return await inspectFile(file, visit);
  } finally {
    await file.close();
  }
}

/** The same for a ledger that is open. */
export async function inspectFile(
  file: ReadableFile,
  visit: (line: InspectedLine) => void = () => {},
): Promise<Inspection> {
  const { genesis, head } = await readGenesis(file);
  const recent = new RecentOps(0);
  const fold = new Fold({ chain: new Chain(head), events: genesis.events, recent });
  let sales = 0;
  const lines = new LineReader(file, head.end);
  await lines.readNewLines((bytes, offset) => {
    const counted = fold.take(bytes, offset);
    sales += counted?.commit.ops.filter(isSale).length ?? 0;
    const commit = counted?.commit ?? parseCommit(bytes);
    visit({ offset, bytes: bytes.length, counts: counted !== undefined, commit });
  });
  const { state, skipped } = fold;
  return { genesis, state, sales, skipped, partialBytes: lines.partialBytes };
}

/**
 * Checks a whole ledger and its checkpoint. If both are sound, it removes the damage marker, so that a
 * server can start again.
 *
 * @throws DamagedLedgerError with what is wrong
 */
export async function checkLedger(folder: string): Promise<Inspection> {
  const inspection = await inspectLedger(folder);
  const file = await openOwnFile(ledgerIn(folder));
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
