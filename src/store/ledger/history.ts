import type { SalesHistory } from '../../booking/history.js';
import { serialsFrom, type TicketState } from '../../booking/inventory.js';
import { Tally } from '../../verdict/tally.js';
import { CoalescedRun } from '../shared/coalesced-run.js';
import { LineReader, type ReadableFile } from '../shared/line-reader.js';
import { Chain } from './chain.js';
import type { Op } from './ledger-line.js';
import { readGenesis } from './load.js';

/** A state as somebody else folded it, and the end of the last line that was looked at for it. */
export interface Folded {
  readonly state: TicketState;
  readonly end: number;
}

/**
 * Counts a whole ledger from its genesis, without trusting its checkpoint. It keeps what it counted,
 * so that a second look reads only what was appended since.
 */
export class LedgerHistory {
  readonly #file: ReadableFile;
  readonly #newest: () => Promise<Folded>;
  readonly #tally = new Tally();
  readonly #reading = new CoalescedRun(() => this.#read());
  #counting: { readonly chain: Chain; readonly lines: LineReader } | undefined;

  /** @param newest the newest state: what the lines should have led to */
  constructor(file: ReadableFile, recentCommits: () => Promise<Folded>) {
    this.#file = file;
    this.#newest = recentCommits;
  }

  /** What was counted, beside the state that it should have led to. */
  read(): Promise<SalesHistory> {
    return this.#reading.run();
  }

  async #read(): Promise<SalesHistory> {
    const { state: recentCommits, end } = await this.#newest();
    // A copy: the state goes on being folded while the lines are counted that led to this one.
    const state = { version: recentCommits.version, events: { ...recentCommits.events } };
    this.#counting ??= await this.#begin();
    const { chain, lines } = this.#counting;
    await lines.readNewLines((line, offset) => {
      const counted = chain.take(line, offset);
      for (const op of counted?.commit.ops ?? []) this.#count(counted?.head.seq ?? 0, op);
    }, end); // and no further, so that both are of one moment however much is sold meanwhile
    const settled = chain.head.seq === state.version;
    return { ...this.#tally.against(state, settled), skipped: chain.skipped };
  }

  async #begin(): Promise<{ readonly chain: Chain; readonly lines: LineReader }> {
    const { head } = await readGenesis(this.#file);
    return { chain: new Chain(head), lines: new LineReader(this.#file, head.end) };
  }

  #count(version: number, { event: eventId, first, quantity }: Op): void {
    const serials = serialsFrom(first, quantity);
    this.#tally.add({ commit: String(version), version, eventId, serials });
  }
}
