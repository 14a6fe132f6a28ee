import { databaseUrlOf } from '../settings.js';
import { whenAlone } from './alone.js';
import { runExperiment } from './experiment.js';
import { planOf } from './plan.js';
/**
 * Runs what is asked for (its only argument, as JSON) in a process of its own, which an office
 * starts: two hundred buyers must not come between a primary and its workers' heartbeats. It ends
 * when the office does, and its sandbox with it.
 */
whenAlone(() => process.exit());
const tell = (message) => new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
try {
    const databaseUrl = databaseUrlOf();
    const plans = planOf(JSON.parse(process.argv[2] ?? '{}'), databaseUrl);
    for (const [index, plan] of plans.entries()) {
        const { title } = plan;
        const onPhase = (phase) => {
            const progress = { phase, run: index + 1, runs: plans.length, title };
            void tell({ type: 'progress', progress });
        };
        const run = await runExperiment(plan, { onPhase, databaseUrl });
        await tell({ type: 'run', run });
    }
}
catch (error) {
    await tell({ type: 'failed', why: error.message });
}
process.exit();
//# sourceMappingURL=runner.js.map