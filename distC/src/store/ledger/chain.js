import { exitCode } from '../../exit-codes.js';
import { UnusableError } from '../../unusable.js';
import { hashOf, parseCommit } from './line.js';
/** What a ledger says cannot be true: a sale that somebody knew to be synced is not there. */
export class DamagedLedgerError extends UnusableError {
    code = 'DAMAGED';
    exitCode = exitCode.damaged;
    /** Where the line begins that shows it, in bytes. */
    offset;
    constructor(offset, reason) {
        super(`the ledger is damaged at byte ${offset}: ${reason}`);
        this.offset = offset;
    }
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
    #head;
    #skipped = 0;
    #hashes = new Map();
    #remembered;
    /**
     * @param head where to go on from: genesis, or the line that a checkpoint names
     * @param remembered so many of the last counted lines are remembered by their hash
     */
    constructor(head, remembered = REMEMBERED) {
        this.#head = head;
        this.#remembered = remembered;
        this.#remember(head);
    }
    get head() {
        return this.#head;
    }
    /** Lines that did not count. */
    get skipped() {
        return this.#skipped;
    }
    /**
     * Takes the next line of the file, without its newline, and answers what it adds, if it counts.
     *
     * @throws DamagedLedgerError when the line claims what is not so
     */
    take(bytes, offset) {
        const line = parseCommit(bytes);
        if (line === undefined)
            return this.#skip();
        this.checkClaim(line.synced, offset);
        if (!this.extendsHead(line))
            return this.#skip();
        this.#head = { seq: line.seq, hash: hashOf(bytes), end: offset + bytes.length + 1 };
        this.#remember(this.#head);
        return { commit: line, offset, head: this.#head };
    }
    extendsHead({ seq, prev }) {
        return seq === this.#head.seq + 1 && prev === this.#head.hash;
    }
    /** @throws DamagedLedgerError when this claim, made at `offset`, is not true */
    checkClaim({ seq, hash }, offset) {
        if (seq > this.#head.seq) {
            throw new DamagedLedgerError(offset, `line ${seq} was synced, and is not there`);
        }
        const counted = this.#hashes.get(seq);
        if (counted !== undefined && counted !== hash) {
            throw new DamagedLedgerError(offset, `line ${seq} is not the one that was synced`);
        }
    }
    #skip() {
        this.#skipped++;
    }
    #remember({ seq, hash }) {
        this.#hashes.set(seq, hash);
        this.#hashes.delete(seq - this.#remembered);
    }
}
