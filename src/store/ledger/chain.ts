import { exitCode } from '../../exit-codes.js';
import { UserError } from '../../user-error.js';
import { type Claim, type Commit, hashOf, parseCommit } from './ledger-line.js';

/** What a ledger says cannot be true: a sale that somebody knew to be synced is not there. */
export class DamagedLedgerError extends UserError {
  readonly code = 'DAMAGED';
  override readonly exitCode = exitCode.damaged;
  /** Where the line begins that shows it, in bytes. */
  readonly offset: number;

  constructor(offset: number, reason: string) {
    super(`the ledger is damaged at byte ${offset}: ${reason}`);
    this.offset = offset;
  }
}

/** Where a chain ends: its last counted line, and the offset behind that line's newline. */
export interface Head extends Claim {
  readonly end: number;
}

/** What somebody knows of a line before it is looked at. */
export interface KnownLine {
  readonly hash?: string;
  readonly commit?: Commit | undefined;
}

/** A line that counts, and where it lies. */
export interface Counted {
  readonly commit: Commit;
  readonly offset: number;
  readonly head: Head;
}

/**
 * So many of the last counted lines are remembered by their hash. An older claim passes. It could not
 * be the only one to tell of a loss: behind a lost line nothing counts any more, so the chain stands
 * still there, and whoever had seen more claims what is ahead of it.
 */
const REMEMBERED = 65_536;

/**
 * Decides which lines count.
 *
 * A line counts if it extends the chain: its `seq` is the next one and its `prev` is the hash of the
 * last counted line. All others are skipped: a writer that was overtaken, a line that a crash tore.
 * And a claim must be true: if a whole line, a skipped one too, claims a line that is not the
 * counted one of that number, a sale is gone that somebody was told of.
 */
export class Chain {
  #head: Head;
  #skipped = 0;
  readonly #hashes = new Map<number, string>();

  readonly #remembered: number;

  /**
   * @param head where to go on from: genesis, or the line that a checkpoint names
   * @param remembered so many of the last counted lines are remembered by their hash
   */
  constructor(head: Head, remembered = REMEMBERED) {
    this.#head = head;
    this.#remembered = remembered;
    this.#remember(head);
  }

  get head(): Head {
    return this.#head;
  }

  /** Lines that did not count. */
  get skipped(): number {
    return this.#skipped;
  }

  /**
   * Takes the next line of the file, without its newline, and answers what it adds, if it counts.
   *
   * @param known what is known of these very bytes already: of a line that was printed here, all
   * @throws DamagedLedgerError when the line claims what is not so
   */
  take(bytes: Buffer, offset: number, known: KnownLine = {}): Counted | undefined {
    const line = known.commit ?? parseCommit(bytes);
    if (line === undefined) return this.#skip();
    this.checkClaim(line.synced, offset);
    if (!this.extendsHead(line)) return this.#skip();
    this.#head = {
      seq: line.seq,
      hash: known.hash ?? hashOf(bytes),
      end: offset + bytes.length + 1,
    };
    this.#remember(this.#head);
    return { commit: line, offset, head: this.#head };
  }

  protected extendsHead({ seq, prev }: Commit): boolean {
    return seq === this.#head.seq + 1 && prev === this.#head.hash;
  }

  /** @throws DamagedLedgerError when this claim, made at `offset`, is not true */
  protected checkClaim({ seq, hash }: Claim, offset: number): void {
    if (seq > this.#head.seq) {
      throw new DamagedLedgerError(offset, `line ${seq} was synced, and is not there`);
    }
    const counted = this.#hashes.get(seq);
    if (counted !== undefined && counted !== hash) {
      throw new DamagedLedgerError(offset, `line ${seq} is not the one that was synced`);
    }
  }

  #skip(): undefined {
    this.#skipped++;
  }

  #remember({ seq, hash }: Claim): void {
    this.#hashes.set(seq, hash);
    this.#hashes.delete(seq - this.#remembered);
  }
}
