import type { StoreName } from '../../settings.js';
import type { LabLockMode } from '../../timeline/report.js';
import type { SteppedAction } from '../../timeline/stepped-run.js';
import type { Verdict } from '../../verdict/judge.js';

/** What a goal is decided by. */
export interface Outcome {
  readonly verdict: Verdict;
  /** Whether a process was killed while it held the lock. */
  readonly holderKilled: boolean;
}

export interface Level {
  readonly level: number;
  readonly title: string;
  readonly goal: string;
  readonly store: StoreName;
  readonly lockMode: LabLockMode;
  readonly capacity: number;
  /** What the learner may do to a process; by default only `step`. */
  readonly actions?: readonly SteppedAction[];
  readonly reached: (outcome: Outcome) => boolean;
  /** One sentence, once the level is won or has ended. */
  readonly lesson: string;
  /** Steps that win it, as `npm run lab` takes them; missing where it cannot be won. */
  readonly solution?: string;
}

export const everyAction: readonly SteppedAction[] = ['step', 'stop', 'continue', 'kill'];

const event = ({ verdict }: Outcome) => verdict.events[0];

const soldTwice = (outcome: Outcome): boolean => (event(outcome)?.duplicates ?? 0) > 0;

const fileMissesASale = (outcome: Outcome): boolean => {
  const { sold = 0, capacity = 0, remaining = 0 } = event(outcome) ?? {};
  return sold === 2 && capacity - remaining === 1;
};

const lastTicket = { capacity: 1, goal: 'Sell the last ticket twice.', reached: soldTwice };

/** The levels, in order. A new one is a few lines here; its test plays its solution. */
export const levels: readonly Level[] = [
  {
    ...lastTicket,
    level: 1,
    title: 'No lock',
    store: 'json',
    lockMode: 'off',
    lesson:
      'Both read before either wrote, so both decided on the same number: what is missing is a lock around read, decide and write.',
    solution: 'a b a b a b a b',
  },
  {
    level: 2,
    title: 'The file forgets a sale',
    goal: 'Sell two tickets, and let the file say that one was sold.',
    store: 'json',
    lockMode: 'off',
    capacity: 3,
    reached: fileMissesASale,
    lesson:
      'A lost update: the second write was computed from a state without the first, and erased it.',
    solution: 'a b a b a b a b',
  },
  {
    ...lastTicket,
    level: 3,
    title: 'A mutex in each process',
    store: 'json',
    lockMode: 'mutex',
    lesson:
      'Each process holds its own mutex: memory is not shared, so a mutex excludes no other process.',
    solution: 'a b a b a b a b a b',
  },
  {
    ...lastTicket,
    level: 4,
    title: 'A lock file',
    store: 'json',
    lockMode: 'file',
    lesson:
      'It cannot be won: only the process that created the lock file goes on, so the other reads after the first wrote.',
  },
  {
    ...lastTicket,
    level: 5,
    title: 'A lock file, and its holder is stopped',
    goal: 'Stop the holder until its lease is stolen, and sell the last ticket twice.',
    store: 'json',
    lockMode: 'file',
    actions: everyAction,
    lesson:
      'A lease expires when its holder is silent, dead or only stopped; a holder that goes on does not know that it lost it.',
    solution: 'a a a stop a b b b b b b continue a a a',
  },
  {
    level: 6,
    title: 'A kernel lock, and its holder is stopped',
    goal: 'Stop the holder, try to steal its lock, and let the other process sell the last ticket.',
    store: 'json',
    lockMode: 'kernel',
    capacity: 1,
    actions: everyAction,
    reached: (outcome) =>
      outcome.verdict.verdict === 'holds' && outcome.holderKilled && event(outcome)?.sold === 1,
    lesson:
      'It cannot be stolen from a stopped holder; the kernel releases it the moment the holder dies.',
    solution: 'a a stop a b kill a b b b b',
  },
  {
    level: 7,
    title: 'The ledger, no lock',
    goal: 'Let one process overtake the other: a line that does not count.',
    store: 'ledger',
    lockMode: 'off',
    capacity: 2,
    reached: ({ verdict }) => verdict.skipped > 0,
    lesson:
      'A line counts only if it extends the line before it; the process that was overtaken sees that, and decides again.',
    solution: 'a b a b a a b b',
  },
];
