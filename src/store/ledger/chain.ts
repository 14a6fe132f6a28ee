import { exitCode } from '../../exit-codes.js';
import { UserError } from '../../user-error.js';
import { type Claim, type Commit, hashOf, parseCommit } from './ledger-line.js';

/** The ledger contradicts itself: a sale that a writer knew to be synced is missing. */
export class DamagedLedgerError extends UserError {
  readonly code = 'DAMAGED';
  override readonly exitCode = exitCode.damaged;
  /** Where the line begins that proves it, in bytes. */
  readonly offset: number;

  constructor(offset: number, reason: string) {
    super(`the ledger is damaged at byte ${offset}: ${reason}`);
    this.offset = offset;
  }
}

/** The end of a chain: its last counted line, and the offset after that line's newline. */
export interface Head extends Claim {
  readonly end: number;
}

/** What is known of a line before it is parsed. */
export interface KnownLine {
  readonly hash?: string;
  readonly commit?: Commit | undefined;
}

/** A line that counts, and its offset. */
export interface Counted {
  readonly commit: Commit;
  readonly offset: number;
  readonly head: Head;
}

/**
 * How many of the last counted lines' hashes are remembered. An older claim passes unchecked: after a
 * lost line nothing counts any more, so writers that had seen more claim lines ahead of the chain.
 */
const REMEMBERED_HASHES = 65_536;

/**
 * Decides which lines count.
 *
 * A line counts if it extends the chain: its `seq` is the next one and its `prev` is the hash of the
 * last counted line. All others are skipped: the line of an overtaken writer, or one torn by a crash.
 * Every intact line, even a skipped one, claims a synced line. If the counted line of that number is
 * another one, a sale was lost that its buyer was told of.
 */
export class Chain {
  #head: Head;
  #skipped = 0;
  readonly #hashes = new Map<number, string>();

  readonly #remembered: number;

  /**
   * @param head where to continue: the genesis, or the line that a checkpoint names
   * @param remembered how many counted lines' hashes are remembered
   */
  constructor(head: Head, remembered = REMEMBERED_HASHES) {
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
   * Takes the next line of the file, without its newline, and returns it if it counts.
   *
   * @param known what is already known of these bytes, if this process wrote them
   * @throws DamagedLedgerError when the line's claim is false
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

  /** @throws DamagedLedgerError when this claim, made at `offset`, is false */
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
