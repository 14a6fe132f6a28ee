import type { FileHandle } from 'node:fs/promises';
import { LineReader, readLineAt } from '../lines.js';
import { DamagedLedgerError, type Head } from './chain.js';
import type { Checkpoint } from './checkpoint.js';
import { Fold } from './fold.js';
import { KeyWindow } from './keys.js';
import { type Genesis, hashOf, type Op, parseCommit, parseGenesis } from './line.js';

/** A ledger that is read up to a point, and the reader that goes on from there. */
export interface Loaded {
  readonly genesis: Genesis;
  readonly fold: Fold;
  readonly lines: LineReader;
}

/** Reads line 0, and where it ends. */
export async function readGenesis(file: FileHandle): Promise<{ genesis: Genesis; head: Head }> {
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
 * @throws DamagedLedgerError when the checkpoint claims what the ledger does not say
 */
export async function loadLedger(file: FileHandle, checkpoint?: Checkpoint): Promise<Loaded> {
  const { genesis, head } = await readGenesis(file);
  if (checkpoint === undefined) {
    const fold = new Fold({ head, events: genesis.events, keys: new KeyWindow(0) });
    return { genesis, fold, lines: new LineReader(file, head.end) };
  }
  const { offset, hash, id } = checkpoint.ledger;
  const named = { seq: checkpoint.version, hash, end: offset };
  if (id !== genesis.ledger) throw new DamagedLedgerError(0, 'the checkpoint is of another ledger');
  const window = checkpoint.sales === 0 ? [] : await readWindow(file, checkpoint);
  const last = window.at(-1)?.head ?? head;
  if (last.end !== offset || last.hash !== hash || last.seq !== named.seq) {
    throw new DamagedLedgerError(
      offset,
      `the checkpoint names line ${named.seq}, and it is not there`,
    );
  }
  const opsInWindow = window.reduce((sum, { ops }) => sum + ops.length, 0);
  const keys = new KeyWindow(checkpoint.sales - opsInWindow);
  for (const { offset: at, ops } of window) keys.take(at, ops);
  const fold = new Fold({ head: named, events: checkpoint.events, keys });
  return { genesis, fold, lines: new LineReader(file, offset) };
}

/** A counted line whose keys are remembered. */
interface KeyedLine {
  readonly offset: number;
  readonly ops: readonly Op[];
  readonly head: Head;
}

/** The counted lines from where the keys begin to where the checkpoint ends. The first one counts. */
async function readWindow(file: FileHandle, checkpoint: Checkpoint): Promise<KeyedLine[]> {
  const lines: KeyedLine[] = [];
  const reader = new LineReader(file, checkpoint.keysFrom);
  await reader.readOn((bytes, offset) => {
    const line = parseCommit(bytes);
    const last = lines.at(-1)?.head;
    if (line === undefined || (last !== undefined && line.prev !== last.hash)) return;
    const head = { seq: line.seq, hash: hashOf(bytes), end: offset + bytes.length + 1 };
    lines.push({ offset, ops: line.ops, head });
  }, checkpoint.ledger.offset);
  return lines;
}
