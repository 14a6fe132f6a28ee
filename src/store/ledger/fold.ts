import type { TicketEvent, TicketState } from '../../booking/inventory.js';
import {
  type Chain,
  type Counted,
  DamagedLedgerError,
  type Head,
  type KnownLine,
} from './chain.js';
import type { KeyWindow } from './idempotency-keys.js';
import type { Op } from './ledger-line.js';

/** Where a fold starts. */
export interface FoldStart {
  readonly chain: Chain;
  readonly events: TicketState['events'];
  readonly keys: KeyWindow;
}

/** Folds the counted lines into a state: remaining tickets, and the keys of past sales. */
export class Fold {
  readonly keys: KeyWindow;
  readonly #chain: Chain;
  readonly #events: Record<string, TicketEvent>;
  #damage: DamagedLedgerError | undefined;

  constructor({ chain, events, keys }: FoldStart) {
    this.#chain = chain;
    this.#events = { ...events };
    this.keys = keys;
  }

  get head(): Head {
    return this.#chain.head;
  }

  get skipped(): number {
    return this.#chain.skipped;
  }

  /**
   * The current state. It changes with every fold, so use it before the next `await`: copying ten
   * thousand events for every commit would cost more than the commit.
   */
  get state(): TicketState {
    return { version: this.#chain.head.seq, events: this.#events };
  }

  /**
   * Takes the next line of the file, without its newline, and returns it if it counts.
   *
   * @throws DamagedLedgerError when the line claims or sells something impossible, and from then on
   *   always: half of that line may be in the state, and a retry would skip it as overtaken
   */
  take(bytes: Buffer, offset: number, known?: KnownLine): Counted | undefined {
    if (this.#damage !== undefined) throw this.#damage;
    try {
      return this.#take(bytes, offset, known);
    } catch (error) {
      if (error instanceof DamagedLedgerError) this.#damage = error;
      throw error;
    }
  }

  #take(bytes: Buffer, offset: number, known?: KnownLine): Counted | undefined {
    const counted = this.#chain.take(bytes, offset, known);
    if (counted === undefined) return undefined;
    const { ops } = counted.commit;
    for (const op of ops) this.#sell(op, offset);
    this.keys.take(offset, ops);
    return counted;
  }

  #sell({ event: id, quantity, first, left }: Op, offset: number): void {
    const event = Object.hasOwn(this.#events, id) ? this.#events[id] : undefined;
    const fits =
      event !== undefined &&
      quantity > 0 &&
      first === event.issued + 1 &&
      left === event.remaining - quantity &&
      left >= 0;
    if (!fits)
      throw new DamagedLedgerError(offset, `it sells ticket ${first} of ${id} out of order`);
    this.#events[id] = { ...event, remaining: left, issued: event.issued + quantity };
  }
}
