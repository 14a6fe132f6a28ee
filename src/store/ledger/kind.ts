import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readFile, writeFile } from 'node:fs/promises';
import type { TicketState } from '../../booking/events.js';
import { Fault } from '../../booking/faults.js';
import { UnusableError } from '../../unusable.js';
import { createFile, exists, sweepTemporaries } from '../files.js';
import { refuseSalesOf } from '../folder.js';
import type { StoreKind } from '../kind.js';
import { freshTickets } from '../seed.js';
import { DamagedLedgerError } from './chain.js';
import { checkpointOf, readCheckpoint, writeCheckpoint } from './checkpoint.js';
import { LedgerHistory } from './history.js';
import { CheckpointKeeper } from './keeper.js';
import { FORMAT, printLine } from './line.js';
import { type Loaded, loadLedger } from './load.js';
import { OrderIds } from './order-id.js';
import { damagedIn, ledgerIn, secretIn, ticketsIn } from './paths.js';
import { LedgerStore } from './store.js';

/** The files of the ledger store, and how they come into being. */
export const ledger: StoreKind = {
  about: 'an append-only ledger, `ledger.jsonl`: right even when the lock is stolen, or off',
  gathersWithoutLock: true, // whoever is overtaken tries again, so there is no race to show
  guardedFile: ledgerIn,

  async prepare(folder) {
    await refuseDamaged(folder);
    await sweepTemporaries(ticketsIn(folder));
    if (!(await exists(ledgerIn(folder)))) await createLedger(folder);
    await createFile(secretIn(folder), randomBytes(32).toString('base64url'), 0o600);
    await withLedger(folder, async (file, { genesis, fold, lines }) => {
      await lines.readOn((line, offset) => void fold.take(line, offset));
      await file.sync();
      await writeCheckpoint(ticketsIn(folder), checkpointOf(fold, genesis.ledger));
    });
  },

  async open({ folder, durable, raceWindowMs, lockTimeoutMs, orderSecret, onFault }) {
    const file = await open(ledgerIn(folder), 'a+');
    const loaded = await loadLedger(file, await readCheckpoint(ticketsIn(folder)));
    const secret = orderSecret ?? (await readFile(secretIn(folder), 'utf8'));
    return new LedgerStore({
      file,
      loaded,
      ids: new OrderIds(secret, loaded.genesis.ledger),
      history: new LedgerHistory(file),
      durable,
      raceWindowMs,
      lockTimeoutMs,
      onDamage: (error) => {
        // Evidence for the next start, which refuses until somebody has looked.
        void writeFile(damagedIn(folder), `${error.message}\n`).catch(() => {});
        onFault(Fault.from(error));
      },
    });
  },

  async keep({ folder, onFault }) {
    const paths = { ledger: ledgerIn(folder), tickets: ticketsIn(folder) };
    return new CheckpointKeeper(folder, paths, onFault);
  },

  history: (folder) =>
    withLedger(folder, async (file, { fold, lines }) => {
      const newest = async (): Promise<TicketState> => {
        await lines.readOn((line, offset) => void fold.take(line, offset));
        return fold.state;
      };
      return new LedgerHistory(file).against(newest);
    }),
};

async function createLedger(folder: string): Promise<void> {
  await refuseSalesOf(folder, 'json');
  if ((await readCheckpoint(ticketsIn(folder))) !== undefined) {
    throw new UnusableError(
      `${ticketsIn(folder)} names a ledger, and ${ledgerIn(folder)} is gone: put it back, or npm run reset`,
    );
  }
  const { events } = await freshTickets(folder, ticketsIn(folder));
  const genesis = {
    seq: 0,
    format: FORMAT,
    ledger: randomBytes(12).toString('base64url'),
    at: new Date().toISOString(),
    events,
  } as const;
  await createFile(ledgerIn(folder), Buffer.concat([printLine(genesis), Buffer.from('\n')]));
}

/** @throws DamagedLedgerError as long as somebody found it damaged and nobody has looked since */
async function refuseDamaged(folder: string): Promise<void> {
  if (!(await exists(damagedIn(folder)))) return;
  const found = (await readFile(damagedIn(folder), 'utf8')).trim();
  throw new DamagedLedgerError(Number(/byte (\d+)/.exec(found)?.[1] ?? 0), found);
}

async function withLedger<T>(
  folder: string,
  use: (file: FileHandle, loaded: Loaded) => Promise<T>,
): Promise<T> {
  const file = await open(ledgerIn(folder), 'r');
  try {
    return await use(file, await loadLedger(file, await readCheckpoint(ticketsIn(folder))));
  } finally {
    await file.close();
  }
}
