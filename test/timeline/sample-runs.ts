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
  name: `worker ${pid}`,
  batches,
  marks: [],
});

/** Two processes read the same number; the second overwrites what the first wrote. */
export function lostUpdateRun(): TimelineRun & Pick<Run, 'setting'> {
  const [first, second] = [batchOf('1:1', 0, [0, 5], [1, 4]), batchOf('2:1', 0.5, [0, 5], [1, 4])];
  const side = ({ id: batchId, start: readFrom, read, wrote, serials }: Batch, pid: number) => {
    if (read === undefined || wrote === undefined)
      throw new Error('the batch must have read and written');
    return { pid, batchId, readFrom, read, wrote, serials };
  };
  return {
    lanes: [laneOf(1, first), laneOf(2, second, batchOf('2:2', 1, [0, 5], [1, 4]))],
    lostUpdate: { erased: side(first, 1), erasing: side(second, 2), serials: [1] },
    setting: settingOf(5),
  };
}

/** Two processes alternate: each reads what the other has written. */
export function handoverRun(): TimelineRun & Pick<Run, 'setting'> {
  return {
    lanes: [
      laneOf(1, batchOf('1:1', 0, [0, 5], [1, 4]), batchOf('1:2', 10, [2, 3])),
      laneOf(2, batchOf('2:1', 5, [1, 4], [2, 3])),
    ],
    setting: settingOf(5),
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
