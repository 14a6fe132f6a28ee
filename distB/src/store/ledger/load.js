import { LineReader, readLineAt } from '../lines.js';
import { Chain, DamagedLedgerError } from './chain.js';
import { Fold } from './fold.js';
import { KeyWindow } from './keys.js';
import { hashOf, parseCommit, parseGenesis } from './line.js';
/** Reads line 0, and where it ends. */
export async function readGenesis(file) {
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
export async function loadLedger(file, checkpoint, keyedSales) {
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
        throw new DamagedLedgerError(named.end, `the checkpoint names line ${seq}, and it is not there or not the same`);
    }
    const keys = new KeyWindow(sales - window.sales, keyedSales);
    for (const { offset, ops } of window.lines)
        keys.take(offset, ops);
    const fold = new Fold({ chain: new Chain(named), events, keys });
    return { genesis, fold, lines: new LineReader(file, named.end), synced: named };
}
const sameHead = (one, other) => one.seq === other.seq && one.hash === other.hash && one.end === other.end;
/**
 * Reads the counted lines from where the keys begin to where the checkpoint ends. Each names the one
 * before, so if the last is the one that the checkpoint names, they all are what they were.
 */
async function readWindow(file, { keysFrom, ledger, sales: all }, genesis) {
    if (all === 0)
        return { head: genesis, lines: [], sales: 0 };
    const first = await readLineAt(file, keysFrom);
    const commit = first && parseCommit(first);
    if (commit === undefined)
        return undefined;
    const begin = { seq: commit.seq - 1, hash: commit.prev, end: keysFrom };
    if (begin.seq === 0 && begin.hash !== genesis.hash)
        return undefined;
    const chain = new Chain(begin);
    const lines = [];
    let sales = 0;
    await new LineReader(file, keysFrom).readOn((bytes, offset) => {
        const ops = chain.take(bytes, offset)?.commit.ops;
        if (ops === undefined)
            return;
        lines.push({ offset, ops });
        sales += ops.length;
    }, ledger.offset);
    return { head: chain.head, lines, sales };
}
