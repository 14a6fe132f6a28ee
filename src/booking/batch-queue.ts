import { Fault, type FaultCode } from './faults.js';
import type { Buy, BuyResult } from './outcomes.js';
import { type EmitStep, type StepListener, stepEmitter } from './steps.js';
import type { Sale, Store } from './store.js';

export interface QueueOptions {
  readonly sell: Store['sell'];
  /** Runs a section under the lock, or rejects when it is not granted by `deadline` (monotonic ms). */
  readonly withLock: <T>(section: () => Promise<T>, deadline: number) => Promise<T>;
  /** Lock turns at once. One, unless the lock excludes nobody. */
  readonly maxConcurrentBatches: number;
  /** Buys sold in one lock turn. */
  readonly batchMax: number;
  /** Buys in here without an answer. */
  readonly maxWaiting: number;
  /** Longest wait of a buy for the lock, from its arrival. */
  readonly lockTimeoutMs: number;
  /** How long after that it may take until the buy is sold and on the disk. */
  readonly sellTimeoutMs: number;
  readonly onStep: StepListener;
  /** Told of every fault that was not a plain refusal: the office may have to stop. */
  readonly onFault: (fault: Fault) => void;
}

/** Faults that are no plain refusal. */
const serious: ReadonlySet<FaultCode> = new Set([
  'STORAGE',
  'SYNC_FAILED',
  'UNREACHABLE',
  'COMMIT_UNKNOWN',
  'DAMAGED',
]);

const now = (): number => performance.now();

interface Waiting {
  readonly buy: Buy;
  readonly deadline: number;
  readonly resolve: (results: BuyResult) => void;
  readonly reject: (fault: Fault) => void;
}

/** How often buys are looked through for those that waited too long, or that a section hangs with. */
const EXPIRY_INTERVAL_MS = 250;

/** Longest time for which a crowd may gather before it asks for the lock. */
const GATHER_MS_MAX = 2;

/**
 * The queue in front of a store. While a worker waits for its turn at the lock, the buys that
 * arrive gather here, and one turn sells them all: a lock turn costs the same for 1 and for 256.
 * (Databases call this group commit.) Each buy keeps an outcome of its own.
 */
export class BatchQueue {
  readonly #options: QueueOptions;
  readonly #waiting: Waiting[] = [];
  /** Batches that a turn has taken and that have no answer yet. */
  readonly #taken = new Set<readonly Waiting[]>();
  readonly #expiry: NodeJS.Timeout;
  #unanswered = 0;
  #gathering = false;
  #batchesStarted = 0;
  #openBatches = 0;
  /** Turns that have not taken their batch yet: no use to open another for the same buys. */
  #batchesWaitingForLock = 0;
  #draining = false;
  #idle: (() => void)[] = [];

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#expiry = setInterval(() => this.#giveUpLate(), EXPIRY_INTERVAL_MS).unref();
  }

  /** Buys in here without an answer. */
  get unanswered(): number {
    return this.#unanswered;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /**
   * Queues a buy and answers when its outcome is durable.
   *
   * @throws Fault when there is no outcome; its code says why.
   */
  buy(buy: Buy): Promise<BuyResult> {
    if (this.#draining) return Promise.reject(new Fault('DRAINING', 'the office is closing'));
    if (this.#unanswered >= this.#options.maxWaiting) {
      return Promise.reject(new Fault('QUEUE_FULL', `${this.#unanswered} buys wait already`));
    }
    return new Promise((resolve, reject) => {
      const deadline = now() + this.#options.lockTimeoutMs;
      this.#unanswered++;
      this.#waiting.push({ buy, deadline, resolve, reject });
      this.#options.onStep({ name: 'queued', batch: 0, at: now(), buys: 1 });
      this.#startBatchesSoon();
    });
  }

  /**
   * Takes no more buys, and resolves when all have an answer. After `withinMs` it refuses those that
   * still wait, and gives up on those that are being sold.
   *
   * @returns whether nothing is being sold any more
   */
  async drain(withinMs: number): Promise<boolean> {
    this.#draining = true;
    const late = setTimeout(() => this.#giveUp(), withinMs);
    if (this.#unanswered > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
    clearTimeout(late);
    clearInterval(this.#expiry);
    return this.#openBatches === 0;
  }

  /**
   * Opens turns once a crowd is here: as long as each round of the event loop brings more buys, it
   * waits for the next. A lock that is free at once would else be taken for the first buy alone: of
   * 64 connections 4 went together, and now 22. Who comes alone waits for two rounds, microseconds.
   */
  #startBatchesSoon(): void {
    if (this.#gathering) return;
    this.#gathering = true;
    const latest = now() + GATHER_MS_MAX;
    let seen = 0;
    const look = () => {
      const waiting = this.#waiting.length;
      if (waiting > seen && waiting < this.#options.batchMax && now() < latest) {
        seen = waiting;
        setImmediate(look);
        return;
      }
      this.#gathering = false;
      this.#startBatches();
    };
    setImmediate(look);
  }

  #startBatches(): void {
    const { maxConcurrentBatches, batchMax } = this.#options;
    while (
      this.#openBatches < maxConcurrentBatches &&
      this.#waiting.length > this.#batchesWaitingForLock * batchMax
    ) {
      void this.#runBatch();
    }
  }

  async #runBatch(): Promise<void> {
    const emit = stepEmitter(this.#options.onStep, ++this.#batchesStarted);
    this.#openBatches++;
    this.#batchesWaitingForLock++;
    let batch: Waiting[] | undefined;
    let sale: Sale | undefined;
    let fault: Fault | undefined;
    try {
      emit('lockWanted');
      // The batch is taken when the lock is held, not before: whoever came meanwhile comes along.
      sale = await this.#options.withLock(async () => {
        emit('lockHeld');
        batch = this.#take();
        return batch.length > 0 ? await this.#sell(batch, emit) : undefined;
      }, this.#waiting[0]?.deadline ?? 0);
      emit('lockReleased');
    } catch (error) {
      fault = Fault.from(error);
      emit(batch === undefined ? 'lockRejected' : 'lockReleased');
    }
    if (sale !== undefined) fault = await untilDurable(sale, emit);
    // Only now: whoever came during the sync goes together, and the next sync is for all of them.
    this.#openBatches--;

    if (batch === undefined) {
      this.#batchesWaitingForLock--;
      this.#notGranted(fault);
    } else if (fault !== undefined) this.#refuseTaken(batch, fault);
    else if (sale !== undefined) this.#answer(batch, sale, emit);
    else this.#taken.delete(batch);
    if (this.#waiting.length > 0) this.#startBatchesSoon();
  }

  async #sell(batch: readonly Waiting[], emit: EmitStep): Promise<Sale> {
    const buys = batch.map(({ buy }) => buy);
    const sale = await this.#options.sell(buys, emit);
    // It is awaited after the lock is let go; a sync that fails before then is not "unhandled".
    sale.durable.catch(() => {});
    return sale;
  }

  #take(): Waiting[] {
    this.#batchesWaitingForLock--;
    this.#expire();
    const batch = this.#waiting.splice(0, this.#options.batchMax);
    this.#taken.add(batch);
    return batch;
  }

  #answer(batch: readonly Waiting[], { results }: Sale, emit: EmitStep): void {
    if (!this.#taken.delete(batch)) return; // given up on meanwhile
    batch.forEach(({ resolve }, index) => {
      resolve(results[index] as BuyResult);
    });
    emit('answered', { results });
    this.#settled(batch.length);
  }

  /** The lock was not granted. Whoever waited long enough is told; a lock that fails tells all. */
  #notGranted(fault: Fault | undefined): void {
    if (this.#expire() > 0 || fault === undefined) return;
    if (fault.code === 'LOCK_TIMEOUT') return;
    this.#refuseAll(fault);
  }

  /** Tells those that waited too long for the lock, and those whose sale hangs: that one may yet be made. */
  #giveUpLate(): void {
    this.#expire();
    const time = now();
    for (const batch of this.#taken) {
      const late = (batch[0]?.deadline ?? time) + this.#options.sellTimeoutMs < time;
      if (late) this.#refuseTaken(batch, new Fault('GIVEN_UP', 'it took too long'));
    }
  }

  /** Refuses the buys that have waited for the lock as long as they may, and says how many. */
  #expire(): number {
    const time = now();
    const inTime = this.#waiting.findIndex(({ deadline }) => deadline > time);
    const late = this.#waiting.splice(0, inTime === -1 ? this.#waiting.length : inTime);
    if (late.length === 0) return 0;
    const { lockTimeoutMs } = this.#options;
    this.#refuse(late, new Fault('LOCK_TIMEOUT', `no lock within ${lockTimeoutMs} ms`));
    return late.length;
  }

  #refuseAll(fault: Fault): void {
    this.#refuse(this.#waiting.splice(0), fault);
  }

  #giveUp(): void {
    this.#refuseAll(new Fault('DRAINING', 'closed'));
    for (const batch of this.#taken) this.#refuseTaken(batch, new Fault('GIVEN_UP', 'closed'));
  }

  #refuseTaken(batch: readonly Waiting[], fault: Fault): void {
    if (this.#taken.delete(batch)) this.#refuse(batch, fault);
  }

  #refuse(batch: readonly Waiting[], fault: Fault): void {
    if (batch.length === 0) return;
    if (serious.has(fault.code)) this.#options.onFault(fault);
    for (const { reject } of batch) reject(fault);
    const { code } = fault;
    this.#options.onStep({ name: 'refused', batch: 0, at: now(), buys: batch.length, fault: code });
    this.#settled(batch.length);
  }

  #settled(buys: number): void {
    this.#unanswered -= buys;
    if (this.#unanswered > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}

/** Waits for the sync of a sale, and answers why it failed, if it did. */
async function untilDurable({ durable }: Sale, emit: EmitStep): Promise<Fault | undefined> {
  try {
    await durable;
  } catch (error) {
    return Fault.from(error);
  }
  emit('synced');
  return undefined;
}
