import type { TimelineRun } from '../../src/timeline/highlighted-pair.js';
import type { Batch, Lane, Run } from '../../src/timeline/report.js';

/** A batch that reads at `start + 1` and writes at `start + 3`. */
export function batchOf(
  id: string,
  start: number,
  read: readonly [version: number, remaining: number],
  wrote?: readonly [version: number, remaining: number],
): Batch {
  const [version, remaining] = read;
  return {
    id,
    number: 1,
    start,
    end: start + 4,
    spans: [
      { kind: 'waiting', start, end: start + 0.5 },
      { kind: 'holding', start: start + 0.5, end: start + 3.5 },
      { kind: 'reading', start: start + 0.5, end: start + 1 },
      { kind: 'deciding', start: start + 1, end: start + 2 },
      { kind: 'writing', start: start + 2, end: start + 3 },
      { kind: 'syncing', start: start + 3.5, end: start + 4 },
    ],
    read: { at: start + 1, version, remaining },
    ...(wrote === undefined
      ? {}
      : { wrote: { at: start + 3, version: wrote[0], remaining: wrote[1] } }),
    buys: 1,
    serials: wrote === undefined ? [] : [wrote[0]],
    refused: wrote === undefined ? 1 : 0,
  };
}

export const laneOf = (pid: number, ...batches: Batch[]): Lane => ({
  pid,
  name: String.fromCharCode(64 + pid),
  batches,
  marks: [],
});

/** Two processes read the same number; the second overwrites what the first wrote. */
export function lostUpdateRun(): TimelineRun & Pick<Run, 'setting'> {
  const [first, second] = [batchOf('1:1', 0, [0, 5], [1, 4]), batchOf('2:1', 0.5, [0, 5], [1, 4])];
  return {
    lanes: [laneOf(1, first), laneOf(2, second, batchOf('2:2', 1, [0, 5], [1, 4]))],
    highlight: { kind: 'lostUpdate', first: '1:1', second: '2:1' },
    setting: settingOf(5),
  };
}

/** One process that raced itself. */
export function withinProcessRun(): TimelineRun {
  const batches = [batchOf('1:1', 0, [0, 5], [1, 4]), batchOf('1:2', 0.5, [0, 5], [1, 4])];
  return {
    lanes: [laneOf(1, ...batches)],
    highlight: { kind: 'lostUpdate', first: '1:1', second: '1:2' },
    setting: settingOf(5),
  };
}

/** The second process wanted to write a version that the first had written, and tried again. */
export function overtakenRun(): TimelineRun {
  const first = batchOf('1:1', 0, [0, 5], [1, 4]);
  const again = batchOf('2:1', 4, [1, 4], [2, 3]);
  const late = [
    { kind: 'reading', start: 0.5, end: 1.5, version: 0, remaining: 5 },
    { kind: 'deciding', start: 1.5, end: 2.5 },
    { kind: 'writing', start: 2.5, end: 3.5, version: 1, overtaken: true },
    { kind: 'checking', start: 3.5, end: 4, overtaken: true },
  ] as const;
  return {
    lanes: [
      laneOf(1, first),
      laneOf(2, { ...again, start: 0.5, spans: [...late, ...again.spans] }),
    ],
    highlight: { kind: 'overtaken', first: '1:1', second: '2:1' },
    setting: { store: 'ledger', lockMode: 'off', capacity: 5 },
  };
}

/** Two processes alternate: each reads what the other has written. */
export function handoverRun(): TimelineRun & Pick<Run, 'setting'> {
  return {
    lanes: [
      laneOf(1, batchOf('1:1', 0, [0, 5], [1, 4]), batchOf('1:2', 10, [2, 3])),
      laneOf(2, batchOf('2:1', 5, [1, 4], [2, 3])),
    ],
    highlight: { kind: 'handover', first: '1:1', second: '2:1' },
    setting: { ...settingOf(5), lockMode: 'file' },
  };
}

const settingOf = (capacity: number): Run['setting'] => ({
  store: 'json',
  lockMode: 'off',
  batchMax: 1,
  buyers: 3,
  quantity: 1,
  capacity,
  workers: 2,
  windowMs: 0,
});
