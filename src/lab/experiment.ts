import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StepName } from '../booking/steps.js';
import { type Answer, buyAtOnce } from '../client/buyers.js';
import { exitCode } from '../exit-codes.js';
import type { Batch, InjectedFault, Lane, Progress, Run } from '../timeline/report.js';
import { UserError } from '../user-error.js';
import { judge, type Verdict } from '../verdict/judge.js';
import { hadContention } from './contention.js';
import { figuresOf, historySince } from './figures.js';
import { judgeRun } from './judge-run.js';
import { lanesOf, type Traces } from './lanes.js';
import { firstLostUpdate } from './lost-update.js';
import type { Plan } from './plan.js';
import { eventIdOf, Sandbox } from './sandbox.js';
import { isInDatabase } from './setting.js';
import { tellStory } from './story.js';
import { isMark, type Traced, type TracedStep } from './traced-step.js';

/** Longest that buyers are waited for. */
const RUN_MS_MAX = 60_000;

/** Turns that a report has; a picture of more shows nothing. */
const BATCHES_MAX = 1_000;

/** How long a process stays stopped when nobody can sell past it; a lease has run out by then. */
const STOPPED_MS_MAX = 4_000;

/** How long the processes may take to write down what they noted. */
const NOTED_MS_MAX = 5_000;

/** A worker that takes a killed one's place listens within this time. */
const REPLACED_MS_MAX = 20_000;

const LOOK_MS = 20;

export interface ExperimentOptions {
  readonly onPhase?: (phase: Progress['phase']) => void;
  /** The server on which a sandbox may make its database, if there is one. */
  readonly databaseUrl?: string | undefined;
}

/** Processes that sell to crowds may miss each other, and so often they may do so. */
const TRIES_MAX = 4;

/**
 * Runs what is planned in a sandbox of its own. Where it should hold, a run that put nothing to the
 * test is run again, a few times: the last one is answered.
 */
export async function runExperiment(
  plan: Plan,
  { onPhase = () => {}, databaseUrl }: ExperimentOptions = {},
): Promise<Run> {
  onPhase('starting');
  const { setting, disturbance } = plan;
  const tries = plan.expect === 'holds' && disturbance === undefined ? TRIES_MAX : 1;
  const sandbox = await Sandbox.open({ setting, disturbance, databaseUrl, events: tries });
  const timer = new AbortController();
  const late = sleep(RUN_MS_MAX, undefined, { signal: timer.signal });
  try {
    const run = runUntilProved(sandbox, plan, tries, onPhase);
    return await Promise.race([run, late.then(() => Promise.reject(new OverdueError()))]);
  } finally {
    timer.abort();
    late.catch(() => {}); // aborted
    await sandbox.close();
  }
}

async function runUntilProved(
  sandbox: Sandbox,
  plan: Plan,
  tries: number,
  onPhase: (phase: Progress['phase']) => void,
): Promise<Run> {
  for (let number = 1; ; number++) {
    const run = await runIn(sandbox, plan, number, onPhase);
    if (run.verdict.ruling !== 'inconclusive' || number === tries) return run;
    await clearFault(sandbox);
  }
}

/** It took too long, and proved nothing. */
class OverdueError extends UserError {
  override readonly exitCode = exitCode.inconclusive;

  constructor() {
    super(`the experiment did not end within ${RUN_MS_MAX / 1000} s: fewer buyers, or no window`);
  }
}

/**
 * Runs what is planned in a sandbox that was opened for it.
 *
 * @param number which of the sandbox's runs it is, from 1
 */
export async function runIn(
  sandbox: Sandbox,
  plan: Plan,
  number: number,
  onPhase: (phase: Progress['phase']) => void = () => {},
): Promise<Run> {
  const { setting } = plan;
  const eventId = eventIdOf(number);
  const before = await sandbox.history();
  await sandbox.trace.readNewLines(); // of runs before
  const traced: Traced[] = [];

  onPhase('selling');
  const patience = new AbortController();
  const { quantity } = setting;
  const [answers] = await Promise.all([
    buyAtOnce(sandbox.url, eventId, setting.buyers, { quantity, signal: patience.signal }),
    plan.disturbance &&
      disturbed(sandbox, plan.disturbance, traced).then(() => {
        if (plan.disturbance === 'kill') patience.abort();
      }),
  ]);

  onPhase('judging');
  await allNoted(sandbox, traced, answers);
  const verdict = judge(historySince(before, await sandbox.history(), eventId));
  // Where events have versions of their own, nothing was sold of this one yet.
  const version = isInDatabase(setting.store) ? 0 : before.state.version;
  const first = { version, remaining: setting.capacity };
  return reportOf(plan, answers, lanesOf(traced, first), verdict);
}

/** Makes the report of a run. Pure. */
function reportOf(plan: Plan, answers: readonly Answer[], traces: Traces, verdict: Verdict): Run {
  const { setting, expect: _expect, ...named } = plan;
  const figures = figuresOf(setting, answers, verdict, traces);
  const lostUpdate = firstLostUpdate(traces.lanes);
  const met = hadContention(traces.lanes);
  const story = tellStory({ lanes: traces.lanes, lostUpdate });
  const { lanes, leftOut } = shorten(
    traces.lanes,
    story.map(({ batchId }) => batchId),
  );
  return {
    ...named,
    setting,
    endMs: traces.endMs,
    lanes,
    batchesOmitted: leftOut,
    ...(lostUpdate === undefined ? {} : { lostUpdate }),
    story,
    figures,
    verdict: judgeRun({ setting, figures, verdict, met, gaps: traces.gaps }),
  };
}

/** The first turns of all, and those that the story tells of. */
function shorten(lanes: readonly Lane[], wanted: readonly (string | undefined)[]) {
  const all = lanes.flatMap(({ batches }) => batches).sort((a, b) => a.start - b.start);
  const kept = new Set<Batch>(all.slice(0, BATCHES_MAX));
  for (const batch of all) if (wanted.includes(batch.id)) kept.add(batch);
  const shorter = lanes.map((lane) => ({
    ...lane,
    batches: lane.batches.filter((batch) => kept.has(batch)),
  }));
  return { lanes: shorter, leftOut: all.length - kept.size };
}

/** Waits until the traces tell of every answer that the buyers got. */
async function allNoted(
  sandbox: Sandbox,
  traced: Traced[],
  answers: readonly Answer[],
): Promise<void> {
  const known = answers.filter(({ kind }) => kind !== 'unknown').length;
  await sandbox.until('has noted every step', NOTED_MS_MAX, async () => {
    traced.push(...(await sandbox.trace.readNewLines()));
    if (traced.some((each) => isMark(each) && each.mark === 'full')) return true;
    return buysIn(traced.filter(isStep), 'answered') >= known;
  });
}

const isStep = (traced: Traced): traced is TracedStep => !isMark(traced);

const buysIn = (steps: readonly TracedStep[], name: StepName): number =>
  steps.reduce((sum, step) => sum + (step.name === name ? (step.buys ?? 0) : 0), 0);

/**
 * Waits for what befalls a process. One that was stopped goes on once somebody has sold past it, or
 * when nobody could. One that was killed is replaced; when the others have answered all that came to
 * them, nobody else will be: a connection that was on its way to the dead one is lost, and would be
 * waited for in vain.
 */
async function disturbed(
  sandbox: Sandbox,
  disturbance: InjectedFault,
  traced: Traced[],
): Promise<void> {
  await sandbox.until('is disturbed', REPLACED_MS_MAX, async () => existsSync(sandbox.claim));
  const pid = await targetOf(sandbox);
  if (disturbance === 'kill') {
    await replaced(sandbox, pid);
    await sandbox.until('has answered', NOTED_MS_MAX + STOPPED_MS_MAX, async () => {
      traced.push(...(await sandbox.trace.readNewLines()));
      const living = traced.filter(isStep).filter((step) => step.pid !== pid);
      return buysIn(living, 'queued') === buysIn(living, 'answered') + buysIn(living, 'refused');
    });
  } else {
    for (const deadline = performance.now() + STOPPED_MS_MAX; performance.now() < deadline; ) {
      traced.push(...(await sandbox.trace.readNewLines()));
      if (traced.filter(isStep).some((step) => step.pid !== pid && step.name === 'answered')) break;
      await sleep(LOOK_MS);
    }
    process.kill(pid, 'SIGCONT');
  }
}

async function targetOf(sandbox: Sandbox): Promise<number> {
  let pid = 0;
  await sandbox.until('says whom it befell', REPLACED_MS_MAX, async () => {
    pid = Number(await readFile(sandbox.claim, 'utf8'));
    return pid > 0;
  });
  return pid;
}

/** Waits until another worker has taken the place of one that was killed. */
async function replaced(sandbox: Sandbox, killed: number): Promise<void> {
  await sandbox.until('has another worker', REPLACED_MS_MAX, async () => {
    const { workers } = await askWorkers(sandbox.url).catch(() => ({ workers: [] }));
    return workers.length > 0 && workers.every(({ pid, alive }) => alive && pid !== killed);
  });
}

const ASK_MS = 2_000;

async function askWorkers(url: URL): Promise<{ workers: { pid: number; alive: boolean }[] }> {
  const answer = await fetch(new URL('/workers', url), {
    signal: AbortSignal.timeout(ASK_MS),
    headers: { connection: 'close' }, // a kept one may be one to a worker that is gone
  });
  return (await answer.json()) as { workers: { pid: number; alive: boolean }[] };
}

/** Lets the next disturbance come: the claim of the last one is taken away. */
export const clearFault = (sandbox: Sandbox): Promise<void> => rm(sandbox.claim, { force: true });
