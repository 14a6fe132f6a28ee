import { FileHistory } from './file-history.js';
import { describeState, number } from './format.js';
import type { TimelineRun } from './highlighted-pair.js';
import type { Lane } from './report.js';
import { isLockless } from './span-kinds.js';
import { isLocksVerb, isQueueVerb } from './verbs.js';

/** A part of a strip, between two moments. */
export interface Segment {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  /** The same for a place with little room. */
  readonly short: string;
  /** The process that wrote it, or that holds the lock alone. */
  readonly by: string | undefined;
}

/** What the file says, or who holds the lock, over time. */
export interface Strip {
  readonly kind: 'file' | 'lock';
  readonly title: string;
  readonly shortTitle: string;
  readonly segments: readonly Segment[];
}

const fileTitles = {
  json: 'tickets.json says',
  ledger: 'the ledger says',
  postgres: 'the database says',
} as const;

/**
 * The strips of the file and of the lock. Pure.
 *
 * @param instants between which nothing changes as far as the timeline shows, in order
 */
export function stripsOf(run: TimelineRun, instants: readonly number[]): Strip[] {
  return [fileStrip(run, instants), lockStrip(run, instants)];
}

function fileStrip(run: TimelineRun, instants: readonly number[]): Strip {
  const history = new FileHistory(run);
  const segments = segmentsOf(
    instants,
    (from) => history.at(from),
    (one, other) => one.by === other.by && one.remaining === other.remaining,
  ).map(({ from, to, value }) => {
    const { by, remaining, version } = value;
    return {
      from,
      to,
      text: describeState(value) + (by === undefined ? '' : `, written by ${by}`),
      short: number(remaining ?? version),
      by,
    };
  });
  const title = isLocksVerb(run.verb)
    ? 'the first event has'
    : isQueueVerb(run.verb)
      ? 'the queue has'
      : fileTitles[run.setting.store];
  const shortTitle = run.setting.store === 'postgres' ? 'data' : 'file';
  return { kind: 'file', title, shortTitle, segments };
}

function lockStrip(run: TimelineRun, instants: readonly number[]): Strip {
  const { lockMode } = run.setting;
  const isMutex = lockMode === 'mutex';
  if (isLockless(lockMode)) {
    const title = 'no lock: no process waits';
    return { kind: 'lock', title, shortTitle: 'no lock', segments: [] };
  }
  const holds = run.lanes.flatMap(holdsOf);
  const holdersAt = (from: number, to: number): string => {
    const middle = (from + to) / 2;
    const holders = holds.filter(({ start, end }) => start <= middle && middle < end);
    const dead = holders.length > 0 || lockMode !== 'file' ? undefined : leftBehind(holds, middle);
    const names = holders.map(({ name }) => name);
    return dead === undefined ? [...new Set(names)].join(' + ') : `${dead} (dead)`;
  };
  const segments = segmentsOf(instants, holdersAt, Object.is).map(({ from, to, value }) => {
    const isOne = run.lanes.some(({ name }) => name === value);
    const text = value === '' ? 'free' : value;
    const short = value.replace(' (dead)', '†');
    return { from, to, text, short, by: isOne ? value : undefined };
  });
  return isMutex
    ? { kind: 'lock', title: 'own mutex held by', shortTitle: 'mutex', segments }
    : {
        kind: 'lock',
        title: isLocksVerb(run.verb) ? 'a lock is held by' : 'the lock is held by',
        shortTitle: 'lock',
        segments,
      };
}

interface Hold {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly isUnfinished: boolean;
}

const holdsOf = ({ batches, name }: Lane): Hold[] =>
  batches.flatMap(({ spans }) =>
    spans.flatMap(({ kind, start, end, unfinished }) =>
      kind === 'holding' ? [{ name, start, end, isUnfinished: unfinished === true }] : [],
    ),
  );

/** A lock file stays when its holder dies, until another process takes it over. */
function leftBehind(holds: readonly Hold[], at: number): string | undefined {
  const earlier = holds.filter(({ start }) => start <= at);
  const last = earlier.toSorted((a, b) => a.start - b.start).at(-1);
  return last?.isUnfinished ? last.name : undefined;
}

/** Joins neighbouring parts that have the same value. */
function segmentsOf<Value>(
  instants: readonly number[],
  valueBetween: (from: number, to: number) => Value,
  isSame: (one: Value, other: Value) => boolean,
): { from: number; to: number; value: Value }[] {
  const segments: { from: number; to: number; value: Value }[] = [];
  for (const [index, from] of instants.slice(0, -1).entries()) {
    const to = instants[index + 1] ?? from;
    const value = valueBetween(from, to);
    const last = segments.at(-1);
    if (last !== undefined && isSame(last.value, value)) last.to = to;
    else segments.push({ from, to, value });
  }
  return segments;
}
