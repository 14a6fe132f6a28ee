import type { HighlightedPair } from '../../timeline/highlighted-pair.js';
import type { Detail } from '../../timeline/span-kinds.js';
import { h } from '../dom.js';

export const ZOOM_FACTOR = 1.6;

const text = {
  controls: 'Timeline display',
  even: 'Even spacing',
  true: 'True scale',
  pair: 'Just this race',
  all: 'The whole run',
  details: 'Details',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  fit: 'Show all',
  help: 'Keyboard shortcuts',
};

/** What the button says that leads to the pair of a run. */
function describePair({ kind, first, second }: HighlightedPair): string {
  const [one, two] = [first.lane.name, second.lane.name];
  switch (kind) {
    case 'lostUpdate':
      return `Where ${two} erases ${one}'s write`;
    case 'overtaken':
      return `Where ${one} overtakes ${two}`;
    case 'recovery':
      return `Where ${two} takes over`;
    case 'deadlock':
      return `Where ${one} and ${two} wait for each other`;
    case 'handover':
      return `Where ${two} sees ${one}'s write`;
  }
}

/** What the buttons and the keys of a timeline do. */
export interface TimelineActions {
  readonly showBatches: (batches: 'pair' | 'all') => void;
  readonly setSpacing: (spacing: 'even' | 'true') => void;
  readonly toggleDetails: () => void;
  readonly zoomIn: () => void;
  readonly zoomOut: () => void;
  readonly fit: () => void;
  readonly previous: () => void;
  readonly next: () => void;
  readonly toPair: () => void;
  readonly help: () => void;
}

/** What of a timeline is shown. */
export interface TimelineState {
  readonly batches: 'pair' | 'all';
  readonly spacing: 'even' | 'true';
  readonly detail: Detail;
}

/** The buttons above a timeline. */
export interface TimelineControls {
  readonly element: HTMLElement;
  /** Marks the buttons of what is shown as pressed. */
  readonly show: (state: TimelineState) => void;
}

/** @param pair the highlighted pair of the run; without one, its buttons are missing */
export function timelineControls(
  pair: HighlightedPair | undefined,
  actions: TimelineActions,
): TimelineControls {
  const toggles = new Map<string, HTMLButtonElement>();
  const button = (label: string, content: string, act: () => void, key?: string) =>
    h(
      'button',
      {
        type: 'button',
        class: 'quiet',
        'aria-label': label === content ? undefined : label,
        title: key === undefined ? label : `${label}  (${key})`,
        click: act,
      },
      content,
    );
  const toggle = (name: string, label: string, act: () => void) => {
    const element = h('button', { type: 'button', class: 'quiet', click: act }, label);
    toggles.set(name, element);
    return element;
  };
  const segments = (...buttons: readonly HTMLElement[]) =>
    h('span', { class: 'segments' }, ...buttons);
  const details = h(
    'span',
    { class: 'details' },
    segments(
      toggle('even', text.even, () => actions.setSpacing('even')),
      toggle('true', text.true, () => actions.setSpacing('true')),
    ),
    segments(
      button(text.zoomOut, '−', actions.zoomOut, '−'),
      button(text.zoomIn, '+', actions.zoomIn, '+'),
      button(text.fit, text.fit, actions.fit, '0'),
    ),
  );
  const toPair = pair && button(describePair(pair), describePair(pair), actions.toPair, 'f');
  const element = h(
    'div',
    { class: 'controls', role: 'group', 'aria-label': text.controls },
    pair &&
      segments(
        toggle('pair', text.pair, () => actions.showBatches('pair')),
        toggle('all', text.all, () => actions.showBatches('all')),
      ),
    toPair,
    toggle('full', text.details, actions.toggleDetails),
    button(text.help, '?', actions.help, '?'),
    details,
  );
  return {
    element,
    show({ batches, spacing, detail }) {
      const pressed: readonly string[] = [batches, spacing, detail];
      for (const [name, each] of toggles) {
        each.setAttribute('aria-pressed', String(pressed.includes(name)));
      }
      details.hidden = detail === 'simple';
    },
  };
}
