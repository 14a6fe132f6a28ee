import { setTimeout as sleep } from 'node:timers/promises';
import { type BuyerResult, buyAtOnce } from '../client/buyers.js';
import type { VerbRaceResult } from '../client/races/race.js';
import { exitCode } from '../exit-codes.js';
import type { Progress } from '../timeline/lab-status.js';
import type { Run } from '../timeline/report.js';
import { isServed } from '../timeline/verbs.js';
import { UserError } from '../user-error.js';
import { judge } from '../verdict/judge.js';
import { awaitRecovery } from './await-recovery.js';
import { buildReport } from './build-report.js';
import { buildTimeline } from './build-timeline.js';
import { hasLock, isInDatabase } from './experiment-setting.js';
import { historySince } from './figures.js';
import { clearFault } from './inject-fault.js';
import type { Plan } from './plan.js';
import { isQueuePlan, runQueue } from './queue/run-queue.js';
import { raceForVerb } from './race-verb.js';
import { Sandbox } from './sandbox.js';
import { eventIdOf } from './sandbox-folder.js';
import { countBuys, isMark, isStep, linesSince, sharedClock, type TraceLine } from './trace.js';
import { isLocksPlan, runMovers } from './two-locks/run-movers.js';

/** The longest that an experiment may take. */
const EXPERIMENT_MS_MAX = 60_000;

/** How long the processes may take to write their traces. */
const TRACE_MS_MAX = 5_000;

/** How often a run is repeated if its processes never contended, so that it proved nothing. */
const ATTEMPTS_MAX = 4;

export interface ExperimentOptions {
  readonly onPhase?: (phase: Progress['phase']) => void;
  /** The server on which a sandbox may create its database, if there is one. */
  readonly databaseUrl?: string | undefined;
  readonly timeLimitMs?: number;
}

/**
 * Runs a plan in a new sandbox. An inconclusive run, or one in which a process raced only itself, is
 * repeated a few times, unless a fault was injected, which made the contention itself.
 *
 * @returns the last conclusive run or, if there is none, the last one
 * @throws UserError if it takes too long, or the sandbox gets no database
 */
export async function runExperiment(
  plan: Plan,
  { onPhase = () => {}, databaseUrl, timeLimitMs = EXPERIMENT_MS_MAX }: ExperimentOptions = {},
): Promise<Run> {
  onPhase('starting');
  const { injectedFault } = plan;
  const attempts = injectedFault === undefined ? ATTEMPTS_MAX : 1;
  const signal = AbortSignal.timeout(timeLimitMs);
  const runOnce = isQueuePlan(plan)
    ? () => runQueue(plan, onPhase, signal)
    : isLocksPlan(plan)
      ? () => runMovers(plan, onPhase, signal)
      : undefined;
  if (runOnce !== undefined) {
    return runUntilConclusive(attempts, runOnce).catch((error) => {
      throw signal.aborted ? new ExperimentTimeoutError(timeLimitMs) : error;
    });
  }
  const sandbox = await Sandbox.open({ ...plan, databaseUrl, events: attempts });
  const timer = new AbortController();
  const timeout = sleep(timeLimitMs, undefined, { signal: timer.signal });
  try {
    const run = runUntilConclusive(attempts, async (attempt) => {
      await clearFault(sandbox.folder);
      return runIn(sandbox, plan, attempt, onPhase);
    });
    return await Promise.race([
      run,
      timeout.then(() => Promise.reject(new ExperimentTimeoutError(timeLimitMs))),
    ]);
  } finally {
    timer.abort();
    timeout.catch(() => {}); // aborted
    await sandbox.close();
  }
}

async function runUntilConclusive(
  attempts: number,
  runOnce: (attempt: number) => Promise<Run>,
): Promise<Run> {
  let conclusive: Run | undefined;
  for (let attempt = 1; ; attempt++) {
    const run = await runOnce(attempt);
    if (run.verdict.ruling !== 'inconclusive') conclusive = run;
    if (isClear(run) || attempt === attempts) return conclusive ?? run;
  }
}

/**
 * Whether a run shows what it is for. A race of one process with itself is as real as one of two, and
 * happens if all buyers of the other process come later; it does not show that processes share a file.
 */
export function isClear({
  verdict,
  lostUpdate,
  setting,
}: Pick<Run, 'verdict' | 'lostUpdate' | 'setting'>): boolean {
  if (verdict.ruling === 'inconclusive') return false;
  const isWithinProcess =
    lostUpdate !== undefined && lostUpdate.erased.pid === lostUpdate.erasing.pid;
  return setting.workers === 1 || !isWithinProcess;
}

/** It took too long, which proves nothing. */
class ExperimentTimeoutError extends UserError {
  override readonly exitCode = exitCode.inconclusive;

  constructor(timeLimitMs: number) {
    const seconds = timeLimitMs / 1000;
    super(`the experiment took longer than ${seconds} s: try fewer buyers, or no window`);
  }
}

/**
 * Runs a plan in a sandbox that was opened for it.
 *
 * @param number which of the sandbox's runs it is, from 1
 */
export async function runIn(
  sandbox: Sandbox,
  plan: Plan,
  number: number,
  onPhase: (phase: Progress['phase']) => void = () => {},
): Promise<Run> {
  const { setting, injectedFault } = plan;
  const eventId = eventIdOf(number);
  const before = await sandbox.history();
  await sandbox.trace.readNewLines(); // skips earlier runs
  const began = sharedClock();
  const traced: TraceLine[] = [];

  onPhase('selling');
  const giveUp = new AbortController();
  const [{ results, answered, race: ofVerb }] = await Promise.all([
    race(sandbox.url, plan, eventId, giveUp.signal),
    injectedFault &&
      awaitRecovery(sandbox, injectedFault, traced).then(() => {
        if (injectedFault === 'kill') giveUp.abort(); // the killed worker never answers
      }),
  ]);

  onPhase('judging');
  await awaitTraces(sandbox, traced, answered, began);
  const verdict = judge(historySince(before, await sandbox.history(), eventId));
  // In a database each event has its own version, and nothing of this event was sold before.
  const version = isInDatabase(setting.store) ? 0 : before.state.version;
  const initial = { version, remaining: setting.capacity };
  const timeline = buildTimeline(linesSince(traced, began), initial, hasLock(setting));
  return buildReport(plan, { results, race: ofVerb }, timeline, verdict);
}

/** What the clients of a run were answered. */
interface RaceAnswers {
  /** Of buyers. */
  readonly results: readonly BuyerResult[];
  /** Of clients that raced for another verb. */
  readonly race?: VerbRaceResult;
  readonly answered: number;
}

/** Lets the clients of a plan race. */
async function race(
  url: URL,
  { verb, setting: { buyers, quantity } }: Plan,
  eventId: string,
  signal: AbortSignal,
): Promise<RaceAnswers> {
  if (verb !== undefined && isServed(verb))
    return { results: [], ...(await raceForVerb(url, verb, eventId, buyers)) };
  const results = await buyAtOnce(url, eventId, buyers, { quantity, signal });
  return { results, answered: results.filter(({ kind }) => kind !== 'unknown').length };
}

/** Waits until the traces contain every answer that the clients got. */
async function awaitTraces(
  sandbox: Sandbox,
  traced: TraceLine[],
  answered: number,
  began: number,
): Promise<void> {
  const isComplete = async () => {
    traced.push(...(await sandbox.trace.readNewLines()));
    if (traced.some((line) => isMark(line) && line.mark === 'full')) return true;
    return countBuys(linesSince(traced, began).filter(isStep), 'answered') >= answered;
  };
  try {
    await sandbox.until('has written its traces', TRACE_MS_MAX, isComplete);
  } catch (error) {
    if (!sandbox.stoppedByDamage) throw error;
    await isComplete(); // reads what its workers wrote when they exited
  }
}
