import type { SteppedProcess, SteppedStatus } from '../../src/timeline/stepped-run.js';

/** A process of a stepped run, held before `read`. */
export const aProcess = (
  name: string,
  { next = 'read', ...other }: Partial<SteppedProcess> = {},
): SteppedProcess => ({
  pid: name === 'A' ? 11 : 12,
  name,
  state: 'held',
  next,
  holds: [],
  ...other,
});

/** A process that is held before no step. */
export function notHeld(
  name: string,
  state: SteppedProcess['state'],
  other: Partial<SteppedProcess> = {},
): SteppedProcess {
  const { next: _, ...process } = aProcess(name, other);
  return { ...process, state };
}

/** A level that is being played: json store, no lock, one ticket. */
export const aStatus = (other: Partial<SteppedStatus> = {}): SteppedStatus => ({
  id: 'run',
  state: 'running',
  title: 'No lock',
  level: 1,
  setting: { store: 'json', lockMode: 'off', capacity: 1 },
  actions: ['step'],
  processes: [aProcess('A'), aProcess('B')],
  file: { name: 'tickets.json', text: '{}', remaining: 1 },
  toldSold: 0,
  goal: { text: 'Sell the last ticket twice.', reached: false },
  verdict: { ruling: 'inconclusive', because: 'nothing was sold' },
  ...other,
});
