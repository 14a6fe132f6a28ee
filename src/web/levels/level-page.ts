import type { Change } from '../../timeline/step-words.js';
import type { LevelSummary } from '../../timeline/stepped-run.js';
import { fill, h } from '../dom.js';
import type { ViewContext } from '../view.js';
import { CodePanel } from './code-panel.js';
import { FilePanel } from './file-panel.js';
import { addressOf, describeLevel, levelStrip } from './level-links.js';
import { LevelPlayer, type Played } from './level-player.js';
import { loadProgress, storeResult } from './level-progress.js';
import { isExplained, OutcomePanel, phaseOf } from './outcome-panel.js';
import { ProcessCard } from './process-card.js';

const text = {
  startOver: 'Start over',
  giveUp: 'Give up',
  next: 'Next level',
  all: 'All levels',
  history: 'What happened',
  noHistory: 'Nothing yet: let A or B make its first step.',
  how: 'Press a button, or its key, and that process makes its next step.',
  ready: 'A and B are ready.',
  reached: 'The goal is reached.',
};

/** The processes of every level, and the keys that let them make a step. */
const processes = [
  { name: 'A', keys: ['a', '1'] },
  { name: 'B', keys: ['b', '2'] },
];

/** Plays one level. */
export class LevelPage {
  readonly #context: ViewContext;
  readonly #levels: readonly LevelSummary[];
  readonly #level: LevelSummary;
  readonly #player: LevelPlayer;
  readonly #cards = processes.map(({ name, keys }) => ({
    name,
    keys,
    card: new ProcessCard(name, (action) => void this.#player.act(name, action)),
  }));
  readonly #file = new FilePanel();
  readonly #code = new CodePanel();
  readonly #outcome = new OutcomePanel();
  readonly #stage = h('div', { class: 'level-stage' });
  readonly #details = h('div', { class: 'level-details' });
  readonly #history = h('ol', { class: 'history' });
  readonly #strip = h('div');
  readonly #startOver = h(
    'button',
    { type: 'button', click: () => void this.#player.start() },
    text.startOver,
  );
  readonly #giveUp = h(
    'button',
    { type: 'button', class: 'quiet', click: () => void this.#player.giveUp() },
    text.giveUp,
  );
  readonly #next: HTMLAnchorElement;
  #phase: ReturnType<typeof phaseOf> | undefined;
  #shownHistory: readonly Change[] | undefined;
  #announced = '';

  constructor(
    context: ViewContext,
    header: HTMLElement,
    levels: readonly LevelSummary[],
    level: LevelSummary,
  ) {
    this.#context = context;
    this.#levels = levels;
    this.#level = level;
    const next = levels[levels.indexOf(level) + 1];
    this.#next = h(
      'a',
      { class: 'button', href: next === undefined ? '#levels' : addressOf(next) },
      next === undefined ? text.all : text.next,
    );
    this.#player = new LevelPlayer(level, (played, changes) => this.#show(played, changes));
    this.#drawHeading(header);
    this.#draw();
    document.addEventListener('keydown', this.#onKey);
    addEventListener('pagehide', this.#onLeave);
    addEventListener('pageshow', this.#onReturn);
    void this.#player.start();
  }

  /** Ends the run. */
  close(): void {
    document.removeEventListener('keydown', this.#onKey);
    removeEventListener('pagehide', this.#onLeave);
    removeEventListener('pageshow', this.#onReturn);
    this.#player.close();
  }

  #drawHeading(header: HTMLElement): void {
    const { goal, title, store, lockMode } = this.#level;
    fill(header.querySelector('h1') as Element, `${describeLevel(this.#level)}: ${title}`);
    fill(
      header.querySelector('.lead') as Element,
      h('span', { class: 'goal' }, goal),
      ' ',
      h('span', { class: 'note' }, `${text.how} (${store} store, lock mode ${lockMode}.)`),
    );
  }

  #draw(): void {
    const [a, b] = this.#cards.map(({ card }) => card.element);
    if (a !== undefined && b !== undefined) this.#stage.append(a, this.#file.element, b);
    this.#details.append(
      this.#code.element,
      h('section', { 'aria-label': text.history }, h('h2', {}, text.history), this.#history),
    );
    this.#context.root.append(
      this.#stage,
      this.#outcome.element,
      h('div', { class: 'actions' }, this.#next, this.#startOver, this.#giveUp),
      this.#details,
      this.#strip,
    );
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const { key, target, repeat } = event;
    const isModified = event.ctrlKey || event.metaKey || event.altKey;
    const isTyping =
      target instanceof Element && target.closest('input, select, textarea') !== null;
    const pressed = this.#cards.find(({ keys }) => keys.includes(key.toLowerCase()));
    if (pressed === undefined || isModified || isTyping || repeat) return;
    event.preventDefault();
    pressed.card.press();
  };

  /** A run whose page is gone has no player, and another page may want to start one. */
  readonly #onLeave = (): void => this.#player.close();

  readonly #onReturn = ({ persisted }: PageTransitionEvent): void => {
    if (persisted) void this.#player.start();
  };

  #show(played: Played, changes: readonly Change[]): void {
    const { status, isStepping, history, gone } = played;
    const phase = phaseOf(played);
    const isFree = !isStepping && gone === undefined && status?.state === 'running';
    const hasLock = this.#level.lockMode !== 'off';
    for (const { name, card } of this.#cards) {
      const process = status?.processes.find((each) => each.name === name);
      card.show(process, { actions: status?.actions ?? [], hasLock, isFree });
    }
    this.#file.show(status, isStepping);
    this.#code.show(status);
    this.#outcome.show(played);
    this.#showHistory(history);
    const neverStarted = phase === 'gone' && status === undefined;
    this.#stage.hidden = neverStarted;
    this.#details.hidden = neverStarted;
    this.#stage.ariaBusy = String(isStepping || phase === 'starting');
    this.#announce(played, changes, phase);
    if (phase !== this.#phase) this.#enter(phase, played);
  }

  /** Which buttons there are depends on the phase; one that goes must not take the focus with it. */
  #enter(phase: ReturnType<typeof phaseOf>, played: Played): void {
    this.#phase = phase;
    const hadFocus = document.activeElement === this.#giveUp;
    const isDone = phase === 'won' || phase === 'gaveUp';
    this.#giveUp.hidden = phase !== 'playing' && phase !== 'over';
    this.#next.hidden = !isDone;
    this.#startOver.classList.toggle('quiet', phase !== 'gone' && phase !== 'over');
    if (hadFocus && this.#giveUp.hidden) this.#outcome.element.focus({ preventScroll: true });
    if (phase === 'won') storeResult(this.#level, 'won');
    else if (isExplained(played)) storeResult(this.#level, 'explained');
    if (isDone) this.#outcome.element.scrollIntoView({ block: 'nearest' });
    const isInStrip = this.#strip.contains(document.activeElement);
    const focused = isInStrip && document.activeElement?.getAttribute('href');
    fill(this.#strip, levelStrip(this.#levels, this.#level, loadProgress()));
    const links = [...this.#strip.querySelectorAll('a')];
    if (isInStrip) links.find((link) => link.getAttribute('href') === focused)?.focus();
  }

  #showHistory(history: readonly Change[]): void {
    if (history === this.#shownHistory) return;
    this.#shownHistory = history;
    fill(
      this.#history,
      history.length === 0 && h('li', { class: 'note' }, text.noHistory),
      ...history.map(({ subject, did }) =>
        processes.some(({ name }) => name === subject)
          ? h(
              'li',
              {},
              h('span', { class: 'process-name', 'data-process': subject }, subject),
              ` ${did}`,
            )
          : h('li', { class: 'of-file' }, h('code', {}, subject), ` ${did}`),
      ),
    );
  }

  /** Says what happened, once: a look at a run that has not changed says nothing. */
  #announce(played: Played, changes: readonly Change[], phase: string): void {
    const { gone, problem, status } = played;
    const entered = phase === this.#phase ? '' : phase;
    const said = [
      entered === 'playing' && text.ready,
      ...changes.map(
        ({ subject, did, next }) => `${subject} ${did}${next === undefined ? '' : `, ${next}`}.`,
      ),
      entered === 'won' && text.reached,
      (entered === 'won' || entered === 'gaveUp') && status?.lesson,
      gone,
      problem,
    ];
    const line = said.filter(Boolean).join(' ');
    if (line !== '' && line !== this.#announced) this.#context.announce(line);
    if (changes.length > 0 || line !== '') this.#announced = line;
  }
}
