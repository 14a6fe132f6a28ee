import type { SteppedStatus } from '../../timeline/stepped-run.js';
import { fill, h } from '../dom.js';
import { hasEnded, type Played } from './level-player.js';

const text = {
  reached: 'Goal reached.',
  notYet: 'Goal not reached yet.',
  missed: 'Goal not reached.',
  won: 'You did it.',
  noWay: 'No order of steps does it.',
  gaveUp: 'One way to do it',
  over: 'Both processes have ended, and the goal is not reached. Start over, or give up and see why.',
};

/** How far a level has come. */
export type Phase = 'starting' | 'playing' | 'won' | 'over' | 'gaveUp' | 'gone';

export function phaseOf({ status, gaveUp, gone }: Played): Phase {
  if (gone !== undefined) return 'gone';
  if (status === undefined || status.state === 'starting') return 'starting';
  if (status.goal.reached) return 'won';
  if (!hasEnded(status)) return 'playing';
  return gaveUp ? 'gaveUp' : 'over';
}

/** Whether the learner has seen that the goal of a level cannot be reached. */
export const isExplained = (played: Played): boolean =>
  phaseOf(played) === 'gaveUp' && played.status?.solution === undefined;

/** What the verdict says, and what there is to learn once the level is won or was given up. */
export class OutcomePanel {
  readonly element = h('section', { class: 'outcome', tabindex: -1, 'aria-label': 'Outcome' });

  show(played: Played): void {
    const phase = phaseOf(played);
    this.element.dataset.phase = phase;
    const { status, gone, problem } = played;
    fill(
      this.element,
      status !== undefined && phase !== 'gone' && verdictLine(status, phase),
      ...lesson(phase, status),
      phase === 'over' && h('p', {}, text.over),
      gone !== undefined && h('p', { class: 'why' }, gone),
      problem !== undefined && h('p', { class: 'why' }, problem),
    );
  }
}

function verdictLine({ verdict }: SteppedStatus, phase: Phase): HTMLElement {
  const goal = phase === 'won' ? text.reached : phase === 'playing' ? text.notYet : text.missed;
  return h(
    'p',
    { class: 'verdict-so-far' },
    h('span', { class: 'goal-state' }, goal),
    ' Verdict: ',
    h('strong', {}, verdict.ruling),
    `, ${verdict.because}.`,
  );
}

function lesson(phase: Phase, status: SteppedStatus | undefined): HTMLElement[] {
  if (status === undefined || (phase !== 'won' && phase !== 'gaveUp')) return [];
  const { solution, lesson: learnt = '' } = status;
  const heading = phase === 'won' ? text.won : solution === undefined ? text.noWay : text.gaveUp;
  return [
    h('h2', {}, heading),
    ...(solution === undefined ? [] : [h('p', { class: 'solution' }, inWords(solution))]),
    h('p', { class: 'lesson' }, learnt),
  ];
}

/** `a stop b` → `A, stop B`. */
export const inWords = (solution: string): string =>
  solution.replace(/\b[ab]\b/g, (name) => name.toUpperCase()).replaceAll(/([AB]) (?=\S)/g, '$1, ');
