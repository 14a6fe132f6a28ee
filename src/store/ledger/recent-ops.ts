import { requestOf } from '../../booking/idempotency.js';
import { type KeyedOp, keyedRequestOf } from '../../verdict/reference-log.js';
import { isSale, type Op } from './ops.js';

/** Where an operation is: the offset of its line, and its index in it. */
export interface OpAt {
  readonly offset: number;
  readonly index: number;
}

/** The operation that was done with a key, and what was asked for. */
export interface KeyedOpAt {
  readonly op: OpAt;
  readonly request: string;
}

/** How a hold ended, and where its sale is if it was confirmed. */
export type HoldEnd =
  | { readonly end: 'confirmed'; readonly op: OpAt }
  | { readonly end: 'released' | 'expired' };

/**
 * Of how many operations keys and ends of holds are remembered, first in, first out, so that all
 * workers agree. The number is part of the format: with another one, workers would decide differently.
 */
export const REMEMBERED_OPS = 100_000;

/** What is remembered of the newest operations, in the order of the ledger. */
export class RecentOps {
  readonly #keys = new NumberedMap<KeyedOpAt>();
  readonly #ends = new NumberedMap<HoldEnd>();
  /** The counted lines in the window: each one's offset, and the number of operations before it. */
  readonly #lines: { readonly offset: number; readonly before: number }[] = [];
  #first = 0;
  #count: number;
  readonly #size: number;

  /**
   * @param count the number of operations before the first line that this window takes
   * @param size of how many operations something is remembered
   */
  constructor(count: number, size = REMEMBERED_OPS) {
    this.#count = count;
    this.#size = size;
  }

  /** Operations so far. */
  get count(): number {
    return this.#count;
  }

  /** The offset of the first line that the window still needs. */
  from(end: number): number {
    return this.#lines[this.#first]?.offset ?? end;
  }

  /** What was done with an idempotency key. */
  findByKey(key: string): KeyedOpAt | undefined {
    return this.#keys.get(key);
  }

  /** How a hold ended. */
  findEnd(holdId: string): HoldEnd | undefined {
    return this.#ends.get(holdId);
  }

  /** Takes the operations of a counted line. */
  take(offset: number, ops: readonly Op[]): void {
    this.#lines.push({ offset, before: this.#count });
    for (const [index, op] of ops.entries()) {
      this.#count++;
      if ('key' in op && op.key !== undefined) this.#takeKey(op.key, op, { offset, index });
      this.#takeEnd(op, { offset, index });
    }
    this.#forget();
  }

  #takeKey(key: string, op: KeyedOp, at: OpAt): void {
    this.#keys.set(key, { op: at, request: requestOf(keyedRequestOf(op)) }, this.#count);
  }

  #takeEnd(op: Op, at: OpAt): void {
    if (isSale(op)) {
      if (op.hold !== undefined) this.#ends.set(op.hold, { end: 'confirmed', op: at }, this.#count);
    } else if (op.op === 'release') {
      this.#ends.set(op.hold, { end: 'released' }, this.#count);
    } else if (op.op === 'expire') {
      for (const hold of op.holds) this.#ends.set(hold, { end: 'expired' }, this.#count);
    }
  }

  #forget(): void {
    const oldest = this.#count - this.#size;
    this.#keys.forgetUntil(oldest);
    this.#ends.forgetUntil(oldest);
    while ((this.#lines[this.#first + 1]?.before ?? Number.POSITIVE_INFINITY) <= oldest)
      this.#first++;
    if (this.#first > 1024 && this.#first * 2 > this.#lines.length) {
      this.#lines.splice(0, this.#first);
      this.#first = 0;
    }
  }
}

/** A map whose entries are in the order of the numbers of their operations. */
class NumberedMap<Value> {
  readonly #entries = new Map<string, { readonly value: Value; readonly number: number }>();

  get(key: string): Value | undefined {
    return this.#entries.get(key)?.value;
  }

  set(key: string, value: Value, number: number): void {
    this.#entries.delete(key); // a Map keeps insertion order: the key moves to its newest operation
    this.#entries.set(key, { value, number });
  }

  forgetUntil(oldest: number): void {
    for (const [key, { number }] of this.#entries) {
      if (number > oldest) break;
      this.#entries.delete(key);
    }
  }
}
