import type { LabQuestion, LabReply } from '../http/app-context.js';
import type { WorkerStatus } from '../http/schemas.js';

/** What a worker tells its primary, besides asking. */
export type WorkerMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'heartbeat'; readonly sales: number; readonly lockWaits: number }
  /** The whole office must end, with this exit code and this line for people. */
  | { readonly type: 'fatal'; readonly exitCode: number; readonly line: string };

/** Tells the primary, and resolves when the message is on its way. */
export function sendToPrimary(message: WorkerMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });
}

/** What a primary tells its workers. */
export type PrimaryMessage = { readonly type: 'drain' };

/** What one side may ask the other, and what it is answered. */
export interface RpcMethods {
  /** Worker to primary. */
  workers(): readonly WorkerStatus[];
  /** Worker to primary: the metrics of all, as text. */
  metrics(): string;
  /** Worker to primary: an experiment. */
  lab(question: LabQuestion): LabReply;
  /** Primary to worker: its own. */
  report(): readonly object[];
}
