import type { FileHandle } from 'node:fs/promises';
import type { TicketState } from '../../booking/events.js';
import type { SalesHistory } from '../../booking/history.js';
import { Tally } from '../../verdict/tally.js';
import { LineReader } from '../lines.js';
import { SharedRun } from '../shared-run.js';
import { Chain } from './chain.js';
import type { Op } from './line.js';
import { readGenesis } from './load.js';

/** How often the ledger is read on when it grew meanwhile. */
const ATTEMPTS = 3;

/**
 * Counts a whole ledger from its genesis, without trusting its checkpoint. It keeps what it counted,
 * so that a second look reads only what was appended since.
 */
export class LedgerHistory {
  readonly #file: FileHandle;
  readonly #tally = new Tally();
  readonly #reading = new SharedRun(() => this.#read());
  #chain: Chain | undefined;
  #lines: LineReader | undefined;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /**
   * What was counted, beside the state that it should have led to.
   *
   * @param newest the state as somebody else folded it
   */
  async against(newest: () => Promise<TicketState>): Promise<SalesHistory> {
    for (let attempt = 1; ; attempt++) {
      const state = await newest();
      const chain = await this.#reading.run();
      const settled = chain.head.seq === state.version;
      if (!settled && attempt < ATTEMPTS) continue;
      return { ...this.#tally.against(state, settled), skipped: chain.skipped };
    }
  }

  async #read(): Promise<Chain> {
    if (this.#chain === undefined || this.#lines === undefined) {
      const { head } = await readGenesis(this.#file);
      this.#chain = new Chain(head);
      this.#lines = new LineReader(this.#file, head.end);
    }
    const chain = this.#chain;
    await this.#lines.readOn((line, offset) => {
      const counted = chain.take(line, offset);
      for (const op of counted?.commit.ops ?? []) this.#count(counted?.head.seq ?? 0, op);
    });
    return chain;
  }

  #count(version: number, { event: eventId, first, quantity }: Op): void {
    const serials = Array.from({ length: quantity }, (_, index) => first + index);
    this.#tally.add({ commit: String(version), version, eventId, serials });
  }
}
