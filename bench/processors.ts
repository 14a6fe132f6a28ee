import { availableParallelism, cpus } from 'node:os';

/** A look at how much time the processors have spent working. All in seconds, all only ever growing. */
export interface ProcessorTimes {
  readonly at: number;
  /** For anybody. */
  readonly all: number;
  /** For the benchmark: this process, which makes the load, and the office. */
  readonly ours: number;
}

/** @param officeSeconds what the office says that it has used */
export function lookAtProcessors(officeSeconds: number): ProcessorTimes {
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
export function shareOfOthers(before: ProcessorTimes, after: ProcessorTimes): number {
  const there = (after.at - before.at) * availableParallelism();
  const others = after.all - before.all - (after.ours - before.ours);
  return Math.min(1, Math.max(0, others / there));
}
