import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { parseMoves } from '../../../src/lab/stepping/moves.js';
import { planStepped, type SteppedPlan } from '../../../src/lab/stepping/plan-stepped.js';
import { SteppedRun } from '../../../src/lab/stepping/stepped-run.js';
import type { LabRequest } from '../../../src/timeline/lab-request.js';
import type { SteppedProcess, SteppedStatus } from '../../../src/timeline/stepped-run.js';
import { built, PATIENCE_MS } from '../../support/processes.js';

/** How long a process may wait for a lock until it gets it; a lease lasts 3 s. */
const WAIT_MS_MAX = PATIENCE_MS;

/** Opens a stepped run that is closed when the test ends. */
export const openRun = (request: LabRequest, program?: string): Promise<SteppedRun> =>
  openPlan(planStepped(request), program);

/** The same for a plan that is no level. */
export async function openPlan(plan: SteppedPlan, program?: string): Promise<SteppedRun> {
  const run = await SteppedRun.open({
    id: 'test',
    plan,
    program: built(program ?? 'src/lab/stepping/seller-process'),
  });
  onTestFinished(() => run.close());
  return run;
}

export function processOf({ processes }: SteppedStatus, name: string): SteppedProcess {
  const found = processes.find((each) => each.name === name.toUpperCase());
  if (found === undefined) throw new Error(`no process ${name}`);
  return found;
}

/**
 * Plays steps such as `a b stop a b`: the name of a process lets it make one step or, if it waits for a
 * lock, waits until it gets it.
 */
export async function play(run: SteppedRun, steps: string): Promise<SteppedStatus> {
  let status = await run.status();
  for (const move of parseMoves(steps)) {
    if (move.action === 'quit') break;
    const { pid, state } = processOf(status, move.name);
    if (move.action === 'step' && state === 'waiting') {
      status = await whileIn('waiting', run, move.name);
      continue;
    }
    const reply = await run.step(pid, move.action);
    if (reply.kind !== 'status') throw new Error(`${move.action} ${move.name}: ${reply.why}`);
    // On a busy machine a step may take longer than a reply.
    const isRunning = processOf(reply.status, move.name).state === 'running';
    status = isRunning ? await whileIn('running', run, move.name) : reply.status;
  }
  return status;
}

/** Waits while a process is in a state. */
export async function whileIn(
  state: SteppedProcess['state'],
  run: SteppedRun,
  name: string,
): Promise<SteppedStatus> {
  const deadline = performance.now() + WAIT_MS_MAX;
  while (performance.now() < deadline) {
    const status = await run.status();
    if (processOf(status, name).state !== state) return status;
    await sleep(50);
  }
  throw new Error(`${name} was ${state} for ${WAIT_MS_MAX} ms`);
}
