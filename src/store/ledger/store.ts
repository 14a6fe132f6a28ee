import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Decision, decide } from '../../booking/decide.js';
import { Fault } from '../../booking/faults.js';
import type { SalesHistory } from '../../booking/history.js';
import type {
  Buy,
  Order,
  Outcome,
  Remembered,
  Replayed,
  Sold,
  Told,
} from '../../booking/outcomes.js';
import type { Tell } from '../../booking/steps.js';
import type { Sale, Snapshot, Store } from '../../booking/store.js';
import { type LineReader, readLineAt } from '../lines.js';
import { SharedRun } from '../shared-run.js';
import { type Counted, DamagedLedgerError } from './chain.js';
import type { Fold } from './fold.js';
import type { LedgerHistory } from './history.js';
import { bodyOf, type SaleAt } from './keys.js';
import { hashOf, type Op, parseCommit, printLine } from './line.js';
import type { Loaded } from './load.js';
import type { OrderIds } from './order-id.js';
import { Syncs } from './syncs.js';

export interface LedgerOptions {
  /** Opened to read and to append. */
  readonly file: FileHandle;
  readonly loaded: Loaded;
  readonly ids: OrderIds;
  readonly history: LedgerHistory;
  readonly durable: boolean;
  readonly raceWindowMs: number;
  /** Told when the ledger turns out to be damaged: the office must stop. */
  readonly onDamage: (error: DamagedLedgerError) => void;
  /** How long a batch that is overtaken again and again goes on trying. */
  readonly lockTimeoutMs: number;
}

type Decided = Decision<Outcome | Replayed<SaleAt>>;

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
  readonly #syncs: Syncs;
  /** Folds what was appended since the last time. */
  readonly #follow = new SharedRun(() =>
    this.#lines
      .readOn((line, offset) => this.#take(line, offset))
      .catch((error) => {
        if (error instanceof DamagedLedgerError) this.#options.onDamage(error);
        throw error;
      }),
  );
  readonly #writer = randomBytes(6).toString('base64url');
  #commits = 0;
  /** The hash of the line that was appended last, and that line once it counts. */
  #mine: string | undefined;
  #counted: Counted | undefined;

  constructor(options: LedgerOptions) {
    const { file, loaded } = options;
    this.#options = options;
    this.#fold = loaded.fold;
    this.#lines = loaded.lines;
    // What a checkpoint names was synced before it was written, and a genesis before it had its name.
    this.#syncs = new Syncs(
      loaded.fold.head,
      () => file.datasync(),
      () => this.#fold.head,
    );
  }

  async sell(buys: readonly Buy[], tell: Tell): Promise<Sale> {
    const { raceWindowMs, lockTimeoutMs } = this.#options;
    const deadline = performance.now() + lockTimeoutMs;
    let attempted = false; // a line of this batch may stand in the file, and must stay skipped
    for (;;) {
      try {
        await this.#follow.run();
        tell('loaded', { version: this.#fold.head.seq });
        if (raceWindowMs > 0) await sleep(raceWindowMs);
        tell('paused');
        const decision: Decided = decide(this.#fold.state, buys, (key) => this.#recall(key));
        tell('decided', { version: decision.version });
        if (!decision.sells) return await this.#answer(decision, undefined, attempted);

        attempted = true;
        const counted = await this.#append(decision, tell);
        if (counted !== undefined) return await this.#answer(decision, counted, attempted);
        if (performance.now() > deadline) {
          throw new Fault('LOCK_TIMEOUT', `overtaken again and again for ${lockTimeoutMs} ms`);
        }
      } catch (error) {
        // Before anybody is told that nothing was sold, what was skipped must be sure to stay so.
        if (attempted && this.#options.durable) await this.#syncs.everything();
        throw error;
      }
    }
  }

  async search(): Promise<Snapshot> {
    await this.#follow.run();
    return { state: this.#fold.state, tag: this.#fold.head.hash };
  }

  async find(orderId: string): Promise<Order | undefined> {
    const place = this.#options.ids.read(orderId);
    return place && this.#orderAt(place);
  }

  async history(): Promise<SalesHistory> {
    return this.#options.history.against(async () => (await this.search()).state);
  }

  close(): Promise<void> {
    return this.#options.file.close();
  }

  #take(line: Buffer, offset: number): void {
    const counted = this.#fold.take(line, offset);
    if (counted !== undefined && counted.head.hash === this.#mine) this.#counted = counted;
  }

  /** Appends a commit with one write, and reads back whether it counts. */
  async #append(decision: Decided, tell: Tell): Promise<Counted | undefined> {
    const { seq, hash } = this.#fold.head;
    const { seq: syncedSeq, hash: syncedHash } = this.#syncs.covered;
    const line = printLine({
      seq: seq + 1,
      prev: hash,
      synced: { seq: syncedSeq, hash: syncedHash },
      writer: `${this.#writer}.${++this.#commits}`,
      pid: process.pid,
      at: new Date().toISOString(),
      ops: salesOf(decision).map(opOf),
    });
    this.#mine = hashOf(line);
    this.#counted = undefined;
    // A bare newline would complete a torn line that lacks nothing else; after `#` it is no line.
    const begin = this.#lines.unfinished > 0 ? '#\n' : '';
    await this.#options.file.write(Buffer.concat([Buffer.from(begin), line, Buffer.from('\n')]));
    tell('appended');
    // A write that was short is torn, and is never finished: it is not found, like an overtaken one.
    await this.#follow.run();
    return this.#counted;
  }

  /**
   * Every answer waits for a sync that covers what it was made from: the line that sold, the line
   * that a key recalls, the state that refused.
   */
  async #answer(
    { outcomes }: Decided,
    counted: Counted | undefined,
    attempted: boolean,
  ): Promise<Sale> {
    const { end } = counted?.head ?? this.#fold.head;
    const orders = new Map<Outcome, Order>();
    for (const [index, sold] of salesOf({ outcomes }).entries()) {
      const orderId = this.#options.ids.make({ offset: counted?.offset ?? 0, index });
      orders.set(sold, withoutKey({ ...sold, orderId }));
    }
    const told = await Promise.all(
      outcomes.map(async (outcome): Promise<Told> => {
        if (outcome.kind === 'replayed') return this.#replay(outcome.sale);
        return outcome.kind === 'sold' ? (orders.get(outcome) as Order) : outcome;
      }),
    );
    return { told, durable: this.#durable(end, attempted && counted === undefined) };
  }

  #durable(end: number, everything: boolean): Promise<void> {
    if (!this.#options.durable) return Promise.resolve();
    return everything ? this.#syncs.everything() : this.#syncs.cover(end);
  }

  #recall(key: string): Remembered<SaleAt> | undefined {
    const found = this.#fold.keys.find(key);
    if (found === undefined) return undefined;
    const isOf = (buy: Buy) => bodyOf(buy.eventId, buy.customer, buy.quantity) === found.body;
    return { sale: found.sale, isOf };
  }

  async #replay(sale: SaleAt): Promise<Order> {
    const order = await this.#orderAt(sale);
    if (order === undefined) throw new Error(`no sale at byte ${sale.offset}`);
    return order;
  }

  /** The sale that stands there; durable, before anybody is told of it. */
  async #orderAt({ offset, index }: SaleAt): Promise<Order | undefined> {
    const line = await readLineAt(this.#options.file, offset);
    const commit = line && parseCommit(line);
    const op = commit?.ops[index];
    if (line === undefined || commit === undefined || op === undefined) return undefined;
    await this.#durable(offset + line.length + 1, false);
    const { event: eventId, customer, quantity, first, left: remaining } = op;
    const serials = Array.from({ length: quantity }, (_, ticket) => first + ticket);
    const orderId = this.#options.ids.make({ offset, index });
    const version = commit.seq;
    return { kind: 'sold', orderId, eventId, customer, quantity, serials, remaining, version };
  }
}

/** The sales of a batch, each once: the second of one key in a batch has the very outcome of the first. */
function salesOf({ outcomes }: Pick<Decided, 'outcomes'>): Sold[] {
  return [...new Set(outcomes)].filter((outcome): outcome is Sold => outcome.kind === 'sold');
}

function opOf({ eventId, customer, quantity, serials, remaining, key }: Sold): Op {
  const [first = 0] = serials;
  const op = { event: eventId, customer, quantity, first, left: remaining };
  return key === undefined ? op : { ...op, key };
}

/** An order is told without its key: whoever looks it up later could not be told of it. */
const withoutKey = ({ key: _, ...order }: Order): Order => order;
