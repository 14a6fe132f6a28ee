import {
  AggregatorRegistry,
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  Registry,
} from 'prom-client';
import type { FaultCode } from '../booking/faults.js';
import type { Result } from '../booking/outcomes.js';
import type { Step, StepListener } from '../booking/sale-steps.js';
import { RequestDurations } from './request-durations.js';

/** Every outcome of a command. Each is counted from 0 on, so that a first one shows as an increase. */
const outcomes: Readonly<Record<Result['kind'] | FaultCode | 'unknown', true>> = {
  sold: true,
  held: true,
  released: true,
  cancelled: true,
  admitted: true,
  saved: true,
  removed: true,
  expired: true,
  soldOut: true,
  notOnSale: true,
  unknownEvent: true,
  tooManyHolds: true,
  unknownHold: true,
  holdExpired: true,
  alreadyCancelled: true,
  alreadyAdmitted: true,
  ticketCancelled: true,
  unknownTicket: true,
  revisionMismatch: true,
  capacityTooSmall: true,
  eventInUse: true,
  keyReused: true,
  QUEUE_FULL: true,
  DRAINING: true,
  LOCK_TIMEOUT: true,
  LOCK_LOST: true,
  GIVEN_UP: true,
  STORAGE: true,
  SYNC_FAILED: true,
  UNREACHABLE: true,
  COMMIT_UNKNOWN: true,
  DAMAGED: true,
  unknown: true,
};

/** The metrics of one worker, computed from the steps of its sales. */
export class Metrics {
  /** How long requests took. */
  readonly requests = new RequestDurations();
  readonly #registry = new Registry();
  readonly #processRegistry = new Registry();
  /** Batches under way: when each requested the lock, and when it got it. */
  readonly #batches = new Map<number, { wanted: number; held: number }>();
  #lockWaits = 0;
  #sales = 0;

  readonly #lockWait = new Histogram({
    name: 'turnstile_lock_wait_seconds',
    help: 'Time from requesting the lock to holding it',
    buckets: [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10],
    registers: [this.#registry],
  });
  readonly #lockHeld = new Histogram({
    name: 'turnstile_lock_held_seconds',
    help: 'Time from holding the lock to releasing it',
    buckets: [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
    registers: [this.#registry],
  });
  readonly #batch = new Histogram({
    name: 'turnstile_batch_buys',
    help: 'Buys in one batch',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
    registers: [this.#registry],
  });
  readonly #buys = new Counter({
    name: 'turnstile_buys_total',
    help: 'Buys by outcome',
    labelNames: ['outcome'],
    registers: [this.#registry],
  });

  /** @param unanswered returns how many buys wait in this worker */
  constructor(unanswered: () => number) {
    collectDefaultMetrics({ register: this.#processRegistry });
    for (const outcome of Object.keys(outcomes)) this.#buys.inc({ outcome }, 0);
    new Gauge({
      name: 'turnstile_buys_waiting',
      help: 'Buys without an answer',
      registers: [this.#registry],
      collect() {
        this.set(unanswered());
      },
    });
  }

  /** Orders that this worker sold. */
  get sales(): number {
    return this.#sales;
  }

  /** How often this worker had to wait for the lock. */
  get lockWaits(): number {
    return this.#lockWaits;
  }

  readonly onStep: StepListener = (step) => {
    const batch = this.#batches.get(step.batch);
    switch (step.name) {
      case 'lockWanted':
        this.#batches.set(step.batch, { wanted: step.at, held: step.at });
        break;
      case 'lockHeld':
        if (batch !== undefined) this.#held(batch, step);
        break;
      case 'lockRejected':
        this.#batches.delete(step.batch);
        break;
      case 'lockReleased':
        if (batch !== undefined) this.#lockHeld.observe((step.at - batch.held) / 1000);
        this.#batches.delete(step.batch);
        break;
      case 'answered':
        this.#answered(step.results ?? []);
        break;
      case 'refused':
        this.#buys.inc({ outcome: step.fault ?? 'unknown' }, step.buys);
        break;
    }
  };

  /** This worker's metrics, for the primary to sum. */
  async report(): Promise<object[]> {
    const process = await this.#processRegistry.getMetricsAsJSON();
    return [...process, ...(await this.reportSales())];
  }

  /** Only the metrics of sales and requests: cheap enough for every heartbeat. */
  async reportSales(): Promise<object[]> {
    return [...(await this.#registry.getMetricsAsJSON()), this.requests.report()];
  }

  #answered(results: readonly Result[]): void {
    this.#batch.observe(results.length);
    // Counted per batch, not per buy: finding a counter by its label costs as much as selling.
    const outcomes = new Map<Result['kind'], number>();
    for (const { kind } of results) outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1);
    for (const [outcome, buys] of outcomes) this.#buys.inc({ outcome }, buys);
    this.#sales += outcomes.get('sold') ?? 0;
  }

  #held(batch: { wanted: number; held: number }, step: Step): void {
    batch.held = step.at;
    const waitedMs = step.at - batch.wanted;
    this.#lockWait.observe(waitedMs / 1000);
    if (waitedMs > WAITED_MS) this.#lockWaits++;
  }
}

/** A lock that was granted within this time was free. */
const WAITED_MS = 1;

/** Sums the workers' reports into Prometheus' text format. */
export function sumMetrics(reports: readonly object[]): Promise<string> {
  return AggregatorRegistry.aggregate([...reports]).metrics();
}
