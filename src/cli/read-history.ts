import { type FileHandle, open } from 'node:fs/promises';
import { Chain } from '../store/ledger/chain.js';
import { KEYED_SALES } from '../store/ledger/idempotency-keys.js';
import { readGenesis } from '../store/ledger/load.js';
import { ledgerIn } from '../store/ledger/paths.js';
import { LineReader } from '../store/shared/line-reader.js';
import { UserError } from '../user-error.js';
import { HistoryLineError, parseHistory } from '../verdict/history-lines.js';
import type { History } from '../verdict/recorded-request.js';
import type { ReferenceCommit, ReferenceLog } from '../verdict/reference-log.js';

/** @throws UnusableError when there is no such file, or a line of it is no request */
export async function readHistory(path: string): Promise<History> {
  const file = await openOr(path, `there is no history ${path}`);
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
 * The counted lines of a ledger, from its genesis.
 *
 * @throws UnusableError when the folder has none, DamagedLedgerError when it is damaged
 */
export async function readReferenceLog(folder: string): Promise<ReferenceLog> {
  const none = `${folder} holds no ledger: a history is judged with the ledger store's`;
  const file = await openOr(ledgerIn(folder), none);
  try {
    const { genesis, head } = await readGenesis(file);
    const chain = new Chain(head);
    const commits: ReferenceCommit[] = [];
    await new LineReader(file, head.end).readNewLines((line, offset) => {
      const commit = chain.take(line, offset)?.commit;
      if (commit !== undefined) commits.push({ version: commit.seq, ops: commit.ops });
    });
    const events = Object.entries(genesis.events);
    const capacities = new Map(events.map(([id, { capacity }]) => [id, capacity]));
    return { capacities, commits, keysRemembered: KEYED_SALES };
  } finally {
    await file.close();
  }
}

async function openOr(path: string, missing: string): Promise<FileHandle> {
  return open(path).catch((error) => {
    throw error.code === 'ENOENT' ? new UserError(missing) : error;
  });
}
