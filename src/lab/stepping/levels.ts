import type { StoreName } from '../../settings.js';
import type { LabLockMode } from '../../timeline/report.js';
import type {
  LevelSummary,
  LevelVariant,
  SteppedAction,
  SteppedProcess,
} from '../../timeline/stepped-run.js';
import type { Verdict } from '../../verdict/judge.js';

/** What a goal is decided by. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly processes: readonly SteppedProcess[];
  /** Whether a process was killed while it held the lock. */
  readonly holderKilled: boolean;
}

export interface Level {
  readonly level: number;
  /** Which of several settings of one level. */
  readonly variant?: LevelVariant;
  readonly title: string;
  readonly goal: string;
  readonly store: StoreName;
  readonly lockMode: LabLockMode;
  readonly capacity: number;
  /** The locks that A and B acquire, in this order; missing: the lock of the store. */
  readonly locks?: readonly (readonly string[])[];
  /** What the learner may do to a process; missing: `onlyStep`. */
  readonly actions?: readonly SteppedAction[];
  readonly reached: (outcome: Outcome) => boolean;
  /** One sentence, once the level is won or has ended. */
  readonly lesson: string;
  /** Steps that win it, as `npm run lab` takes them; missing where it cannot be won. */
  readonly solution?: string;
}

export const everyAction: readonly SteppedAction[] = ['step', 'stop', 'continue', 'kill'];

/** What the learner may do to a process where a level does not say it. */
export const onlyStep: readonly SteppedAction[] = ['step'];

const event = ({ verdict }: Outcome) => verdict.events[0];

const soldTwice = (outcome: Outcome): boolean => (event(outcome)?.duplicates ?? 0) > 0;

const fileMissesASale = (outcome: Outcome): boolean => {
  const { sold = 0, capacity = 0, remaining = 0 } = event(outcome) ?? {};
  return sold === 2 && capacity - remaining === 1;
};

const deadlock = ({ processes }: Outcome): boolean =>
  processes.every(({ state }) => state === 'waiting');

const waitsForItself = ({ processes }: Outcome): boolean =>
  processes.some(({ waitingFor, holds }) => waitingFor !== undefined && holds.includes(waitingFor));

const twoHalls = { level: 8, store: 'json', lockMode: 'file', capacity: 2 } as const;

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
      'A lease expires when its holder is silent, dead or only stopped; a holder that goes on does not know that it lost it. A server looks at its lease once more right before it writes; here that look is left out, because a stop between look and write ends the same way.',
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
  {
    ...twoHalls,
    title: 'Two locks in opposite order',
    goal: 'Make a deadlock: each process waits for the lock that the other one holds.',
    locks: [
      ['east', 'west'],
      ['west', 'east'],
    ],
    reached: deadlock,
    lesson:
      'Each holds what the other one needs, so both wait until their time is up: acquire locks in one order everywhere.',
    solution: 'a b a b',
  },
  {
    ...twoHalls,
    variant: 'sorted',
    title: 'Two locks in the same order',
    goal: 'Make a deadlock: both processes wait.',
    locks: [
      ['east', 'west'],
      ['east', 'west'],
    ],
    reached: deadlock,
    lesson:
      'It cannot be won: the process that has the first lock finds the second one free, so one of them always goes on.',
  },
  {
    ...twoHalls,
    variant: 'twice',
    title: 'The same lock twice',
    goal: 'Let a process wait for itself.',
    locks: [
      ['east', 'east'],
      ['east', 'west'],
    ],
    reached: waitsForItself,
    lesson:
      'The lock is not re-entrant: it knows that it is held, not by whom, so a process that holds it waits for itself.',
    solution: 'a a',
  },
];

/** What the catalogue says about a level. */
export const summaryOf = (level: Level): LevelSummary => ({
  level: level.level,
  ...(level.variant === undefined ? {} : { variant: level.variant }),
  title: level.title,
  goal: level.goal,
  store: level.store,
  lockMode: level.lockMode,
});
