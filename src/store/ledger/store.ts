import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChainLine } from '../../booking/chain-line.js';
import { type Decision, decide } from '../../booking/decide.js';
import { Fault } from '../../booking/faults.js';
import type { SalesHistory } from '../../booking/history.js';
import { serialsFrom } from '../../booking/inventory.js';
import type {
  Buy,
  BuyResult,
  Order,
  Outcome,
  Remembered,
  Replayed,
  Sold,
} from '../../booking/outcomes.js';
import type { EmitStep } from '../../booking/steps.js';
import type { Sale, Snapshot, Store } from '../../booking/store.js';
import { CoalescedRun } from '../shared/coalesced-run.js';
import { type LineReader, readLineAt } from '../shared/line-reader.js';
import { type Counted, DamagedLedgerError, type Head } from './chain.js';
import type { Fold } from './fold.js';
import { GroupSync } from './group-sync.js';
import { LedgerHistory } from './history.js';
import { bodyOf, type SaleAt } from './idempotency-keys.js';
import type { LedgerFile } from './ledger-file.js';
import { type Commit, hashOf, type Op, parseCommit, printLine } from './ledger-line.js';
import type { Loaded } from './load.js';
import type { OrderIds } from './order-ids.js';
import { readTail } from './recent-commits.js';

export interface LedgerOptions {
  readonly file: LedgerFile;
  readonly loaded: Loaded;
  readonly ids: OrderIds;
  readonly durable: boolean;
  readonly raceWindowMs: number;
  /** Told once, of the first fault after which nobody may go on selling: damage, a sync that failed. */
  readonly onFault: (fault: Fault) => void;
  /** How long a batch that is overtaken again and again goes on trying. */
  readonly lockTimeoutMs: number;
}

type Decided = Decision<Outcome | Replayed<SaleAt>>;

/** Orders by the outcomes that they are of. */
type Orders = ReadonlyMap<Outcome | Replayed<SaleAt>, Order>;

/**
 * Sells by appending to `ledger.jsonl`, one line a commit. A line counts if it extends the chain; so
 * whoever was overtaken sold nothing, lock or no lock, and finds out by reading back. The lock only
 * saves work that would be done in vain.
 */
export class LedgerStore implements Store {
  readonly remembersKeys = true;
  readonly #options: LedgerOptions;
  readonly #fold: Fold;
  readonly #lines: LineReader;
  readonly #groupSync: GroupSync;
  readonly #history: LedgerHistory;
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
  #tail: { readonly end: number; readonly lines: readonly ChainLine[] } | undefined;
  /** What is being appended here, by the hash of its line, and that line once it counts. */
  readonly #appending = new Map<string, { readonly commit: Commit; counted?: Counted }>();
  #stopped = false;

  constructor(options: LedgerOptions) {
    const { file, loaded } = options;
    this.#options = options;
    this.#fold = loaded.fold;
    this.#lines = loaded.lines;
    this.#groupSync = new GroupSync(
      loaded.synced,
      () => file.datasync(),
      () => this.#fold.head,
      (fault) => this.#stop(fault),
    );
    this.#history = new LedgerHistory(file, async () => {
      await this.#catchUp.run();
      return { state: this.#fold.state, end: this.#lines.offset };
    });
  }

  async sell(buys: readonly Buy[], emit: EmitStep): Promise<Sale> {
    const { durable, raceWindowMs, lockTimeoutMs } = this.#options;
    const deadline = performance.now() + lockTimeoutMs;
    let attempted = false; // a line of this batch may stand in the file, and must stay skipped
    try {
      for (;;) {
        await this.#catchUp.run();
        emit('loaded', { version: this.#fold.head.seq });
        if (raceWindowMs > 0) await sleep(raceWindowMs);
        emit('paused');
        const decision: Decided = decide(this.#fold.state, buys, (key) => this.#recall(key));
        const { head } = this.#fold;
        emit('decided', { version: decision.version });
        // Before anything is appended: a read that fails then would leave a sale that nobody is told of.
        const replays = await this.#replaysOf(decision);
        if (!decision.sells) {
          const results = resultsOf(decision, replays);
          return { results, durable: this.#durable(head.end, attempted) };
        }
        attempted = true;
        const counted = await this.#append(decision, head, emit);
        if (counted !== undefined) {
          const results = resultsOf(decision, replays, this.#salesOf(decision, counted));
          return { results, durable: this.#durable(counted.head.end) };
        }
        if (performance.now() > deadline) {
          throw new Fault('LOCK_TIMEOUT', `overtaken again and again for ${lockTimeoutMs} ms`);
        }
      }
    } catch (error) {
      // Before anybody is told that nothing was sold, what was skipped must be sure to stay so.
      if (attempted && durable) await this.#groupSync.everything();
      throw error;
    }
  }

  async search(): Promise<Snapshot> {
    await this.#catchUp.run();
    return { state: this.#fold.state, tag: this.#fold.head.hash };
  }

  async find(orderId: string): Promise<Order | undefined> {
    const named = this.#options.ids.read(orderId);
    const line = named && (await this.#lineAt(named.sale.offset));
    if (named === undefined || line === undefined || !named.isIn(line.commit)) return undefined;
    await this.#durable(line.end);
    return this.#orderOf(line.commit, named.sale);
  }

  history(): Promise<SalesHistory> {
    return this.#history.read();
  }

  async recentCommits(): Promise<readonly ChainLine[]> {
    await this.#catchUp.run();
    const { hash } = this.#fold.head;
    const end = this.#lines.offset;
    // Whoever looks again and again at a ledger that stands still costs nothing.
    if (this.#tail?.end !== end) {
      this.#tail = { end, lines: await readTail(this.#options.file, end, hash) };
    }
    return this.#tail.lines;
  }

  close(): Promise<void> {
    return this.#options.file.close();
  }

  #take(line: Buffer, offset: number): void {
    const hash = hashOf(line);
    const mine = this.#appending.get(hash);
    // Bytes of this hash are those that were written, so they need not be parsed.
    const counted = this.#fold.take(line, offset, { hash, commit: mine?.commit });
    if (mine !== undefined && counted !== undefined) mine.counted = counted;
  }

  /** Appends a commit with one write, and reads back whether it counts. */
  async #append(decision: Decided, head: Head, emit: EmitStep): Promise<Counted | undefined> {
    const { seq, hash } = this.#groupSync.covered;
    const commit: Commit = {
      seq: head.seq + 1,
      prev: head.hash,
      synced: { seq, hash },
      writer: `${this.#writer}.${++this.#commits}`,
      pid: process.pid,
      at: new Date().toISOString(),
      ops: salesOf(decision).map(opOf),
    };
    const line = printLine(commit);
    const hashed = hashOf(line);
    const mine: { readonly commit: Commit; counted?: Counted } = { commit };
    this.#appending.set(hashed, mine);
    try {
      // A bare newline would complete a torn line that lacks nothing else; after `#` it is no line.
      const begin = this.#lines.partialBytes > 0 ? '#\n' : '';
      await this.#options.file.write(Buffer.concat([Buffer.from(begin), line, Buffer.from('\n')]));
      emit('appended');
      // A write that was short is torn, and is never finished: it is not found, like an overtaken one.
      await this.#catchUp.run();
      return mine.counted;
    } finally {
      this.#appending.delete(hashed);
    }
  }

  /**
   * Every answer waits for a sync that covers what it was made from: the line that sold, or the state
   * that refused or that knew the key. (A line that a key recalls lies before.)
   *
   * @param everything skipped lines behind `end` too
   */
  async #durable(end: number, everything = false): Promise<void> {
    if (!this.#options.durable) return;
    await (everything ? this.#groupSync.everything() : this.#groupSync.cover(end));
  }

  #recall(key: string): Remembered<SaleAt> | undefined {
    const found = this.#fold.keys.find(key);
    if (found === undefined) return undefined;
    const isOf = (buy: Buy) => bodyOf(buy.eventId, buy.customer, buy.quantity) === found.body;
    return { sale: found.sale, isOf };
  }

  /** The sales that keys recall, as they were told the first time. */
  async #replaysOf({ outcomes }: Decided): Promise<Orders> {
    const replays = outcomes.filter((outcome) => outcome.kind === 'replayed');
    const found = replays.map(async (outcome) => {
      const line = await this.#lineAt(outcome.sale.offset);
      const order = line && this.#orderOf(line.commit, outcome.sale);
      if (order === undefined) throw new Error(`no sale at byte ${outcome.sale.offset}`);
      return [outcome, order] as const;
    });
    return new Map(await Promise.all(found));
  }

  /** The sales of a line that counts. */
  #salesOf(decision: Decided, { commit, offset }: Counted): Orders {
    const orders = new Map<Sold, Order>();
    for (const [index, sold] of salesOf(decision).entries()) {
      const order = this.#orderOf(commit, { offset, index });
      if (order !== undefined) orders.set(sold, order);
    }
    return orders;
  }

  async #lineAt(offset: number): Promise<{ commit: Commit; end: number } | undefined> {
    const line = await readLineAt(this.#options.file, offset);
    const commit = line && parseCommit(line);
    return commit && { commit, end: offset + line.length + 1 };
  }

  /** A sale of a line that counts. What is told at once and what is looked up later is made alike. */
  #orderOf(commit: Commit, sale: SaleAt): Order | undefined {
    const op = commit.ops[sale.index];
    if (op === undefined) return undefined;
    const { event: eventId, customer, quantity, first, left: remaining } = op;
    const serials = serialsFrom(first, quantity);
    const orderId = this.#options.ids.make(sale, commit);
    const version = commit.seq;
    return { kind: 'sold', orderId, eventId, customer, quantity, serials, remaining, version };
  }

  #stop(fault: Fault): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#options.onFault(fault);
  }
}

/** The sales of a batch, each once: the second of one key in a batch has the very outcome of the first. */
function salesOf({ outcomes }: Pick<Decided, 'outcomes'>): Sold[] {
  return [...new Set(outcomes)].filter((outcome): outcome is Sold => outcome.kind === 'sold');
}

/** What the buyers of a batch are told. */
function resultsOf({ outcomes }: Decided, ...found: readonly Orders[]): BuyResult[] {
  return outcomes.map((outcome) => {
    if (outcome.kind !== 'sold' && outcome.kind !== 'replayed') return outcome;
    const order = found.map((orders) => orders.get(outcome)).find((each) => each !== undefined);
    if (order === undefined) throw new Error('a sale has no order'); // nothing may be told of it
    return order;
  });
}

function opOf({ eventId, customer, quantity, serials, remaining, key }: Sold): Op {
  const [first = 0] = serials;
  const op = { event: eventId, customer, quantity, first, left: remaining };
  return key === undefined ? op : { ...op, key };
}
