import type { Scenario, ScenarioRun } from '../timeline/lab-catalogue.js';
import type { InjectedFault, RaceVerb } from '../timeline/report.js';
import type { Setting } from '../timeline/setting.js';
import { defaults, isUnguarded } from './experiment-setting.js';

/** A run of a scenario. A fault breaks only a store that trusts a lease: json, with a lock file. */
function run(title: string, changes: Partial<Setting>, injectedFault?: InjectedFault): ScenarioRun {
  const setting = { ...defaults, ...changes };
  const stolen =
    injectedFault === 'stop' && setting.store === 'json' && setting.lockMode === 'file';
  const expect = isUnguarded(setting) || stolen ? 'broken' : 'holds';
  return {
    title,
    setting,
    expect,
    ...(injectedFault === undefined ? {} : { disturbance: injectedFault }),
  };
}

/** Clients that race for another verb than buy, without a lock and with one. */
const racesFor = (verb: RaceVerb, changes: Partial<Setting>): ScenarioRun[] => [
  { ...run('no lock', { ...changes, lockMode: 'off' }), verb },
  { ...run('a lock', { ...changes, lockMode: 'file' }), verb },
];

/** A window between read and write: such a race has one chance, when the first of the crowd come. */
const crowd = { buyers: 20, capacity: 20, windowMs: 20 };

/** Ten messages in a queue: each consumer pauses between read and write, as one that prints a ticket does. */
const queue = { buyers: 10, capacity: 10, batchMax: 1, windowMs: 10 };

/** Long enough under the first lock that the other process has its first one, too. */
const twoLocks = { lockMode: 'file', buyers: 2, capacity: 10, batchMax: 1, windowMs: 100 } as const;

const few = { buyers: 40, capacity: 10 };
const some = { buyers: 60, capacity: 30 };
const one = { batchMax: 1 };

/** The scenarios. A new one is a few lines here; its test proves what it teaches. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'three-tickets',
    title: 'Three tickets, ten buyers',
    teaches:
      'The usual tutorial. Each process checks whether a ticket is left, and then takes it. Between the check and the taking, another process has checked too.',
    compares: 'toldSold',
    concludes:
      'A check is worth something only while no other process can act on the same answer. The lock makes the check and the taking one step.',
    runs: [
      run('no lock', { lockMode: 'off', buyers: 10, capacity: 3 }),
      run('a lock', { ...one, lockMode: 'file', buyers: 10, capacity: 3 }),
    ],
  },
  {
    name: 'hundred-minus-ten',
    title: 'A hundred tickets, and ten processes take one each',
    teaches:
      'A hundred minus ten is ninety. Without a lock the file has more left in the end, often 99: taking one is a read and a write, and a write erases those that it did not read.',
    compares: 'remaining',
    concludes:
      'Ten buyers were told “sold” in both runs, and no request failed. Without the lock the file says something else, and nothing in it shows that it is wrong.',
    runs: [
      run('no lock', { lockMode: 'off', buyers: 10, workers: 10 }),
      run('a lock', { lockMode: 'file', buyers: 10, workers: 10 }),
    ],
  },
  {
    name: 'memory-is-not-shared',
    title: 'Memory is not shared',
    teaches:
      'A mutex lives in the memory of one process. Two processes have two mutexes, and each holds its own.',
    compares: 'lostUpdates',
    concludes:
      'The same code is correct in one process, and wrong in two. What keeps processes apart must be outside of them: a file, the kernel, or a database.',
    runs: [
      run('a mutex, one worker', { ...some, ...one, lockMode: 'mutex', workers: 1 }),
      run('a mutex, two workers', { ...some, ...one, lockMode: 'mutex', workers: 2 }),
    ],
  },
  {
    name: 'buyer-or-crowd',
    title: 'A lock per buy, and a lock per batch',
    teaches:
      'Acquiring the lock costs the same for one buy and for a hundred. A process that sells all waiting buys in one batch is just as correct, and many times as fast.',
    compares: 'buysPerSecond',
    concludes: 'A lock is not slow. Acquiring it for each buy is.',
    runs: [run('one buy per batch', { ...some, ...one }), run('all waiting buys', some)],
  },
  {
    name: 'holder-killed',
    title: 'The holder is killed',
    teaches:
      'A process dies while it holds the lock. The kernel releases its lock at once. A lock file remains until it counts as stale, and all others wait.',
    compares: 'lockWaitMs',
    concludes:
      'A lock file cannot tell a dead holder from a slow one, so all others wait until its time is up. The kernel knows who died.',
    runs: [
      run('a lock file', { ...few, lockMode: 'file' }, 'kill'),
      run('a kernel lock', { ...few, lockMode: 'kernel' }, 'kill'),
    ],
  },
  {
    name: 'lease-stolen',
    title: 'The lease is stolen',
    teaches:
      'A lock file is a lease. Its holder is stopped for too long, right before it writes. Another process takes over the lock and sells; then the first one resumes and writes what it had decided. The json store sells one ticket twice. The ledger skips the line that came too late.',
    compares: 'duplicates',
    concludes:
      'A lock decides who waits; it cannot undo a write that comes too late. A check at the write can: it makes a stolen lease harmless.',
    runs: [
      run('json', { ...few, lockMode: 'file' }, 'stop'),
      run('ledger', { ...few, lockMode: 'file', store: 'ledger' }, 'stop'),
    ],
  },
  {
    name: 'overtaken-while-polling',
    title: 'Overtaken while polling',
    teaches:
      'A lock file has no queue: every process polls, and the one that polls at the right moment gets it. The process that just released it polls first. All of them get it in the end, some much later than others.',
    compares: 'overtakings',
    concludes:
      'Both are correct, and neither promises an order: a lock lets one process in at a time, whichever it is.',
    runs: [
      run('polling', { ...some, ...one, workers: 3, lockMode: 'file' }),
      run('woken by the kernel', { ...some, ...one, workers: 3, lockMode: 'kernel' }),
    ],
  },
  {
    name: 'ledger-without-a-lock',
    title: 'No lock at all, on the ledger',
    teaches:
      'All processes write at the same time. A line counts if it refers to the line before it. A process that was overtaken detects that, and tries again. Correct without any lock.',
    compares: 'skipped',
    concludes:
      'No process waited for another. The price is work that is done twice: a line that comes too late is skipped, and its buyers get their answer from another attempt.',
    // Without a pause a sale takes microseconds, and processes would hardly overtake each other.
    runs: [run('no lock', { ...some, store: 'ledger', lockMode: 'off', workers: 3, windowMs: 1 })],
  },
  {
    name: 'two-doors',
    title: 'Two doors, one ticket',
    teaches:
      'Twenty doors scan one ticket at the same time. Without a lock several of them read that it is not used yet, and let a person in; the file shows one admission.',
    compares: 'lostUpdates',
    concludes:
      'To look at a ticket and to mark it as used must be one step, which no other door can come between.',
    runs: racesFor('admit', crowd),
  },
  {
    name: 'refund-twice',
    title: 'A refund, paid twice',
    teaches:
      'Twenty clients cancel one order. Without a lock several of them are told that their cancellation was the one that counted. The file looks right: they all wrote the same.',
    compares: 'lostUpdates',
    concludes:
      'A file that looks right proves nothing. Only what the clients were told shows that the money went out twice.',
    runs: racesFor('cancel', crowd),
  },
  {
    name: 'paid-after-its-time',
    title: 'Paid after its time',
    teaches:
      'Holds are confirmed in the moment when their time ends, and others buy. Without a lock a process that saw the time end puts a ticket back on sale that another one is just selling to its holder.',
    compares: 'lostUpdates',
    concludes:
      'Whether a hold has ended must be decided where its ticket is sold, under the same lock.',
    runs: racesFor('confirm', { ...crowd, buyers: 40, windowMs: 5 }),
  },
  {
    name: 'the-lost-edit',
    title: 'The lost edit',
    teaches:
      'Editors change the number of tickets while a crowd buys. Without a lock a sale writes the event as it had read it: the edit is gone, although its editor was told that it is saved.',
    compares: 'lostUpdates',
    concludes: 'The lock must be around every write of the file, an edit as well as a sale.',
    runs: racesFor('edit', { ...crowd, buyers: 40, capacity: 100 }),
  },
  {
    name: 'two-consumers',
    title: 'Two consumers, one queue',
    teaches:
      'Two processes send the messages of one queue: each reads the cursor, sends the message behind it, and moves the cursor. Without a lock both read the same cursor, and everything is sent twice.',
    compares: 'received',
    concludes:
      'A queue that several processes take from needs a lock as well: to read the cursor, to send and to move the cursor must be one step.',
    runs: racesFor('deliver', queue),
  },
  {
    name: 'cursor-before-send',
    title: 'The cursor before the message',
    teaches:
      'A consumer is killed between two steps, and another one goes on. If it moves the cursor before it sends, its message is never sent. If it sends first, the message is sent twice: at least once, and its receiver can tell.',
    compares: 'received',
    concludes:
      'The lock does not help against a kill between two steps. Only their order decides: a message that is sent twice can be recognised, and one that is never sent is lost.',
    runs: [
      {
        ...run('the cursor first', { ...queue, lockMode: 'kernel' }, 'kill'),
        verb: 'claim',
        expect: 'broken',
      },
      { ...run('the message first', { ...queue, lockMode: 'kernel' }, 'kill'), verb: 'deliver' },
    ],
  },
  {
    name: 'two-locks',
    title: 'Two locks',
    teaches:
      'Two processes move a ticket from one event to another, and each event has a lock. If one process acquires them in the opposite order, each can hold what the other one waits for: a deadlock, which lasts until one gives up.',
    compares: 'moved a ticket',
    concludes:
      'No lock knows who waits for whom. Acquire locks in the same order everywhere, and none of them twice: then a process that waits holds nothing that the others need first.',
    runs: [
      { ...run('opposite order', twoLocks), verb: 'oppositeLocks', expect: 'broken' },
      { ...run('the same order', twoLocks), verb: 'sortedLocks' },
      { ...run('one lock twice', { ...twoLocks, workers: 1 }), verb: 'sameLock', expect: 'broken' },
    ],
  },
];
