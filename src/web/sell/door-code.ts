import { type DoorCode, HttpError } from '../api.js';
import { fill, h } from '../dom.js';
import { serverNow } from '../server-clock.js';
import { operatorJson } from './operator.js';

const text = {
  title: 'Pair a door',
  lead: 'On the phone at the door, open Door and type this code.',
  noKey: 'This office has no key for the codes of doors and tickets.',
  unreachable: 'No connection. Trying again …',
};

const TICK_MS = 1_000;

/**
 * Shows the code that pairs a door, and how long it is valid.
 *
 * @returns its element, and a function that ends it
 */
export function doorCodePanel(): { readonly element: HTMLElement; stop(): void } {
  // No live region: it changes every 20 seconds, and no reader wants to hear that.
  const code = h('p', { class: 'door-code' });
  const left = h('p', { class: 'note' });
  const element = h(
    'section',
    { 'aria-labelledby': 'door-code-title' },
    h('h2', { id: 'door-code-title' }, text.title),
    h('p', { class: 'note' }, text.lead),
    code,
    left,
  );
  let current: DoorCode | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;
  const tick = async () => {
    let mayRetry = true;
    if (current === undefined || Date.parse(current.expiresAt) <= serverNow()) {
      try {
        current = await operatorJson<DoorCode>('/doors/code');
        fill(code, current.code.replace(/(\d{4})(?=\d)/g, '$1 '));
      } catch (error) {
        current = undefined;
        fill(code);
        mayRetry = !(error instanceof HttpError && error.status < 500);
        fill(left, mayRetry ? text.unreachable : text.noKey);
      }
    }
    if (current !== undefined) {
      const seconds = Math.max(0, Math.ceil((Date.parse(current.expiresAt) - serverNow()) / 1000));
      fill(left, `A new code in ${seconds} s`);
    }
    if (!isStopped && mayRetry) timer = setTimeout(() => void tick(), TICK_MS);
  };
  void tick();
  return {
    element,
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
