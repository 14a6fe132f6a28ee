import type { ResendResult } from '../http/app-context.js';
import type { OutboxStatus, WorkerStatus } from '../http/schemas.js';
import type { LabQuestion, LabReply } from '../timeline/lab-status.js';

/** What a worker sends to its primary, besides calls. */
export type WorkerMessage =
  | { readonly type: 'ready' }
  | {
      readonly type: 'heartbeat';
      readonly sales: number;
      readonly lockWaits: number;
      /** Connections that it has taken since it started. */
      readonly connections: number;
      /** The metrics of its sales, in case it cannot report them later. */
      readonly report: readonly object[];
    }
  /** The whole server must exit, with this code and this line for people. */
  | { readonly type: 'fatal'; readonly exitCode: number; readonly message: string };

/** Sends a message to the primary, and resolves when it is on its way. */
export function sendToPrimary(message: WorkerMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });
}

/** What a primary sends to its workers. */
export interface PrimaryMessage {
  readonly type: 'drain';
  /** How long `/readyz` says that the server is closing before the worker stops listening. */
  readonly announceMs: number;
}

/** What primary and workers may call on each other. */
export interface RpcMethods {
  /** Worker to primary. */
  workers(): readonly WorkerStatus[];
  /** Worker to primary: the metrics of all workers, as text. */
  metrics(): string;
  /** Worker to primary: an experiment. */
  lab(question: LabQuestion): LabReply;
  /** Worker to primary: the state of the outbox. */
  outbox(): OutboxStatus;
  /** Worker to primary: deliver an order once more. */
  resend(order: { readonly orderId: string; readonly eventId: string }): ResendResult;
  /** Primary to worker: the worker's own metrics. */
  report(): readonly object[];
  /** Primary to worker: put the tickets of holds whose time is over back on sale. */
  expireHolds(): void;
}
