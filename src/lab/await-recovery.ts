import { setTimeout as sleep } from 'node:timers/promises';
import type { InjectedFault } from '../timeline/report.js';
import { faultTarget, resumeWorker } from './inject-fault.js';
import type { Sandbox } from './sandbox.js';
import { countBuys, isStep, type TraceLine } from './trace.js';

/** How long a stopped worker stays stopped if no other worker sells; a lease expires in that time. */
const STOPPED_MS_MAX = 4_000;

/** How long it may take until the fault happens, and until a killed worker is replaced. */
const REPLACED_MS_MAX = 20_000;

/** How long the other workers may take to answer after that. */
const ANSWER_MS_MAX = 9_000;

const POLL_MS = 20;
const WORKERS_MS_MAX = 2_000;

/**
 * Waits until a sandbox has recovered from its injected fault.
 *
 * A stopped worker is resumed once another worker has sold, or after a while if none can. A killed
 * worker is replaced; once the other workers have answered every buy they accepted, no further answer
 * will come. (Connections to the killed worker are lost.)
 *
 * @param traced collects the trace lines that are read in the meantime
 */
export async function awaitRecovery(
  sandbox: Sandbox,
  fault: InjectedFault,
  traced: TraceLine[],
): Promise<void> {
  const pid = await awaitFault(sandbox);
  const readSteps = async () => {
    traced.push(...(await sandbox.trace.readNewLines()));
    return traced.filter(isStep).filter((step) => step.pid !== pid);
  };
  if (fault === 'kill') {
    await awaitReplacement(sandbox, pid);
    await sandbox.until('has answered all buys', ANSWER_MS_MAX, async () => {
      const steps = await readSteps();
      const done = countBuys(steps, 'answered') + countBuys(steps, 'refused');
      return countBuys(steps, 'queued') === done;
    });
  } else {
    const deadline = performance.now() + STOPPED_MS_MAX;
    while (performance.now() < deadline) {
      if ((await readSteps()).some(({ name }) => name === 'answered')) break;
      await sleep(POLL_MS);
    }
    resumeWorker(pid);
  }
}

/** Waits until the fault has happened. Returns the pid of its target. */
async function awaitFault(sandbox: Sandbox): Promise<number> {
  let pid: number | undefined;
  await sandbox.until('injects the fault', REPLACED_MS_MAX, async () => {
    pid = await faultTarget(sandbox.folder);
    return pid !== undefined;
  });
  return pid ?? 0;
}

/** Waits until a new worker has replaced the one that was killed. */
async function awaitReplacement(sandbox: Sandbox, killed: number): Promise<void> {
  await sandbox.until('has replaced the killed worker', REPLACED_MS_MAX, async () => {
    const { workers } = await fetchWorkers(sandbox.url).catch(() => ({ workers: [] }));
    return workers.length > 0 && workers.every(({ pid, alive }) => alive && pid !== killed);
  });
}

async function fetchWorkers(url: URL): Promise<{ workers: { pid: number; alive: boolean }[] }> {
  const response = await fetch(new URL('/workers', url), {
    signal: AbortSignal.timeout(WORKERS_MS_MAX),
    headers: { connection: 'close' }, // a connection kept alive may lead to the killed worker
  });
  return (await response.json()) as { workers: { pid: number; alive: boolean }[] };
}
