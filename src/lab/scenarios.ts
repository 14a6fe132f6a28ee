import type { InjectedFault, Scenario, ScenarioRun, Setting } from '../timeline/report.js';
import { defaults, isUnguarded } from './setting.js';

/** A run of a scenario. A disturbance breaks only what trusts a lease: json, with a lock file. */
function run(title: string, changes: Partial<Setting>, disturbance?: InjectedFault): ScenarioRun {
  const setting = { ...defaults, ...changes };
  const stolen = disturbance === 'stop' && setting.store === 'json' && setting.lockMode === 'file';
  const expect = isUnguarded(setting) || stolen ? 'broken' : 'holds';
  return { title, setting, expect, ...(disturbance === undefined ? {} : { disturbance }) };
}

const few = { buyers: 40, capacity: 10 };
const some = { buyers: 60, capacity: 30 };
const one = { batchMax: 1 };

/** What can be asked for by name. A new one is a few lines here; its test says what it teaches. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'three-tickets',
    title: 'Three tickets, ten buyers',
    teaches:
      'The usual tutorial. Each process looks whether a ticket is left, and then takes it: between the look and the taking somebody else has looked.',
    runs: [
      run('no lock', { lockMode: 'off', buyers: 10, capacity: 3 }),
      run('a lock', { ...one, lockMode: 'file', buyers: 10, capacity: 3 }),
    ],
  },
  {
    name: 'hundred-minus-ten',
    title: 'A hundred, and ten processes take one away each',
    teaches:
      'A hundred less ten is ninety. Without a lock the file says more: taking one away is a read and a write, and writes are lost.',
    runs: [
      run('no lock', { lockMode: 'off', buyers: 10, workers: 10 }),
      run('a lock', { lockMode: 'file', buyers: 10, workers: 10 }),
    ],
  },
  {
    name: 'memory-is-not-shared',
    title: 'Memory is not shared',
    teaches:
      'A mutex lives in the memory of one process. Two processes have two of them, and each holds its own.',
    runs: [
      run('a mutex, one worker', { ...some, ...one, lockMode: 'mutex', workers: 1 }),
      run('a mutex, two workers', { ...some, ...one, lockMode: 'mutex', workers: 2 }),
    ],
  },
  {
    name: 'buyer-or-crowd',
    title: 'A lock per buyer, and a lock per crowd',
    teaches:
      'The lock costs the same for one buyer and for a hundred. Who sells to everybody that waits in one turn is as right, and many times as fast.',
    runs: [run('one buyer a turn', { ...some, ...one }), run('everybody who waits', some)],
  },
  {
    name: 'holder-killed',
    title: 'The holder is killed',
    teaches:
      'A process dies with the lock in its hand. The kernel takes its lock back at once; a lock file lies there until it counts as abandoned, and all others wait.',
    runs: [
      run('a lock file', { ...few, lockMode: 'file' }, 'kill'),
      run('a kernel lock', { ...few, lockMode: 'kernel' }, 'kill'),
    ],
  },
  {
    name: 'lease-stolen',
    title: 'The lease is stolen',
    teaches:
      'A lock file is a lease. Its holder stands still for too long, somebody else takes the lock over and sells; then the first one goes on and writes what it had in mind. Json sells one ticket twice. The ledger skips the line that came too late.',
    runs: [
      run('json', { ...few, lockMode: 'file' }, 'stop'),
      run('ledger', { ...few, lockMode: 'file', store: 'ledger' }, 'stop'),
    ],
  },
  {
    name: 'overtaken-while-polling',
    title: 'Overtaken while polling',
    teaches:
      'Nobody is in a queue for a lock file: everybody looks again and again, and who looks at the right moment has it. Whoever just let go is the first to look. Everybody gets there in the end, some much later than others.',
    runs: [
      run('looking again and again', { ...some, ...one, workers: 3, lockMode: 'file' }),
      run('woken by the kernel', { ...some, ...one, workers: 3, lockMode: 'kernel' }),
    ],
  },
  {
    name: 'ledger-without-a-lock',
    title: 'No lock at all, on the ledger',
    teaches:
      'Everybody writes at once. A line counts if it names the one before it; who was overtaken sees that, and tries again. Right without any lock.',
    // A sale without a pause takes microseconds: hardly anybody would be overtaken.
    runs: [run('no lock', { ...some, store: 'ledger', lockMode: 'off', workers: 3, windowMs: 1 })],
  },
];
