import { open } from 'node:fs/promises';
import { Chain } from '../store/ledger/chain.js';
import { rejectDamaged, rejectLostLedger } from '../store/ledger/damage.js';
import { readGenesis } from '../store/ledger/load.js';
import { ledgerIn } from '../store/ledger/paths.js';
import { REMEMBERED_OPS } from '../store/ledger/recent-ops.js';
import { ifExists } from '../store/shared/if-exists.js';
import { LineReader } from '../store/shared/line-reader.js';
import { openOwnFile } from '../store/shared/private-file.js';
import { UserError } from '../user-error.js';
import { HistoryLineError, parseHistory } from '../verdict/history-lines.js';
import type { History } from '../verdict/recorded-request.js';
import type { ReferenceCommit, ReferenceLog } from '../verdict/reference-log.js';

/**
 * Reads a recorded history.
 *
 * @throws UserError if the file does not exist, or a line of it is not a request
 */
export async function readHistory(path: string): Promise<History> {
  const file = await ifExists(open(path));
  if (file === undefined) throw new UserError(`there is no history ${path}`);
  try {
    const lines: string[] = [];
    for await (const line of file.readLines()) lines.push(line);
    return parseHistory(lines);
  } catch (error) {
    if (error instanceof HistoryLineError) throw new UserError(`${path}, ${error.message}`);
    throw error;
  } finally {
    await file.close();
  }
}

/**
 * Reads the valid commits of a ledger, from the first.
 *
 * @throws UserError if the folder contains no ledger, DamagedLedgerError if it is damaged
 */
export async function readReferenceLog(folder: string): Promise<ReferenceLog> {
  await rejectDamaged(folder);
  await rejectLostLedger(folder);
  const file = await ifExists(openOwnFile(ledgerIn(folder)));
  if (file === undefined) {
    throw new UserError(
      `${folder} contains no ledger: a history can only be judged against a ledger`,
    );
  }
  try {
    const { genesis, head } = await readGenesis(file);
    const chain = new Chain(head);
    const commits: ReferenceCommit[] = [];
    await new LineReader(file, head.end).readNewLines((line, offset) => {
      const commit = chain.take(line, offset)?.commit;
      if (commit !== undefined)
        commits.push({ version: commit.seq, at: commit.at, ops: commit.ops });
    });
    return {
      events: new Map(Object.entries(genesis.events)),
      commits,
      keysRemembered: REMEMBERED_OPS,
    };
  } finally {
    await file.close();
  }
}
