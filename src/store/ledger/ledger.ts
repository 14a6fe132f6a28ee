import { randomBytes } from 'node:crypto';
import { Fault } from '../../booking/faults.js';
import type { HoldsByTime, TicketState } from '../../booking/inventory.js';
import { CoalescedRun } from '../shared/coalesced-run.js';
import { type LineReader, readLineAt } from '../shared/line-reader.js';
import { type Counted, DamagedLedgerError, type Head } from './chain.js';
import type { Fold } from './fold.js';
import { GroupSync } from './group-sync.js';
import type { LedgerFile } from './ledger-file.js';
import { type Commit, encodeLine, hashOf, parseCommit } from './ledger-line.js';
import type { Loaded } from './load.js';
import type { HoldEnd, KeyedOpAt } from './recent-ops.js';

export interface LedgerOptions {
  readonly file: LedgerFile;
  readonly loaded: Loaded;
  /** Receives, once, the first fault after which nothing may be sold: damage, or a failed sync. */
  readonly onFault: (fault: Fault) => void;
}

/** A line that this process is appending; `counted` is set once it counts. */
interface Appending {
  readonly commit: Commit;
  readonly line: Buffer;
  counted?: Counted;
}

/** `ledger.jsonl` in use: it folds what other processes append, and appends commits. */
export class Ledger {
  readonly #file: LedgerFile;
  readonly #fold: Fold;
  readonly #lines: LineReader;
  readonly #groupSync: GroupSync;
  readonly #onFault: (fault: Fault) => void;
  /** Folds what was appended since the last time. */
  readonly #catchUp = new CoalescedRun(() =>
    this.#lines
      .readNewLines((line, offset) => this.#take(line, offset))
      .catch((error) => {
        if (error instanceof DamagedLedgerError) this.#stop(Fault.from(error));
        throw error;
      }),
  );
  readonly #writer = randomBytes(6).toString('base64url');
  #commits = 0;
  /** The lines that this process is appending, by hash. */
  readonly #appending = new Map<string, Appending>();
  #stopped = false;

  constructor({ file, loaded, onFault }: LedgerOptions) {
    this.#file = file;
    this.#fold = loaded.fold;
    this.#lines = loaded.lines;
    this.#onFault = onFault;
    this.#groupSync = new GroupSync(
      loaded.synced,
      () => file.datasync(),
      () => this.#fold.head,
      (fault) => this.#stop(fault),
    );
  }

  get head(): Head {
    return this.#fold.head;
  }

  /** Where the last complete line ends that was read. */
  get end(): number {
    return this.#lines.offset;
  }

  /** The state at `head`. It changes with every fold: use it before the next `await`, or copy it. */
  get state(): TicketState {
    return this.#fold.state;
  }

  /** Folds what other processes appended. */
  catchUp(): Promise<void> {
    return this.#catchUp.run();
  }

  /** What was done with an idempotency key. */
  findByKey(key: string): KeyedOpAt | undefined {
    return this.#fold.recent.findByKey(key);
  }

  /** How a hold ended. */
  findEnd(holdId: string): HoldEnd | undefined {
    return this.#fold.recent.findEnd(holdId);
  }

  /** The holds of the state at `head`, which change with every fold, too. */
  get holdsByTime(): HoldsByTime {
    return this.#fold.holdsByTime;
  }

  /**
   * Checks that what was read and written is in `ledger.jsonl`, whatever happened to that name. Every
   * answer comes after such a check that began after its last read, write and sync.
   *
   * @throws DamagedLedgerError if not
   */
  checkName(): void {
    try {
      this.#file.checkName();
    } catch (error) {
      if (error instanceof DamagedLedgerError) this.#stop(Fault.from(error));
      throw error;
    }
  }

  /**
   * Appends a commit that extends `head` with one write, and reads it back.
   *
   * @param decided what it does, and the time that it was decided by
   * @returns the commit if it counts; `undefined` if another process appended first, or the write was
   *   short: a torn line is never finished
   */
  async append({ at, ops }: Pick<Commit, 'at' | 'ops'>, head: Head): Promise<Counted | undefined> {
    const { seq, hash } = this.#groupSync.covered;
    const commit: Commit = {
      seq: head.seq + 1,
      prev: head.hash,
      synced: { seq, hash },
      writer: `${this.#writer}.${++this.#commits}`,
      pid: process.pid,
      at,
      ops,
    };
    const line = encodeLine(commit);
    const lineHash = hashOf(line);
    const entry: Appending = { commit, line };
    this.#appending.set(lineHash, entry);
    try {
      // A newline alone might complete a torn line that lacks nothing else; after `#` it is invalid.
      const begin = this.#lines.partialBytes > 0 ? '#\n' : '';
      await this.#file.write(Buffer.concat([Buffer.from(begin), line, Buffer.from('\n')]));
      await this.#catchUp.run();
      // In a file that was cut, the line begins before bytes already read, and cannot be read back.
      if (entry.counted === undefined) this.checkName();
      return entry.counted;
    } finally {
      this.#appending.delete(lineHash);
    }
  }

  /** The commit at an offset, and where its line ends. */
  async commitAt(offset: number): Promise<{ commit: Commit; end: number } | undefined> {
    const line = await readLineAt(this.#file, offset);
    const commit = line && parseCommit(line);
    return commit && { commit, end: offset + line.length + 1 };
  }

  /** Resolves when a finished sync covers the file up to this offset. @throws Fault `SYNC_FAILED` */
  syncUpTo(end: number): Promise<void> {
    return this.#groupSync.cover(end);
  }

  /** Resolves when a sync that began after this call has finished. @throws Fault `SYNC_FAILED` */
  syncAll(): Promise<void> {
    return this.#groupSync.everything();
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #take(line: Buffer, offset: number): void {
    const hash = hashOf(line);
    const appending = this.#appending.get(hash);
    // The bytes that this process wrote need not be parsed. The hash alone does not say so: names are
    // not part of it, and a line may be torn in the middle of them.
    const own = appending?.line.equals(line) === true ? appending : undefined;
    const counted = this.#fold.take(line, offset, { hash, commit: own?.commit });
    if (own !== undefined && counted !== undefined) own.counted = counted;
  }

  #stop(fault: Fault): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#onFault(fault);
  }
}
