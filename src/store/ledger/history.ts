import type { TicketState } from '../../booking/inventory.js';
import { serialsFrom } from '../../booking/serial-ranges.js';
import type { SalesHistory } from '../../booking/store.js';
import type { Lifecycle } from '../../verdict/lifecycle.js';
import { Tally } from '../../verdict/tally.js';
import { CoalescedRun } from '../shared/coalesced-run.js';
import { LineReader, type ReadableFile } from '../shared/line-reader.js';
import { Chain } from './chain.js';
import type { Commit } from './ledger-line.js';
import { readGenesis } from './load.js';
import { isSale, type Op, type SoldOp } from './ops.js';

/** A state that was folded elsewhere, and the end of the last line that went into it. */
export interface Folded {
  readonly state: TicketState;
  readonly end: number;
}

/**
 * Counts a whole ledger from its genesis, without trusting its checkpoint. It keeps its counts, so
 * that the next call reads only what was appended since.
 */
export class LedgerHistory {
  readonly #file: ReadableFile;
  readonly #newest: () => Promise<Folded>;
  readonly #tally = new Tally();
  readonly #reading = new CoalescedRun(() => this.#read());
  #counting: { readonly chain: Chain; readonly lines: LineReader } | undefined;

  /** @param newest returns the newest state, to which the lines should lead */
  constructor(file: ReadableFile, newest: () => Promise<Folded>) {
    this.#file = file;
    this.#newest = newest;
  }

  /** The counts, and the state that they should have led to. */
  read(): Promise<SalesHistory> {
    return this.#reading.run();
  }

  async #read(): Promise<SalesHistory> {
    const { state: newest, end } = await this.#newest();
    // A copy: the state changes while the lines are counted that led to this one.
    const { events, holds } = newest;
    const state = { ...newest, events: { ...events }, ...(holds && { holds: { ...holds } }) };
    this.#counting ??= await this.#begin();
    const { chain, lines } = this.#counting;
    await lines.readNewLines((line, offset) => {
      const counted = chain.take(line, offset);
      if (counted !== undefined) this.#count(counted.commit);
    }, end); // no further: counts and state are of one moment, whatever is sold meanwhile
    const settled = chain.head.seq === state.version;
    return { ...this.#tally.toHistory(state, settled), skipped: chain.skipped };
  }

  async #begin(): Promise<{ readonly chain: Chain; readonly lines: LineReader }> {
    const { head } = await readGenesis(this.#file);
    return { chain: new Chain(head), lines: new LineReader(this.#file, head.end) };
  }

  #count({ seq: version, at, ops }: Commit): void {
    const commit = { commit: String(version), version };
    this.#tally.addCommit(commit);
    for (const op of ops) {
      if (!isSale(op)) countOther(this.#tally.lifecycle, op);
      else {
        const { event: eventId, first, quantity, hold: holdId } = op;
        const serials = serialsFrom(first, quantity);
        this.#tally.add({ ...commit, eventId, serials, holdId, at });
      }
    }
  }
}

function countOther(lifecycle: Lifecycle, op: Exclude<Op, SoldOp>): void {
  switch (op.op) {
    case 'hold':
      lifecycle.hold(op.hold, op.event, op.until);
      break;
    case 'release':
      lifecycle.release(op.hold);
      break;
    case 'expire':
      for (const holdId of op.holds) lifecycle.release(holdId);
      break;
    case 'cancel':
      lifecycle.cancel(op.event, serialsFrom(op.first, op.quantity));
      break;
    case 'admit':
      lifecycle.admit(op.event, op.serial);
      break;
    case 'save':
      lifecycle.save(op.event, op.revision);
      break;
    case 'remove':
      lifecycle.remove(op.event);
      break;
  }
}
