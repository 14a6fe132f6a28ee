import type { StoreName } from '../../settings.js';
import type { LabLockMode } from '../../timeline/setting.js';
import type {
  LevelSummary,
  LevelVariant,
  SteppedAction,
  SteppedProcess,
} from '../../timeline/stepped-run.js';
import type { Verdict } from '../../verdict/judge.js';
import type { LifecycleViolation } from '../../verdict/lifecycle.js';
import type { LevelVerb } from './level-commands.js';

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
  /** What A and B do; missing: each buys a ticket. */
  readonly verbs?: readonly [LevelVerb, LevelVerb];
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

const violates =
  (kind: LifecycleViolation) =>
  ({ verdict }: Outcome): boolean =>
    (verdict.violations?.[kind] ?? 0) > 0;

/** No lock, and verbs other than buy: won by the same steps, for the same reason. */
const noLock = { store: 'json', lockMode: 'off', solution: 'a b a b a b a b' } as const;

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
  {
    ...noLock,
    level: 9,
    title: 'Two doors, one ticket',
    goal: 'Let two people in with one ticket: A is the door in the north, B the one in the south.',
    capacity: 1,
    verbs: ['admit', 'admit'],
    reached: violates('admittedTwice'),
    lesson:
      'Both doors read that the ticket was not used yet, and each let a person in. Looking at the ticket and marking it as used must be one step that no other door can come between.',
  },
  {
    ...noLock,
    level: 10,
    title: 'A refund, paid twice',
    goal: 'Cancel one order in both processes, so that both pay the money back.',
    capacity: 1,
    verbs: ['cancel', 'cancel'],
    reached: violates('cancelledTwice'),
    lesson:
      'Both read a valid order. The file looks right in the end, because both wrote the same; only what the buyers were told shows that the money went out twice.',
  },
  {
    ...noLock,
    level: 11,
    title: 'Paid after its time',
    goal: 'A confirms a hold a second before its time is over, B buys a second after it. Sell both the same ticket.',
    capacity: 1,
    verbs: ['confirm', 'buy'],
    reached: soldTwice,
    lesson:
      'A decided in time and wrote too late: B had read the hold before, saw its time end, and put its ticket on sale. That a hold has ended is decided where the ticket is sold, under the same lock.',
  },
  {
    ...noLock,
    level: 12,
    title: 'The lost edit',
    goal: 'A gives the event more tickets, B sells one. Let the file forget the edit that was confirmed.',
    capacity: 3,
    verbs: ['edit', 'buy'],
    reached: violates('notShown'),
    lesson:
      'The sale wrote the whole event as it had read it, and so the old number of tickets, too. A revision (If-Match) protects an editor from another editor, not from a write that never looks at it.',
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
