import { calmDown, runIn } from '../../src/lab/experiment.js';
import { planOf } from '../../src/lab/plan.js';
import { Sandbox } from '../../src/lab/sandbox.js';
export const RUNS = 20;
/** Killed workers of one office: with every one the pause before the next is doubled. */
const KILLS = 5;
/** The runs of a scenario, by their titles. */
export function plansOf(scenario) {
    return planOf({ scenario });
}
/**
 * Runs a plan so many times in one sandbox: a start takes longer than a run. Where it should be
 * broken and was not in 19 of 20, there are 20 more. Where it should hold, one in which the processes
 * never met proves nothing, and there is another one for it; the most that there are is the same.
 */
export async function runOften(plan) {
    const events = plan.disturbance === 'kill' ? KILLS : 2 * RUNS;
    const runs = [];
    for (let done = 0; done < 2 * RUNS && !isEnough(plan, runs); done += events) {
        const sandbox = await Sandbox.open({ ...plan, events });
        try {
            for (let number = 1; number <= events && !isEnough(plan, runs); number++) {
                const run = await runIn(sandbox, plan, number);
                await calmDown(sandbox);
                if (plan.expect === 'broken' || run.verdict.ruling !== 'inconclusive')
                    runs.push(run);
            }
        }
        finally {
            await sandbox.close();
        }
    }
    return runs;
}
const isEnough = ({ expect }, runs) => runs.length === RUNS && (expect === 'holds' || broken(runs) >= RUNS - 1);
export const broken = (runs) => runs.filter(({ verdict }) => verdict.ruling === 'broken').length;
/** At least 19 of 20, or 38 of 40. */
export const nearlyAll = (runs) => runs.length - runs.length / RUNS;
//# sourceMappingURL=runs.js.map