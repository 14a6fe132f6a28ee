import { databaseUrlOf } from '../settings.js';
import type { LabRequest } from '../timeline/lab-request.js';
import type { Progress } from '../timeline/lab-status.js';
import type { Run } from '../timeline/report.js';
import { onParentExit, sendToParent } from './child-process.js';
import { runExperiment } from './experiment.js';
import { planOf } from './plan.js';

/** The longest that a run may take beside real sales. */
const RUN_MS_MAX = 30_000;

/** A message to the parent process. */
export type RunnerMessage =
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'run'; readonly run: Run }
  | { readonly type: 'failed'; readonly why: string };

/**
 * Runs an experiment (its only argument, as JSON) in a process that a server's primary starts: two
 * hundred buyers in the primary would delay the heartbeats of its workers. It exits when the primary
 * does, and its sandbox with it.
 */
onParentExit(() => process.exit());

const send = (message: RunnerMessage): Promise<void> => sendToParent(message);

try {
  const databaseUrl = databaseUrlOf();
  const plans = planOf(JSON.parse(process.argv[2] ?? '{}') as LabRequest, databaseUrl);
  for (const [index, plan] of plans.entries()) {
    const { title } = plan;
    const onPhase = (phase: Progress['phase']) => {
      const progress = { phase, run: index + 1, runs: plans.length, title };
      void send({ type: 'progress', progress });
    };
    const run = await runExperiment(plan, { onPhase, databaseUrl, timeLimitMs: RUN_MS_MAX });
    await send({ type: 'run', run });
  }
} catch (error) {
  await send({ type: 'failed', why: (error as Error).message });
}
process.exit();
