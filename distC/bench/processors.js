import { availableParallelism, cpus } from 'node:os';
/** @param officeSeconds what the office says that it has used */
export function lookAtProcessors(officeSeconds) {
    const { user, system } = process.cpuUsage();
    const all = cpus().reduce((sum, { times }) => {
        return sum + times.user + times.nice + times.sys + times.irq;
    }, 0);
    return {
        at: performance.now() / 1000,
        all: all / 1000,
        ours: (user + system) / 1_000_000 + officeSeconds,
    };
}
/** The share of all cores, 0 to 1, that somebody else used between two looks. */
export function shareOfOthers(before, after) {
    const there = (after.at - before.at) * availableParallelism();
    const others = after.all - before.all - (after.ours - before.ours);
    return Math.min(1, Math.max(0, others / there));
}
//# sourceMappingURL=processors.js.map