import type { z } from 'zod';
import type { BatchQueue } from '../booking/batch-queue.js';
import type { Store } from '../booking/store.js';
import type { labRequest } from './lab-schemas.js';
import type { WorkerStatus } from './schemas.js';

/** What is asked of the lab; it looks itself whether a request makes sense. */
export type LabQuestion =
  | { readonly verb: 'begin'; readonly request: z.infer<typeof labRequest> }
  | { readonly verb: 'look' | 'stop'; readonly id: string };

/** What the lab says. `busy`: one experiment runs already. */
export type LabReply =
  | { readonly kind: 'status'; readonly status: { readonly id: string } }
  | { readonly kind: 'busy' }
  | { readonly kind: 'invalid'; readonly why: string }
  | { readonly kind: 'unknown' };

/** Experiments, one at a time over all workers. */
export interface Lab {
  /** Whether it may be asked under any name, and not only by an address or as localhost. */
  readonly anyHost: boolean;
  /** What can be asked for by name. */
  readonly catalogue: object;
  ask(question: LabQuestion): Promise<LabReply>;
}

/** What the routes need of the office behind them. They know no file, no lock and no cluster. */
export interface AppContext {
  readonly queue: Pick<BatchQueue, 'buy' | 'draining'>;
  readonly store: Pick<Store, 'search' | 'find' | 'history' | 'recentCommits' | 'remembersKeys'>;
  readonly storeName: string;
  readonly lockModeName: string;
  /** The process that answers. */
  readonly worker: number;
  /** All workers, as their primary knows them. */
  workers(): Promise<readonly WorkerStatus[]>;
  /** The metrics of all workers together, in Prometheus' text format. */
  metrics(): Promise<string>;
  /** Missing where this office has none. */
  readonly lab?: Lab | undefined;
}
