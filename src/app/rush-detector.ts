import { type CpuInfo, cpus } from 'node:os';

/** More orders a second are a rush, if the processors have little time left. */
const SALES_PER_S = 50;

/** Where the processors are idle for a smaller share of their time, a delivery slows down sales. */
const IDLE_SHARE = 0.3;

export interface RushOptions {
  /** How many orders were sold so far. It may begin again from 0. */
  readonly sales: () => number;
  readonly processors?: () => readonly Pick<CpuInfo, 'times'>[];
  readonly now?: () => number;
}

/** Whether many buy and the processors of this machine have little time left, seen between two looks. */
export class RushDetector {
  readonly #options: Required<RushOptions>;
  #last: Look;
  #isOn = false;

  constructor(options: RushOptions) {
    this.#options = { processors: cpus, now: () => performance.now(), ...options };
    this.#last = this.#see();
  }

  /** As it was at the last look. */
  get isOn(): boolean {
    return this.#isOn;
  }

  look(): void {
    const [before, now] = [this.#last, this.#see()];
    this.#last = now;
    const salesPerS = (1000 * (now.sales - before.sales)) / (now.at - before.at);
    const idleShare = (now.idle - before.idle) / (now.total - before.total);
    this.#isOn = salesPerS > SALES_PER_S && idleShare < IDLE_SHARE;
  }

  #see(): Look {
    const { sales, processors, now } = this.#options;
    const times = processors().map((each) => each.times);
    const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
    return {
      at: now(),
      sales: sales(),
      idle: sum(times.map(({ idle }) => idle)),
      total: sum(times.flatMap((each) => Object.values(each))),
    };
  }
}

interface Look {
  /** In milliseconds, as the times of the processors. */
  readonly at: number;
  readonly sales: number;
  readonly idle: number;
  readonly total: number;
}
