import type { Command } from './commands.js';
import { Fault, type FaultCode } from './faults.js';
import { keyOf } from './idempotency.js';
import type { Result, ResultOf } from './outcomes.js';
import type { StepTracer } from './sale-steps.js';
import type { Sale, Store } from './store.js';

export interface QueueOptions {
  readonly sell: Store['sell'];
  /** Runs a section under the lock, or rejects when it is not granted by `deadline` (monotonic ms). */
  readonly withLock: <T>(section: () => Promise<T>, deadline: number) => Promise<T>;
  /** Batches that may be under way at once: one, unless the lock excludes nothing. */
  readonly maxConcurrentBatches: number;
  /** The most buys in one batch. */
  readonly batchMax: number;
  /** The most buys that may wait for an answer. */
  readonly maxWaiting: number;
  /** The longest a buy waits for the lock, from its arrival. */
  readonly lockTimeoutMs: number;
  /** How much longer it may take until the buy is sold and synced. */
  readonly sellTimeoutMs: number;
  readonly tracer: StepTracer;
  /** Receives every fault that is more than a plain rejection: the server may have to stop. */
  readonly onFault: (fault: Fault) => void;
}

/** Faults that are more than a plain rejection. */
const seriousFaults: ReadonlySet<FaultCode> = new Set([
  'STORAGE',
  'SYNC_FAILED',
  'UNREACHABLE',
  'COMMIT_UNKNOWN',
  'DAMAGED',
]);

const now = (): number => performance.now();

interface Waiting {
  readonly command: Command;
  readonly deadline: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (fault: Fault) => void;
}

/** How often the queue checks for buys and sales that exceeded their time. */
const EXPIRY_INTERVAL_MS = 250;

/** The longest that arriving buys may gather before the queue requests the lock. */
const GATHER_MS_MAX = 2;

/**
 * The queue in front of a store: group commit. While a worker waits for the lock, arriving buys
 * gather here, and one lock acquisition sells them all. Each buy still has an outcome of its own.
 */
export class BatchQueue {
  readonly #options: QueueOptions;
  readonly #waiting: Waiting[] = [];
  /** Batches that are being sold and have no answer yet. */
  readonly #selling = new Set<readonly Waiting[]>();
  readonly #expiryTimer: NodeJS.Timeout;
  #unanswered = 0;
  #gathering = false;
  #batchesStarted = 0;
  #openBatches = 0;
  /** Batches that still wait for the lock: no use in starting another for the same buys. */
  #batchesWaitingForLock = 0;
  #draining = false;
  #onIdle: (() => void)[] = [];

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#expiryTimer = setInterval(() => this.#checkDeadlines(), EXPIRY_INTERVAL_MS).unref();
  }

  /** Buys without an answer. */
  get unanswered(): number {
    return this.#unanswered;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /**
   * Queues a command and resolves when its result is durable.
   *
   * @throws Fault when there is no result; its code says why
   */
  submit<Each extends Command>(command: Each): Promise<ResultOf<Each>> {
    if (this.#draining) return Promise.reject(new Fault('DRAINING', 'the server is closing'));
    if (this.#unanswered >= this.#options.maxWaiting) {
      return Promise.reject(new Fault('QUEUE_FULL', `${this.#unanswered} buys are waiting`));
    }
    return new Promise((resolve, reject) => {
      const deadline = now() + this.#options.lockTimeoutMs;
      this.#unanswered++;
      this.#waiting.push({
        command,
        deadline,
        resolve: resolve as (result: Result) => void, // of a buy, the result is that of a buy
        reject,
      });
      this.#options.tracer.emit('queued', { batch: 0, buys: 1 });
      this.#startBatchesSoon();
    });
  }

  /**
   * Accepts no more buys and resolves when all have an answer. After `withinMs` it rejects those that
   * still wait, and gives up on those that are being sold.
   *
   * @returns whether no sale is under way any more
   */
  async drain(withinMs: number): Promise<boolean> {
    this.#draining = true;
    const timer = setTimeout(() => this.#giveUp(), withinMs);
    if (this.#unanswered > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
    clearTimeout(timer);
    clearInterval(this.#expiryTimer);
    return this.#openBatches === 0;
  }

  /**
   * Starts batches once the arriving buys are here: it waits while each round of the event loop
   * brings more. If the first buy took a free lock alone, the others would wait for the next batch.
   */
  #startBatchesSoon(): void {
    if (this.#gathering) return;
    this.#gathering = true;
    const latest = now() + GATHER_MS_MAX;
    let seen = 0;
    const check = () => {
      const waiting = this.#waiting.length;
      if (waiting > seen && waiting < this.#options.batchMax && now() < latest) {
        seen = waiting;
        setImmediate(check);
        return;
      }
      this.#gathering = false;
      this.#startBatches();
    };
    setImmediate(check);
  }

  #startBatches(): void {
    const { maxConcurrentBatches, batchMax, tracer } = this.#options;
    while (
      this.#openBatches < maxConcurrentBatches &&
      this.#waiting.length > this.#batchesWaitingForLock * batchMax
    ) {
      void tracer.inBatch(++this.#batchesStarted, () => this.#runBatch());
    }
  }

  async #runBatch(): Promise<void> {
    this.#openBatches++;
    this.#batchesWaitingForLock++;
    let batch: Waiting[] | undefined;
    let sale: Sale | undefined;
    let fault: Fault | undefined;
    try {
      // The batch is formed when the lock is held, not before: buys that arrive meanwhile join it.
      sale = await this.#options.withLock(async () => {
        batch = this.#formBatch();
        return batch.length > 0 ? await this.#sell(batch) : undefined;
      }, this.#waiting[0]?.deadline ?? 0);
    } catch (error) {
      fault = Fault.from(error);
    }
    if (sale !== undefined) fault = await this.#untilDurable(sale);
    // Only now: buys that arrived during the sync form one batch, and share the next sync.
    this.#openBatches--;

    if (batch === undefined) {
      this.#batchesWaitingForLock--;
      this.#lockNotGranted(fault);
    } else if (fault !== undefined) this.#rejectBatch(batch, fault);
    else if (sale !== undefined) this.#answer(batch, sale);
    else this.#selling.delete(batch);
    if (this.#waiting.length > 0) this.#startBatchesSoon();
  }

  async #sell(batch: readonly Waiting[]): Promise<Sale> {
    const sale = await this.#options.sell(batch.map(({ command }) => command));
    // Awaited after the lock is released; a sync that fails before then is not "unhandled".
    sale.durable.catch(() => {});
    return sale;
  }

  async #untilDurable({ durable }: Sale): Promise<Fault | undefined> {
    try {
      await durable;
    } catch (error) {
      return Fault.from(error);
    }
    this.#options.tracer.emit('synced');
    return undefined;
  }

  #formBatch(): Waiting[] {
    this.#batchesWaitingForLock--;
    this.#rejectExpired();
    const batch = this.#waiting.splice(0, this.#endOfBatch());
    this.#selling.add(batch);
    return batch;
  }

  /** A batch ends before a key that it contains already: the repetition must find the first result. */
  #endOfBatch(): number {
    const keys = new Set<string>();
    const { batchMax } = this.#options;
    const repeated = this.#waiting.findIndex(({ command }, index) => {
      const key = keyOf(command);
      if (index >= batchMax || (key !== undefined && keys.has(key))) return true;
      if (key !== undefined) keys.add(key);
      return false;
    });
    return repeated === -1 ? batchMax : repeated;
  }

  #answer(batch: readonly Waiting[], { results }: Sale): void {
    if (!this.#selling.delete(batch)) return; // the queue gave up on it
    batch.forEach(({ resolve }, index) => {
      resolve(results[index] as Result);
    });
    this.#options.tracer.emit('answered', { results });
    this.#settled(batch.length);
  }

  /** A timeout rejects only the buys that waited long enough; a lock that fails rejects all. */
  #lockNotGranted(fault: Fault | undefined): void {
    if (this.#rejectExpired() > 0 || fault === undefined) return;
    if (fault.code === 'LOCK_TIMEOUT') return;
    this.#rejectWaiting(fault);
  }

  /** Rejects buys that waited too long for the lock, and those whose sale hangs. */
  #checkDeadlines(): void {
    this.#rejectExpired();
    const time = now();
    for (const batch of this.#selling) {
      const late = (batch[0]?.deadline ?? time) + this.#options.sellTimeoutMs < time;
      if (late) this.#rejectBatch(batch, new Fault('GIVEN_UP', 'the sale took too long'));
    }
  }

  /** Rejects the buys that waited for the lock as long as they may, and returns their number. */
  #rejectExpired(): number {
    const time = now();
    const firstInTime = this.#waiting.findIndex(({ deadline }) => deadline > time);
    const count = firstInTime === -1 ? this.#waiting.length : firstInTime;
    const expired = this.#waiting.splice(0, count);
    if (expired.length === 0) return 0;
    const { lockTimeoutMs } = this.#options;
    this.#reject(expired, new Fault('LOCK_TIMEOUT', `no lock within ${lockTimeoutMs} ms`));
    return expired.length;
  }

  #rejectWaiting(fault: Fault): void {
    this.#reject(this.#waiting.splice(0), fault);
  }

  #giveUp(): void {
    this.#rejectWaiting(new Fault('DRAINING', 'closed'));
    for (const batch of this.#selling) this.#rejectBatch(batch, new Fault('GIVEN_UP', 'closed'));
  }

  #rejectBatch(batch: readonly Waiting[], fault: Fault): void {
    if (this.#selling.delete(batch)) this.#reject(batch, fault);
  }

  #reject(buys: readonly Waiting[], fault: Fault): void {
    if (buys.length === 0) return;
    if (seriousFaults.has(fault.code)) this.#options.onFault(fault);
    for (const { reject } of buys) reject(fault);
    this.#options.tracer.emit('refused', { batch: 0, buys: buys.length, fault: fault.code });
    this.#settled(buys.length);
  }

  #settled(buys: number): void {
    this.#unanswered -= buys;
    if (this.#unanswered > 0) return;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }
}
