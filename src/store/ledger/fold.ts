import { edited } from '../../booking/decide.js';
import {
  type Holds,
  type HoldsByTime,
  isOnSale,
  newEvent,
  type TicketEvent,
  type TicketState,
  takenCount,
} from '../../booking/inventory.js';
import { includesSerial, serialsFrom, withSerials } from '../../booking/serial-ranges.js';
import {
  type Chain,
  type Counted,
  DamagedLedgerError,
  type Head,
  type KnownLine,
} from './chain.js';
import type { Commit } from './ledger-line.js';
import { OpenHolds } from './open-holds.js';
import {
  type AdmittedOp,
  type CancelledOp,
  type HeldOp,
  isSale,
  type Op,
  priceOf,
  type ReleasedOp,
  type RemovedOp,
  type SavedOp,
  type SoldOp,
  type Total,
} from './ops.js';
import type { RecentOps } from './recent-ops.js';

/** Where a fold starts. */
export interface FoldStart {
  readonly chain: Chain;
  readonly at?: string | undefined;
  readonly events: TicketState['events'];
  readonly holds?: Holds | undefined;
  readonly recent: RecentOps;
}

/**
 * Folds the counted lines into a state, by the rules of `decide`: a line that does what `decide` never
 * does is damage. The time is that of the lines, so that every process folds to the same state.
 */
export class Fold {
  readonly recent: RecentOps;
  readonly #chain: Chain;
  readonly #holds: OpenHolds;
  #at: string | undefined;
  #events: Record<string, TicketEvent>;
  #damage: DamagedLedgerError | undefined;

  constructor({ chain, at, events, holds, recent }: FoldStart) {
    this.#chain = chain;
    this.#at = at;
    this.#events = { ...events };
    this.#holds = new OpenHolds(holds);
    this.recent = recent;
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
    const holds = this.#holds.all;
    return {
      version: this.#chain.head.seq,
      ...(this.#at !== undefined && { at: this.#at }),
      events: this.#events,
      ...(holds && { holds }),
    };
  }

  /** The holds of the current state. */
  get holdsByTime(): HoldsByTime {
    return this.#holds;
  }

  /**
   * Takes the next line of the file, without its newline, and returns it if it counts.
   *
   * @throws DamagedLedgerError when the line claims or does something impossible, and from then on
   *   always: half of that line may be in the state, and a retry would skip it as overtaken
   */
  take(bytes: Buffer, offset: number, known?: KnownLine): Counted | undefined {
    if (this.#damage !== undefined) throw this.#damage;
    try {
      const counted = this.#chain.take(bytes, offset, known);
      if (counted !== undefined) this.#apply(counted.commit, offset);
      return counted;
    } catch (error) {
      if (error instanceof DamagedLedgerError) this.#damage = error;
      throw error;
    }
  }

  /** @throws DamagedLedgerError with what the line at this offset does wrong */
  protected reject(offset: number, wrong: string): void {
    throw new DamagedLedgerError(offset, `it ${wrong}`);
  }

  #apply({ at, ops }: Commit, offset: number): void {
    // Older versions wrote the time of each append, which may go back.
    const now = this.#at !== undefined && this.#at > at ? this.#at : at;
    this.#at = now;
    const [first] = ops;
    this.#expire(first?.op === 'expire' ? first.holds : [], now, offset);
    for (const [index, op] of ops.entries()) {
      if (isSale(op)) this.#sell(op, now, offset);
      else if (op.op !== 'expire' || index > 0) this.#change(op, now, offset);
    }
    this.recent.take(offset, ops);
  }

  #change(op: Exclude<Op, SoldOp>, now: string, offset: number): void {
    switch (op.op) {
      case 'hold':
        this.#hold(op, now, offset);
        break;
      case 'release':
        this.#release(op, offset);
        break;
      case 'cancel':
        this.#cancel(op, offset);
        break;
      case 'admit':
        this.#admit(op, offset);
        break;
      case 'save':
        this.#save(op, offset);
        break;
      case 'remove':
        this.#remove(op, offset);
        break;
      case 'expire':
        this.reject(offset, 'ends holds by time after it did something else');
        break;
      default:
        this.reject(
          offset,
          `does "${(op as { op: string }).op}", which this version does not know: start the newer one`,
        );
    }
  }

  /** The holds whose time is over end before anything else happens. */
  #expire(listed: readonly string[], now: string, offset: number): void {
    const due = this.#holds.due(now);
    const wanted = new Set(listed); // an older version wrote them in another order
    if (due.length !== listed.length || due.some((id) => !wanted.has(id))) {
      this.reject(offset, 'ends other holds by time than those whose time is over');
    }
    for (const id of due) this.#putBack(id);
  }

  #sell(op: SoldOp, now: string, offset: number): void {
    const { event: id, quantity, first, left, total, hold } = op;
    const event = this.#event(id);
    const taken = hold === undefined ? quantity : 0; // what is held is off sale already
    const fits =
      event !== undefined &&
      quantity > 0 &&
      first === event.issued + 1 &&
      left === event.remaining - taken &&
      left >= 0;
    if (!fits) this.reject(offset, `sells ticket ${first} of ${id} out of order`);
    if (event === undefined) return;
    if (hold !== undefined) this.#confirm(op, hold, offset);
    else this.#checkOffer(event, op, total, now, offset);
    this.#events[id] = { ...event, remaining: left, issued: event.issued + quantity };
  }

  #confirm({ event, quantity, total }: SoldOp, id: string, offset: number): void {
    const hold = this.#holds.get(id);
    if (
      hold === undefined ||
      hold.eventId !== event ||
      hold.quantity !== quantity ||
      !isTotal(total, hold.total)
    ) {
      this.reject(offset, `confirms hold ${id}, which is not there or another one`);
    }
    if (hold !== undefined) this.#holds.end(id);
  }

  #hold(op: HeldOp, now: string, offset: number): void {
    const { hold: id, event: eventId, customer, quantity, left, total, until } = op;
    const event = this.#event(eventId);
    const fits =
      event !== undefined && quantity > 0 && left === event.remaining - quantity && left >= 0;
    if (!fits) this.reject(offset, `holds tickets of ${eventId} that do not remain`);
    if (event === undefined) return;
    this.#checkOffer(event, op, total, now, offset);
    if (this.#holds.get(id) !== undefined) this.reject(offset, `makes hold ${id} twice`);
    if (until <= now) this.reject(offset, `makes hold ${id}, whose time is over already`);
    this.#holds.put(id, { eventId, customer, quantity, total: priceOf(total), until });
    this.#events[eventId] = { ...event, remaining: left };
  }

  /** Whether the tickets are on sale at this time, for this price. */
  #checkOffer(
    event: TicketEvent,
    { event: id, quantity }: SoldOp | HeldOp,
    total: Total | undefined,
    now: string,
    offset: number,
  ): void {
    const { amount, currency } = event.price;
    if (total !== undefined && !(total[0] === amount * quantity && total[1] === currency)) {
      this.reject(offset, `sells tickets of ${id} for another price`);
    }
    if (!isOnSale(event, now)) this.reject(offset, `sells tickets of ${id} outside their sale`);
  }

  #release({ hold: id, event, quantity, left }: ReleasedOp, offset: number): void {
    const hold = this.#holds.get(id);
    const remaining = this.#event(event)?.remaining ?? 0;
    if (hold?.eventId !== event || hold.quantity !== quantity || left !== remaining + quantity) {
      this.reject(offset, `releases hold ${id}, which is not there or another one`);
    }
    if (hold !== undefined) this.#putBack(id);
  }

  /** Ends a hold, and puts its tickets back on sale. */
  #putBack(id: string): void {
    const hold = this.#holds.get(id);
    const event = hold && this.#event(hold.eventId);
    if (hold === undefined || event === undefined) return;
    this.#holds.end(id);
    this.#events[hold.eventId] = { ...event, remaining: event.remaining + hold.quantity };
  }

  #cancel({ event: id, first, quantity, left }: CancelledOp, offset: number): void {
    const event = this.#event(id);
    const last = first + quantity - 1;
    const isSold = event !== undefined && quantity > 0 && first > 0 && last <= event.issued;
    if (!isSold || left !== event.remaining + quantity) {
      this.reject(offset, `cancels tickets of ${id} that are not sold`);
    }
    if (event === undefined) return;
    const { cancelled = [], admitted = [] } = event;
    const isIn = (ranges: typeof cancelled) =>
      serialsFrom(first, quantity).some((serial) => includesSerial(ranges, serial));
    if (isIn(cancelled)) this.reject(offset, `cancels ticket ${first} of ${id} twice`);
    if (isIn(admitted)) this.reject(offset, `cancels ticket ${first} of ${id} after its admission`);
    const ranges = withSerials(cancelled, first, last) as typeof cancelled;
    this.#events[id] = { ...event, remaining: left, cancelled: ranges };
  }

  #admit({ event: id, serial }: AdmittedOp, offset: number): void {
    const event = this.#event(id);
    if (event === undefined || !(serial >= 1 && serial <= event.issued)) {
      this.reject(offset, `admits ticket ${serial} of ${id}, which is not sold`);
    }
    if (event === undefined) return;
    const { cancelled = [], admitted = [] } = event;
    if (includesSerial(cancelled, serial)) {
      this.reject(offset, `admits ticket ${serial} of ${id}, which is cancelled`);
    }
    if (includesSerial(admitted, serial)) {
      this.reject(offset, `admits ticket ${serial} of ${id} twice`);
    }
    const ranges = withSerials(admitted, serial, serial) as typeof admitted;
    this.#events[id] = { ...event, admitted: ranges };
  }

  #save({ event: id, revision, details }: SavedOp, offset: number): void {
    const event = this.#event(id);
    if (revision !== (event?.revision ?? 0) + 1) {
      this.reject(offset, `makes revision ${revision} of ${id} out of order`);
    }
    if (event !== undefined && details.capacity < takenCount(event)) {
      this.reject(offset, `makes ${id} smaller than what is sold and held`);
    }
    const saved = event === undefined ? newEvent(details) : edited(event, details);
    this.#events = { ...this.#events, [id]: saved }; // an id that is new may be `__proto__`
  }

  #remove({ event: id }: RemovedOp, offset: number): void {
    const event = this.#event(id);
    if (event === undefined || event.issued > 0 || takenCount(event) > 0) {
      this.reject(offset, `removes ${id}, which is not there or has tickets that are sold`);
    }
    delete this.#events[id];
  }

  #event(id: string): TicketEvent | undefined {
    return Object.hasOwn(this.#events, id) ? this.#events[id] : undefined;
  }
}

const isTotal = (total: Total | undefined, price: TicketEvent['price']): boolean =>
  total !== undefined && total[0] === price.amount && total[1] === price.currency;
