import { count } from '../timeline/format.js';
import type { SteppedProcess, SteppedStatus } from '../timeline/stepped-run.js';
import { color, colorRuling } from './colors.js';

/** What a learner sees before the first step. */
export function describeStart(status: SteppedStatus): string {
  const { level, variant, title, setting, processes, goal } = status;
  const number = variant === undefined ? level : `${level}, ${variant}`;
  const { store, lockMode, capacity } = setting;
  const running = processes.map(({ name, pid }) => `${name} (${pid})`).join(' and ');
  return [
    color('bold', level === undefined ? title : `level ${number}: ${title}`),
    `${store} store, lock mode ${lockMode}, ${count(capacity, 'ticket')}; processes ${running}`,
    `Goal: ${goal.text}`,
    'Type a or b, and that process makes its next step; quit gives up.',
    '',
    ...processes.map((process) => `  ${process.name}: ${nextOf(process)}`),
  ].join('\n');
}

/** What changed between two statuses: a line for each process, and one for the file. */
export function describeChange(before: SteppedStatus, after: SteppedStatus): string[] {
  const lines = after.processes.flatMap((process, index) => {
    const changed = describeProcess(before.processes[index], process);
    return changed === undefined ? [] : [`${process.name} ${changed}`];
  });
  if (before.file?.text !== after.file?.text) {
    lines.push(`${after.file?.name} says: ${after.file?.remaining} left`);
  }
  if (!before.goal.reached && after.goal.reached) lines.push(color('bold', 'The goal is reached.'));
  return lines;
}

/** The verdict, whether the goal was reached, and the lesson. */
export function describeEnd(status: SteppedStatus): string {
  const { verdict, goal, lesson, solution, failure } = status;
  return [
    '',
    `${colorRuling(verdict.ruling)}: ${verdict.because}.`,
    `${goal.reached ? 'Goal reached' : 'Goal not reached'}: ${goal.text}`,
    ...(lesson === undefined ? [] : [lesson]),
    ...(solution === undefined ? [] : [`One way: ${solution}`]),
    ...(failure === undefined ? [] : [`The run failed: ${failure}`]),
  ].join('\n');
}

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

function describeProcess(
  before: SteppedProcess | undefined,
  after: SteppedProcess,
): string | undefined {
  if (before === undefined || JSON.stringify(before) === JSON.stringify(after)) return undefined;
  if (after.state === 'running') return undefined;
  if (after.state === 'killed') return 'was killed';
  if (after.state === 'stopped' && before.state !== 'stopped') return 'was stopped';
  if (before.state === 'stopped' && before.next === after.next) return 'was continued';
  if (after.state === 'waiting') return `waits for ${after.waitingFor}`;
  const released = before.holds.find((lock) => !after.holds.includes(lock));
  const acquired = after.holds.find((lock) => !before.holds.includes(lock));
  const step =
    done[before.next ?? ''] ?? (released === undefined ? 'went on' : `released ${released}`);
  const did = acquired === undefined ? step : `acquired ${acquired}`;
  if (after.state === 'done') return `${did}, and ended: ${after.believes}`;
  const what = after.believes === before.believes ? '' : `: ${after.believes}`;
  return `${did}${what} (${nextOf(after)})`;
}

function nextOf({ state, next }: SteppedProcess): string {
  return next === undefined ? state : `next: ${next}`;
}
