import { LineReader, type ReadableFile, readLineAt } from '../shared/line-reader.js';
import { Chain, DamagedLedgerError, type Head } from './chain.js';
import type { Checkpoint } from './checkpoint.js';
import { Fold } from './fold.js';
import { KeyWindow } from './idempotency-keys.js';
import { type Genesis, hashOf, type Op, parseCommit, parseGenesis } from './ledger-line.js';

/** A ledger that is read up to a point, and the reader that goes on from there. */
export interface Loaded {
  readonly genesis: Genesis;
  readonly fold: Fold;
  readonly lines: LineReader;
  /**
   * What is known to be synced: what a checkpoint names was synced before it was written, and a
   * genesis before it had its name. Nothing that was folded since.
   */
  readonly synced: Head;
}

/** Reads line 0, and where it ends. */
export async function readGenesis(file: ReadableFile): Promise<{ genesis: Genesis; head: Head }> {
  const line = await readLineAt(file, 0);
  const genesis = line && parseGenesis(line);
  if (line === undefined || genesis === undefined) {
    throw new DamagedLedgerError(0, 'it does not begin with a genesis');
  }
  return { genesis, head: { seq: 0, hash: hashOf(line), end: line.length + 1 } };
}

/**
 * Reads a ledger from its genesis, or from a checkpoint that is true of it; the lines after that are
 * still to be taken.
 *
 * @param keyedSales the keys of so many sales are remembered
 * @throws DamagedLedgerError when the checkpoint claims what the ledger does not say
 */
export async function loadLedger(
  file: ReadableFile,
  checkpoint?: Checkpoint,
  keyedSales?: number,
): Promise<Loaded> {
  const { genesis, head } = await readGenesis(file);
  if (checkpoint === undefined) {
    const keys = new KeyWindow(0, keyedSales);
    const fold = new Fold({ chain: new Chain(head), events: genesis.events, keys });
    return { genesis, fold, lines: new LineReader(file, head.end), synced: head };
  }
  const { version: seq, ledger, sales, events } = checkpoint;
  if (ledger.id !== genesis.ledger) {
    throw new DamagedLedgerError(0, 'the checkpoint is of another ledger');
  }
  const named = { seq, hash: ledger.hash, end: ledger.offset };
  const window = await readWindow(file, checkpoint, head);
  if (window === undefined || !sameHead(window.head, named) || window.sales > sales) {
    throw new DamagedLedgerError(
      named.end,
      `the checkpoint names line ${seq}, and it is not there or not the same`,
    );
  }
  const keys = new KeyWindow(sales - window.sales, keyedSales);
  for (const { offset, ops } of window.lines) keys.take(offset, ops);
  const fold = new Fold({ chain: new Chain(named), events, keys });
  return { genesis, fold, lines: new LineReader(file, named.end), synced: named };
}

const sameHead = (one: Head, other: Head): boolean =>
  one.seq === other.seq && one.hash === other.hash && one.end === other.end;

/** The counted lines whose keys are remembered, and what they lead to. */
interface Window {
  readonly head: Head;
  readonly lines: readonly { readonly offset: number; readonly ops: readonly Op[] }[];
  readonly sales: number;
}

/**
 * Reads the counted lines from where the keys begin to where the checkpoint ends. Each names the one
 * before, so if the last is the one that the checkpoint names, they all are what they were.
 */
async function readWindow(
  file: ReadableFile,
  { keysFrom, ledger, sales: all }: Checkpoint,
  genesis: Head,
): Promise<Window | undefined> {
  if (all === 0) return { head: genesis, lines: [], sales: 0 };
  const first = await readLineAt(file, keysFrom);
  const commit = first && parseCommit(first);
  if (commit === undefined) return undefined;
  const begin = { seq: commit.seq - 1, hash: commit.prev, end: keysFrom };
  if (begin.seq === 0 && begin.hash !== genesis.hash) return undefined;

  const chain = new Chain(begin);
  const lines: { offset: number; ops: readonly Op[] }[] = [];
  let sales = 0;
  await new LineReader(file, keysFrom).readNewLines((bytes, offset) => {
    const ops = chain.take(bytes, offset)?.commit.ops;
    if (ops === undefined) return;
    lines.push({ offset, ops });
    sales += ops.length;
  }, ledger.offset);
  return { head: chain.head, lines, sales };
}
