import type { TracedResult, TracedStep } from '../../src/lab/trace.js';

type Name = TracedStep['name'];

/** The steps of one batch: their names and times, and details of some of them. */
export function batchSteps(
  pid: number,
  batch: number,
  times: Partial<Record<Name, number>>,
  detail: { read?: number; wrote?: number; results?: TracedResult[] } = {},
): TracedStep[] {
  return Object.entries(times).map(([name, at]) => ({
    pid,
    name: name as Name,
    batch,
    at,
    ...(name === 'loaded' ? { version: detail.read ?? 0 } : {}),
    ...(name === 'replaced' ? { version: detail.wrote ?? 0 } : {}),
    ...(name === 'answered'
      ? { results: detail.results ?? [], buys: detail.results?.length ?? 0 }
      : {}),
  }));
}

/** The result of a buy of one ticket. */
export const sold = (serial: number, remaining: number): TracedResult[] => [
  { kind: 'sold', serials: [serial], remaining },
];

/** The steps of a complete batch of the json store that sold one ticket, 10 ms apart. */
export function completeBatch(
  pid: number,
  batch: number,
  start: number,
  read: number,
  remaining: number,
) {
  const names: Name[] = [
    ...(['lockWanted', 'lockHeld', 'loaded', 'paused', 'decided', 'replaced'] as const),
    ...(['appended', 'lockReleased', 'synced', 'answered'] as const),
  ];
  const times = Object.fromEntries(names.map((name, index) => [name, start + 10 * index]));
  return batchSteps(pid, batch, times, {
    read,
    wrote: read + 1,
    results: sold(read + 1, remaining),
  });
}
