import cluster from 'node:cluster';
import { once } from 'node:events';
import { connect } from 'node:net';
import { PROBE_MS, PROBE_TIMEOUT_MS } from './timeouts.js';
import type { WorkerSlot } from './worker-slot.js';

/** The part of a worker slot that probing needs. */
export type ProbedSlot = Pick<WorkerSlot, 'ready' | 'killIfDeaf'>;

/**
 * Opens and closes connections to the shared port, one for each worker, and kills the workers that take
 * none. A worker may send heartbeats and be deaf: after a connection was lost on its way to it, Node
 * waits for that worker's confirmation, and gives it no other connection.
 *
 * @returns a function that stops the probing
 */
export function probeConnections(
  address: { readonly host: string; readonly port: number },
  workerSlots: () => readonly ProbedSlot[],
): () => void {
  // Only round robin gives a connection to every worker.
  if (cluster.schedulingPolicy !== cluster.SCHED_RR) return () => {};
  let probing = false;
  const timer = setInterval(() => {
    if (probing) return;
    probing = true;
    void probeOnce(() => openConnection(address), workerSlots()).finally(() => {
      probing = false;
    });
  }, PROBE_MS);
  return () => clearInterval(timer);
}

/** Probes once. Where the port cannot be reached from here, that proves nothing about the workers. */
export async function probeOnce(
  open: () => Promise<boolean>,
  slots: readonly ProbedSlot[],
): Promise<void> {
  const ready = slots.filter((slot) => slot.ready);
  for (const _ of ready) if (!(await open())) return;
  for (const slot of ready) slot.killIfDeaf();
}

/** Whether a connection could be opened. It is closed at once, without a request. */
async function openConnection(address: { host: string; port: number }): Promise<boolean> {
  const socket = connect(address);
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    return true;
  } catch (error) {
    // This process holds so many connections that no worker takes: they are probe enough.
    return (error as NodeJS.ErrnoException).code === 'EMFILE';
  } finally {
    socket.destroy();
  }
}
