import type { BuyQueue } from '../booking/queue.js';
import type { Store } from '../booking/store.js';
import type { WorkerStatus } from './schemas.js';

/** What the routes need of the office behind them. They know no file, no lock and no cluster. */
export interface Office {
  readonly queue: Pick<BuyQueue, 'buy' | 'draining'>;
  readonly store: Pick<Store, 'search' | 'find' | 'history' | 'remembersKeys'>;
  readonly storeName: string;
  readonly lockModeName: string;
  /** The process that answers. */
  readonly worker: number;
  /** All workers, as their primary knows them. */
  workers(): Promise<readonly WorkerStatus[]>;
  /** The metrics of all workers together, in Prometheus' text format. */
  metrics(): Promise<string>;
}
