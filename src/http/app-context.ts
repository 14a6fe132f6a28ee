import type { BatchQueue } from '../booking/batch-queue.js';
import type { Order } from '../booking/outcomes.js';
import type { Store } from '../booking/store.js';
import type { LabCatalogue } from '../timeline/lab-catalogue.js';
import type { LabQuestion, LabReply } from '../timeline/lab-status.js';
import type { OutboxStatus, WorkerStatus } from './schemas.js';

/** Experiments, one at a time over all workers. */
export interface Lab {
  /** Whether clients of other machines may use it too. */
  readonly openToAll: boolean;
  /** The rungs, scenarios and stores that can be run. */
  readonly catalogue: LabCatalogue;
  call(question: LabQuestion): Promise<LabReply>;
}

/** `off` without a webhook, `full` when too many orders wait already. */
export type ResendResult = 'queued' | 'off' | 'full';

/** What operators may know and ask of the outbox. */
export interface OutboxControl {
  status(): Promise<OutboxStatus>;
  /** Delivers an order once more. */
  resend(order: Pick<Order, 'orderId' | 'eventId'>): Promise<ResendResult>;
}

/** What a worker knows of its storage, beyond that it can be read. */
export interface Health {
  readonly canSell: boolean;
  /** What is wrong, for people; `undefined` if nothing is. */
  readonly problem?: string | undefined;
}

/** What the routes depend on. They know no file, no lock and no cluster. */
export interface AppContext {
  readonly queue: Pick<BatchQueue, 'submit' | 'draining'>;
  readonly store: Omit<Store, 'sell' | 'close'>;
  readonly storeName: string;
  readonly lockModeName: string;
  /** The process id of this worker. */
  readonly worker: number;
  /** Whether this worker will soon stop listening. */
  closing(): boolean;
  /** All workers, as the primary sees them. */
  workers(): Promise<readonly WorkerStatus[]>;
  /** The metrics of all workers together, in the Prometheus text format. */
  metrics(): Promise<string>;
  /** Returns a function that counts how long a request of this route took, in milliseconds. */
  newDurations(route: string): (durationMs: number) => void;
  /** Whether tickets can be sold, as far as the storage says so. */
  health(): Promise<Health>;
  readonly outbox: OutboxControl;
  /** How long tickets are held for a buyer, in seconds. */
  readonly holdSeconds: number;
  /** What the codes of tickets and doors are computed from; without it, there are none. */
  readonly ticketSecret?: string | undefined;
  /** What operators send; without it, only this machine has operators. */
  readonly adminToken?: string | undefined;
  /** Whether `/metrics` is open to every client. */
  readonly openMetrics: boolean;
  /** Missing where the lab is switched off. */
  readonly lab?: Lab | undefined;
}
