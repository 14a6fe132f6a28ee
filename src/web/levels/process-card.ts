import type { SteppedAction, SteppedProcess } from '../../timeline/stepped-run.js';
import { fill, h } from '../dom.js';

const text = {
  starting: 'starting …',
  stepping: 'making its step …',
  stopped: 'stopped',
  killed: 'killed',
  done: 'has ended',
  nothing: 'nothing yet',
  holdsNothing: 'no lock',
  isTaken: 'it is taken',
  waitsForItself: 'it holds that lock itself',
  signals: { stop: 'Stop', continue: 'Continue', kill: 'Kill' },
};

/** What each step does, whatever the store is. */
const meanings: Readonly<Record<string, string>> = {
  lock: 'requests the lock',
  read: 'reads what the file says now',
  decide: 'decides on what it read',
  write: 'writes what it decided',
  check: 'reads its line back: does it count?',
  tell: 'answers its client',
  unlock: 'releases the lock',
  sell: 'does all of it: reads, decides, writes, tells',
};

/** What the big button of a process says, and whether the process can make a step. */
export function describeStep(process: SteppedProcess | undefined): {
  readonly label: string;
  readonly canStep: boolean;
} {
  const { state, next = '', waitingFor = '' } = process ?? {};
  switch (state) {
    case 'held':
      return { label: next, canStep: true };
    case 'waiting':
      return { label: `waits for ${waitingFor}`, canStep: false };
    case 'running':
      return { label: text.stepping, canStep: false };
    case undefined:
      return { label: text.starting, canStep: false };
    default:
      return { label: text[state], canStep: false };
  }
}

function meaningOf({ next = '', waitingFor, holds = [] }: Partial<SteppedProcess>): string {
  if (waitingFor === undefined) return meanings[next.split(' ')[0] ?? ''] ?? '';
  return holds.includes(waitingFor) ? text.waitsForItself : text.isTaken;
}

/** One process of a level: the button for its next step, what it believes, and what it holds. */
export class ProcessCard {
  readonly element: HTMLElement;
  readonly #name: string;
  readonly #label = h('span', { class: 'next' }, text.starting);
  readonly #step: HTMLButtonElement;
  readonly #pid = h('span', { class: 'pid' });
  readonly #meaning = h('p', { class: 'meaning' });
  readonly #facts = h('dl', { class: 'process-facts' });
  readonly #pause: HTMLButtonElement;
  readonly #kill: HTMLButtonElement;
  readonly #signals: HTMLElement;
  #process: SteppedProcess | undefined;

  constructor(name: string, onAct: (action: SteppedAction) => void) {
    this.#name = name;
    const button = (attributes: object, act: () => void) =>
      h('button', {
        type: 'button',
        ...attributes,
        click: ({ currentTarget }) => {
          if ((currentTarget as Element).ariaDisabled !== 'true') act();
        },
      });
    this.#step = button({ class: 'step', 'aria-describedby': `meaning-${name}` }, () =>
      onAct('step'),
    );
    this.#step.append(h('kbd', {}, name), ' ', this.#label);
    this.#meaning.id = `meaning-${name}`;
    this.#pause = button({ class: 'quiet' }, () =>
      onAct(this.#process?.state === 'stopped' ? 'continue' : 'stop'),
    );
    this.#kill = button({ class: 'quiet danger' }, () => onAct('kill'));
    this.#signals = h('div', { class: 'signals' }, this.#pause, this.#kill);
    this.element = h(
      'section',
      { class: 'process', 'data-process': name, 'aria-label': `Process ${name}` },
      h('h2', {}, h('span', { class: 'process-name' }, name), this.#pid),
      this.#step,
      this.#meaning,
      this.#facts,
      this.#signals,
    );
  }

  /** Lets the process make its next step if it can, like a click on its button. */
  press(): void {
    this.#step.click();
  }

  /** @param isFree whether the run can make a step now */
  show(
    process: SteppedProcess | undefined,
    { actions, hasLock, isFree }: { actions: readonly string[]; hasLock: boolean; isFree: boolean },
  ): void {
    this.#process = process;
    const { label, canStep } = describeStep(process);
    this.element.dataset.state = process?.state ?? 'starting';
    fill(this.#label, label);
    setEnabled(this.#step, canStep && isFree);
    fill(this.#pid, process && `process ${process.pid}`);
    fill(this.#meaning, meaningOf(process ?? {}));
    this.#showFacts(process, hasLock);
    this.#showSignals(process, actions, isFree);
  }

  #showFacts(process: SteppedProcess | undefined, hasLock: boolean): void {
    const { believes = text.nothing, holds = [], locks } = process ?? {};
    const held = holds.length === 0 ? text.holdsNothing : holds.join(' and ');
    fill(
      this.#facts,
      fact('believes', believes),
      hasLock && fact('holds', held),
      locks !== undefined && fact('locks', locks.join(', then ')),
    );
    this.element.classList.toggle('holding', holds.length > 0);
  }

  #showSignals(
    process: SteppedProcess | undefined,
    actions: readonly string[],
    isFree: boolean,
  ): void {
    const { state } = process ?? {};
    const isAlive = state !== undefined && state !== 'killed' && state !== 'done';
    const { stop, continue: resume, kill } = text.signals;
    this.#signals.hidden = !actions.includes('stop') && !actions.includes('kill');
    this.#pause.hidden = !actions.includes('stop');
    this.#kill.hidden = !actions.includes('kill');
    fill(this.#pause, `${state === 'stopped' ? resume : stop} ${this.#name}`);
    fill(this.#kill, `${kill} ${this.#name}`);
    setEnabled(this.#pause, isAlive && isFree);
    setEnabled(this.#kill, isAlive && isFree);
  }
}

const fact = (name: string, value: string) =>
  h('div', {}, h('dt', {}, name), ' ', h('dd', {}, value));

/** A button that cannot be used keeps the focus, which a disabled one loses. */
function setEnabled(button: HTMLButtonElement, isEnabled: boolean): void {
  button.ariaDisabled = String(!isEnabled);
}
