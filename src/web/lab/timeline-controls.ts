import type { HighlightedPair } from '../../timeline/highlighted-pair.js';
import { h } from '../dom.js';

export const ZOOM_FACTOR = 1.6;

const text = {
  controls: 'Timeline display',
  even: 'Even spacing',
  true: 'True scale',
  pair: 'Just this race',
  all: 'The whole run',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  fit: 'Show all',
  first: { lostUpdate: 'First error', handover: 'First handover' },
  previous: 'Previous read or write',
  next: 'Next read or write',
  help: 'Keyboard shortcuts',
};

/** What the buttons and the keys of a timeline do. */
export interface TimelineActions {
  readonly showBatches: (batches: 'pair' | 'all') => void;
  readonly setSpacing: (spacing: 'even' | 'true') => void;
  readonly zoomIn: () => void;
  readonly zoomOut: () => void;
  readonly fit: () => void;
  readonly previous: () => void;
  readonly next: () => void;
  readonly toFirst: () => void;
  readonly help: () => void;
}

/** The buttons above a timeline. */
export interface TimelineControls {
  readonly element: HTMLElement;
  /** Marks the buttons of what is shown as pressed. */
  readonly setPressed: (...names: readonly string[]) => void;
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
  const element = h(
    'div',
    { class: 'controls', role: 'group', 'aria-label': text.controls },
    pair &&
      segments(
        toggle('pair', text.pair, () => actions.showBatches('pair')),
        toggle('all', text.all, () => actions.showBatches('all')),
      ),
    segments(
      toggle('even', text.even, () => actions.setSpacing('even')),
      toggle('true', text.true, () => actions.setSpacing('true')),
    ),
    segments(
      button(text.zoomOut, '−', actions.zoomOut, '−'),
      button(text.zoomIn, '+', actions.zoomIn, '+'),
      button(text.fit, text.fit, actions.fit, '0'),
    ),
    pair &&
      segments(
        button(text.previous, '[', actions.previous, '['),
        button(text.next, ']', actions.next, ']'),
      ),
    pair && button(text.first[pair.kind], text.first[pair.kind], actions.toFirst, 'f'),
    button(text.help, '?', actions.help, '?'),
  );
  return {
    element,
    setPressed(...names) {
      for (const [name, each] of toggles) {
        each.setAttribute('aria-pressed', String(names.includes(name)));
      }
    },
  };
}
