import { count } from './format.js';
import type { InjectedFault, Run } from './report.js';
import { isLocksVerb, isQueueVerb, type LocksVerb } from './verbs.js';

const faultDescriptions = {
  kill: 'the first lock holder is killed',
  stop: 'the first lock holder is stopped for a while',
} as const;

/** The setting of a run, in one line. */
export function describeSetting({
  setting,
  verb,
  disturbance,
}: Pick<Run, 'setting' | 'verb' | 'disturbance'>): string {
  const { store, lockMode, workers, buyers, capacity, quantity, windowMs, batchMax } = setting;
  const each = quantity === 1 ? '' : ` wanting ${quantity} each`;
  if (isQueueVerb(verb)) return describeQueue(setting, disturbance);
  if (isLocksVerb(verb)) return describeMovers(setting, verb);
  const facts = [
    `${store} store, lock mode ${lockMode}`,
    ...(lockMode === 'off'
      ? []
      : [batchMax === 1 ? 'one buy per batch' : `up to ${batchMax} buys per batch`]),
    count(workers, 'worker'),
    verb === undefined
      ? `${count(buyers, 'buyer')}${each} for ${count(capacity, 'ticket')}`
      : `${count(buyers, 'client')} that race to ${verb}`,
    ...(windowMs === 0 ? [] : [`a window of ${windowMs} ms`]),
    ...(disturbance === undefined ? [] : [faultDescriptions[disturbance]]),
  ];
  return facts.join(', ');
}

const describeQueue = ({ lockMode, workers, buyers }: Run['setting'], fault?: InjectedFault) =>
  [
    `a queue of ${count(buyers, 'message')}, ${count(workers, 'consumer')}, lock mode ${lockMode}`,
    ...(fault === undefined ? [] : [faultDescriptions[fault]]),
  ].join(', ');

const describeMovers = (
  { lockMode, workers, windowMs }: Run['setting'],
  verb: LocksVerb,
): string => {
  const who = workers === 1 ? 'a process that acquires' : `${workers} processes that acquire`;
  return `${who} ${verb === 'sameLock' ? 'one lock twice' : 'two locks'}, ${windowMs} ms apart, lock mode ${lockMode}`;
};
