import { fill, h } from './dom.js';
import { formatCountdown } from './format.js';
import { serverNow } from './server-clock.js';

/** Screen readers hear of the time once, when this much of it is left. */
const WARNING_MS = 60_000;

const text = {
  held: 'Held for you: ',
  warning: 'One minute is left.',
};

/**
 * Shows how long tickets are held.
 *
 * @param expiresAt in ISO 8601, by the server's clock
 * @returns its element, and a function that ends it
 */
export function countdown(
  expiresAt: string,
  onOver: () => void,
): { readonly element: HTMLElement; stop(): void } {
  const left = () => Date.parse(expiresAt) - serverNow();
  const time = h('strong', { role: 'timer', 'aria-live': 'off' });
  const warning = h('span', { class: 'announcer', role: 'status' });
  const element = h('p', { class: 'countdown' }, text.held, time, warning);
  let isWarned = left() <= WARNING_MS;
  const show = () => {
    fill(time, formatCountdown(left()));
    element.classList.toggle('urgent', left() <= WARNING_MS);
    if (!isWarned && left() <= WARNING_MS) {
      isWarned = true;
      fill(warning, text.warning);
    }
    if (left() > 0) return;
    clearInterval(timer);
    onOver();
  };
  const timer = setInterval(show, 250);
  show();
  return { element, stop: () => clearInterval(timer) };
}
