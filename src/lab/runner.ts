import { databaseUrlOf } from '../settings.js';
import type { LabRequest, Progress, Run } from '../timeline/report.js';
import { runExperiment } from './experiment.js';
import { onParentExit } from './on-parent-exit.js';
import { planOf } from './plan.js';

/** What a runner tells who started it. */
export type RunnerMessage =
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'run'; readonly run: Run }
  | { readonly type: 'failed'; readonly why: string };

/**
 * Runs what is asked for (its only argument, as JSON) in a process of its own, which an office
 * starts: two hundred buyers must not come between a primary and its workers' heartbeats. It ends
 * when the office does, and its sandbox with it.
 */
onParentExit(() => process.exit());

const emit = (message: RunnerMessage): Promise<void> =>
  new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));

try {
  const databaseUrl = databaseUrlOf();
  const plans = planOf(JSON.parse(process.argv[2] ?? '{}') as LabRequest, databaseUrl);
  for (const [index, plan] of plans.entries()) {
    const { title } = plan;
    const onPhase = (phase: Progress['phase']) => {
      const progress = { phase, run: index + 1, runs: plans.length, title };
      void emit({ type: 'progress', progress });
    };
    const run = await runExperiment(plan, { onPhase, databaseUrl });
    await emit({ type: 'run', run });
  }
} catch (error) {
  await emit({ type: 'failed', why: (error as Error).message });
}
process.exit();
