import type { z } from 'zod';
import type { BatchQueue } from '../booking/batch-queue.js';
import type { Store } from '../booking/store.js';
import type { labRequest } from './lab-schemas.js';
import type { WorkerStatus } from './schemas.js';

/** A request to the lab; the lab itself checks whether its values fit together. */
export type LabQuestion =
  | { readonly verb: 'begin'; readonly request: z.infer<typeof labRequest> }
  | { readonly verb: 'look' | 'stop'; readonly id: string };

/** The lab's reply. `busy`: another experiment is running. */
export type LabReply =
  | { readonly kind: 'status'; readonly status: { readonly id: string } }
  | { readonly kind: 'busy' }
  | { readonly kind: 'unusable'; readonly why: string }
  | { readonly kind: 'unknown' };

/** Experiments, one at a time over all workers. */
export interface Lab {
  /** Whether any Host is accepted, and not only an IP address or `localhost`. */
  readonly anyHost: boolean;
  /** The rungs, scenarios and stores that can be run. */
  readonly catalogue: object;
  ask(question: LabQuestion): Promise<LabReply>;
}

/** What the routes depend on. They know no file, no lock and no cluster. */
export interface AppContext {
  readonly queue: Pick<BatchQueue, 'buy' | 'draining'>;
  readonly store: Pick<Store, 'search' | 'find' | 'history' | 'recentCommits' | 'remembersKeys'>;
  readonly storeName: string;
  readonly lockModeName: string;
  /** The process id of this worker. */
  readonly worker: number;
  /** All workers, as the primary sees them. */
  workers(): Promise<readonly WorkerStatus[]>;
  /** The metrics of all workers together, in the Prometheus text format. */
  metrics(): Promise<string>;
  /** Missing where the lab is switched off. */
  readonly lab?: Lab | undefined;
}
