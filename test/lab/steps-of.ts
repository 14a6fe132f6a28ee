import type { TracedAnswer, TracedStep } from '../../src/lab/traced-step.js';

type Name = TracedStep['name'];

/** Steps of one turn: a name and when, one after the other; what belongs to a step in `detail`. */
export function stepsOf(
  pid: number,
  batch: number,
  times: Partial<Record<Name, number>>,
  detail: { read?: number; wrote?: number; results?: TracedAnswer[] } = {},
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

/** One buyer who was sold one ticket. */
export const sold = (serial: number, left: number): TracedAnswer[] => [
  { kind: 'sold', serials: [serial], left },
];

/** A whole turn of the json store that sold one ticket, ten milliseconds a step. */
export function aBatch(pid: number, batch: number, start: number, read: number, left: number) {
  const names: Name[] = [
    ...(['lockWanted', 'lockHeld', 'loaded', 'paused', 'decided', 'replaced'] as const),
    ...(['appended', 'lockReleased', 'synced', 'answered'] as const),
  ];
  const times = Object.fromEntries(names.map((name, index) => [name, start + 10 * index]));
  return stepsOf(pid, batch, times, { read, wrote: read + 1, results: sold(read + 1, left) });
}
