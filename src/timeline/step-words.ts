import type { SteppedProcess, SteppedStatus } from './stepped-run.js';

/** What changed in a stepped run, in words. */
export interface Change {
  /** The name of a process, or of the file. */
  readonly subject: string;
  /** `read: 1 ticket left`, `waits for the lock`, `says: 0 left`. */
  readonly did: string;
  /** `next: decide`, of a process that made a step and goes on. */
  readonly next?: string;
}

/** What changed between two statuses: one entry for each process, and one for the file. */
export function changesBetween(before: SteppedStatus, after: SteppedStatus): readonly Change[] {
  const changes = after.processes.flatMap((process, index) => {
    const change = changeOf(before.processes[index], process);
    return change === undefined ? [] : [{ subject: process.name, ...change }];
  });
  const { file } = after;
  if (file === undefined || file.text === before.file?.text) return changes;
  return [...changes, { subject: file.name, did: `says: ${file.remaining} left` }];
}

/** `next: read`, or the state of a process that is held before no step. */
export const describeNext = ({ state, next }: SteppedProcess): string =>
  next === undefined ? state : `next: ${next}`;

/** What a process did, by the step that it was held before. */
const done: Readonly<Record<string, string>> = {
  read: 'read',
  decide: 'decided',
  write: 'wrote',
  check: 'checked its line',
  tell: 'answered',
  sell: 'sold',
  unlock: 'released the lock',
};

function changeOf(
  before: SteppedProcess | undefined,
  after: SteppedProcess,
): Omit<Change, 'subject'> | undefined {
  if (before === undefined || JSON.stringify(before) === JSON.stringify(after)) return undefined;
  if (after.state === 'running') return undefined;
  if (after.state === 'killed') return { did: 'was killed' };
  if (after.state === 'stopped' && before.state !== 'stopped') return { did: 'was stopped' };
  if (before.state === 'stopped' && before.next === after.next) return { did: 'was continued' };
  if (after.state === 'waiting') return { did: `waits for ${after.waitingFor}` };
  const released = before.holds.find((lock) => !after.holds.includes(lock));
  const acquired = after.holds.find((lock) => !before.holds.includes(lock));
  const step =
    done[before.next ?? ''] ?? (released === undefined ? 'went on' : `released ${released}`);
  const did = acquired === undefined ? step : `acquired ${acquired}`;
  if (after.state === 'done') return { did: `${did}, and ended: ${after.believes}` };
  const what = after.believes === before.believes ? '' : `: ${after.believes}`;
  return { did: `${did}${what}`, next: describeNext(after) };
}
