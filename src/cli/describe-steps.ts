import { count } from '../timeline/format.js';
import { changesBetween, describeNext } from '../timeline/step-words.js';
import type { SteppedStatus } from '../timeline/stepped-run.js';
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
    ...processes.map((process) => `  ${process.name}: ${describeNext(process)}`),
  ].join('\n');
}

/** What changed between two statuses: a line for each process, and one for the file. */
export function describeChange(before: SteppedStatus, after: SteppedStatus): string[] {
  const lines = changesBetween(before, after).map(
    ({ subject, did, next }) => `${subject} ${did}${next === undefined ? '' : ` (${next})`}`,
  );
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
