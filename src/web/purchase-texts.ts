import { number } from '../timeline/format.js';
import { formatSerials } from './format.js';
import type { Refusal } from './purchase-requests.js';
import { describeSale as describeSaleWindow } from './sale-window.js';
import { serverNow } from './server-clock.js';

/** What the dialog says. */
export const text = {
  name: 'Your name',
  noName: 'Please enter your name: the door will ask for it.',
  quantity: 'Number of tickets',
  total: 'Total',
  tickets: 'Tickets',
  forName: 'Name',
  resume: 'Continue',
  back: 'Back',
  buy: 'Buy now',
  close: 'Close',
  done: 'Done',
  buyMore: 'Buy more',
  retry: 'Try again',
  holding: 'One moment …',
  buying: 'Buying …',
  review: 'Your order',
  notHeld: 'No answer arrived. Nothing was sold to you; it is safe to try again.',
  expired:
    'The time is over, and the tickets are on sale again. Nothing was sold to you. Do you want to start again?',
  busy: 'Too many people buy at this moment. Nothing was sold to you: try again.',
  unknown: 'Unknown. No answer arrived, so the tickets may or may not have been sold to you.',
  unknownWithKey: 'It is safe to ask again: your order has a key, and a key is sold only once.',
  unknownWithoutKey:
    'This office does not remember keys. Buying again may sell you twice as many; ask the organizer.',
  detailsLater: 'The tickets could not be loaded. They are in My orders.',
};

/** The button that repeats an order with an unknown result. */
export const askAgain = 'Ask again';

/** A completed sale in a sentence. */
export const describeSale = (serials: readonly number[]): string =>
  serials.length === 1
    ? `Sold. Ticket number ${number(serials[0] ?? 0)} is yours.`
    : `Sold. Tickets number ${formatSerials(serials[0] ?? 0, serials.at(-1) ?? 0)} are yours.`;

/** Why nothing was sold, in a sentence. */
export function describeRefusal(refusal: Refusal, wanted: number): string {
  switch (refusal.kind) {
    case 'soldOut': {
      const { remaining } = refusal;
      return remaining === 0
        ? 'Sold out. Nothing was sold to you.'
        : `You asked for ${number(wanted)}, but only ${number(remaining)} ${remaining === 1 ? 'is' : 'are'} left. Nothing was sold to you.`;
    }
    case 'notOnSale':
      return `${describeSaleWindow(refusal, serverNow())} Nothing was sold to you.`.trim();
    case 'expired':
      return text.expired;
    case 'busy':
      return text.busy;
    case 'refused':
      return `Refused: ${refusal.title}.`;
    case 'noKeys':
      return text.unknownWithoutKey;
  }
}
