import { arm } from '../support/failpoints.js';
import { until } from '../support/processes.js';
export async function failingOffice(round, { env, ...options }) {
    const orders = round.folder();
    const office = await round.office({
        program: 'test/programs/failing-office',
        ...options,
        env: { FAILPOINTS: orders, ...env },
    });
    const failures = (pid) => office.stderr.split(`failpoint: ${pid} `).length - 1;
    const armedAfter = new Map();
    return {
        office,
        async arm(pid, order) {
            armedAfter.set(pid, failures(pid));
            await arm(orders, pid, order);
        },
        untilFailed: (pid, withinMs) => until(`process ${pid} fails`, () => failures(pid) > (armedAfter.get(pid) ?? 0), withinMs),
    };
}
//# sourceMappingURL=failing.js.map