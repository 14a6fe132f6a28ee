import { whenAlone } from './alone.js';
import { runExperiment } from './experiment.js';
import { planOf } from './plan.js';
import type { LabRequest, Progress, Run } from './report.js';

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
whenAlone(() => process.exit());

const tell = (message: RunnerMessage): Promise<void> =>
  new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));

try {
  const plans = planOf(JSON.parse(process.argv[2] ?? '{}') as LabRequest);
  for (const [index, plan] of plans.entries()) {
    const run = await runExperiment(plan, (phase) => {
      const { title } = plan;
      void tell({
        type: 'progress',
        progress: { phase, run: index + 1, runs: plans.length, title },
      });
    });
    await tell({ type: 'run', run });
  }
} catch (error) {
  await tell({ type: 'failed', why: (error as Error).message });
}
process.exit();
