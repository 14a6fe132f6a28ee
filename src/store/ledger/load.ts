import { LineReader, type ReadableFile, readLineAt } from '../shared/line-reader.js';
import { Chain, DamagedLedgerError, type Head } from './chain.js';
import type { Checkpoint } from './checkpoint.js';
import { Fold } from './fold.js';
import { type Genesis, hashOf, parseCommit, parseGenesis } from './ledger-line.js';
import type { Op } from './ops.js';
import { RecentOps } from './recent-ops.js';

/** A ledger that was folded up to a point, and the reader that continues from there. */
export interface Loaded {
  readonly genesis: Genesis;
  readonly fold: Fold;
  readonly lines: LineReader;
  /**
   * The last line known to be synced: the one that the checkpoint names, or the genesis. Lines that
   * were folded since may be in the page cache only.
   */
  readonly synced: Head;
}

/** Reads line 0, and the head after it. */
export async function readGenesis(file: ReadableFile): Promise<{ genesis: Genesis; head: Head }> {
  const line = await readLineAt(file, 0);
  const genesis = line && parseGenesis(line);
  if (line === undefined || genesis === undefined) {
    throw new DamagedLedgerError(0, 'it does not begin with a genesis');
  }
  return { genesis, head: { seq: 0, hash: hashOf(line), end: line.length + 1 } };
}

/**
 * Loads a ledger from its genesis or from a checkpoint. The lines after that are still to be folded.
 *
 * @param remembered of how many operations keys and ends of holds are remembered
 * @throws DamagedLedgerError when ledger and checkpoint contradict each other
 */
export async function loadLedger(
  file: ReadableFile,
  checkpoint?: Checkpoint,
  remembered?: number,
): Promise<Loaded> {
  const { genesis, head } = await readGenesis(file);
  if (checkpoint === undefined) {
    const recent = new RecentOps(0, remembered);
    const fold = new Fold({ chain: new Chain(head), events: genesis.events, recent });
    return { genesis, fold, lines: new LineReader(file, head.end), synced: head };
  }
  const { version: seq, ledger, ops, at, events, holds } = checkpoint;
  if (ledger.id !== genesis.ledger) {
    throw new DamagedLedgerError(0, `the checkpoint is of another ledger; ${howToAccept}`);
  }
  const named = { seq, hash: ledger.hash, end: ledger.offset };
  if (at === undefined) return loadUpTo(file, named, remembered);
  const window = await readWindow(file, checkpoint, head);
  if (window === undefined || !sameHead(window.head, named) || window.count > ops) {
    throw new DamagedLedgerError(named.end, await whyNotNamed(file, named));
  }
  const recent = new RecentOps(ops - window.count, remembered);
  for (const line of window.lines) recent.take(line.offset, line.ops);
  const fold = new Fold({ chain: new Chain(named), at, events, holds, recent });
  return { genesis, fold, lines: new LineReader(file, named.end), synced: named };
}

/**
 * Folds a ledger from its genesis up to the line that a checkpoint of an older format names. That has
 * no time, and processes that did not agree on the time would end different holds.
 */
async function loadUpTo(file: ReadableFile, named: Head, remembered?: number): Promise<Loaded> {
  const loaded = await loadLedger(file, undefined, remembered);
  const { fold, lines } = loaded;
  await lines.readNewLines((line, offset) => void fold.take(line, offset), named.end);
  if (!sameHead(fold.head, named)) {
    throw new DamagedLedgerError(named.end, await whyNotNamed(file, named));
  }
  return { ...loaded, synced: named };
}

/**
 * What a checkpoint names was synced, so a ledger without it has lost sales, unless both are a copy and
 * the ledger was copied first. The files alone do not tell, so a person must decide.
 */
export const howToAccept =
  'restore both files from one backup, or, to sell on from the ledger as it is, remove tickets.json';

/** Why a ledger does not have the line that its checkpoint names. */
async function whyNotNamed(file: ReadableFile, { seq, end }: Head): Promise<string> {
  const { bytesRead } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, end - 1));
  const why =
    bytesRead === 0
      ? `the ledger ends before line ${seq}, which its checkpoint names: sales are lost, or the ledger was copied before tickets.json`
      : `its checkpoint names line ${seq}, and there is none or another one: one of the two is damaged or from another time`;
  return `${why}; ${howToAccept}`;
}

const sameHead = (one: Head, other: Head): boolean =>
  one.seq === other.seq && one.hash === other.hash && one.end === other.end;

/** The counted lines of which something is remembered, and the head after them. */
interface Window {
  readonly head: Head;
  readonly lines: readonly { readonly offset: number; readonly ops: readonly Op[] }[];
  /** The number of their operations. */
  readonly count: number;
}

/**
 * Reads the counted lines of which something is remembered, up to the end of the checkpoint. Each names the
 * hash of the one before, so if the last one is as the checkpoint says, all of them are.
 */
async function readWindow(
  file: ReadableFile,
  { keysFrom, ledger, ops: all }: Checkpoint,
  genesis: Head,
): Promise<Window | undefined> {
  if (all === 0) return { head: genesis, lines: [], count: 0 };
  const first = await readLineAt(file, keysFrom);
  const commit = first && parseCommit(first);
  if (commit === undefined) return undefined;
  const begin = { seq: commit.seq - 1, hash: commit.prev, end: keysFrom };
  if (begin.seq === 0 && begin.hash !== genesis.hash) return undefined;

  const chain = new Chain(begin);
  const lines: { offset: number; ops: readonly Op[] }[] = [];
  let count = 0;
  await new LineReader(file, keysFrom).readNewLines((bytes, offset) => {
    const ops = chain.take(bytes, offset)?.commit.ops;
    if (ops === undefined) return;
    lines.push({ offset, ops });
    count += ops.length;
  }, ledger.offset);
  return { head: chain.head, lines, count };
}
