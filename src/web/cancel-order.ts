import { fetchJson, HttpError, type OrderDetails, post } from './api.js';
import { fill, h } from './dom.js';
import { formatClock } from './format.js';

const text = {
  cancel: 'Cancel order',
  question: 'Cancel this order? Its tickets go back on sale, and you lose them.',
  keep: 'Keep it',
  confirm: 'Yes, cancel it',
  unknown: 'No answer arrived. Try again: an order is cancelled only once.',
};

/** A button that cancels an order after one question. */
export function cancelControl(options: {
  readonly orderId: string;
  readonly eventName: string;
  readonly onCancelled: (order: OrderDetails) => void;
}): HTMLElement {
  const { orderId, eventName, onCancelled } = options;
  const element = h('span', { class: 'cancel' });
  const answer = h('span', { class: 'cancel-answer', role: 'status' });

  const showButton = () => {
    const button = h(
      'button',
      {
        type: 'button',
        class: 'quiet danger',
        'aria-label': `${text.cancel} for ${eventName}`,
        click: ask,
      },
      text.cancel,
    );
    fill(element, button, answer);
    return button;
  };
  const ask = () => {
    const keep = h(
      'button',
      { type: 'button', class: 'quiet', click: () => showButton().focus() },
      text.keep,
    );
    const confirm = h('button', { type: 'button', class: 'danger', click: cancel }, text.confirm);
    fill(answer);
    fill(
      element,
      h(
        'span',
        { class: 'question', role: 'group', 'aria-label': text.question },
        h('span', {}, text.question),
        keep,
        confirm,
      ),
      answer,
    );
    keep.focus(); // Enter that is pressed twice keeps the tickets
  };
  const cancel = async (event: Event) => {
    (event.currentTarget as HTMLButtonElement).disabled = true;
    try {
      const path = `/orders/${encodeURIComponent(orderId)}/cancel`;
      const order = await fetchJson<OrderDetails>(path, post());
      fill(element);
      onCancelled(order);
    } catch (error) {
      showButton().focus();
      fill(answer, describeRefusal(error));
    }
  };
  showButton();
  return element;
}

function describeRefusal(error: unknown): string {
  if (!(error instanceof HttpError)) return text.unknown;
  const { kind, serial, admittedAt, door } = error.problem;
  if (kind !== 'already-admitted') return `${error.message}.`;
  const when = admittedAt === undefined ? '' : ` at ${formatClock(admittedAt)}`;
  const where = door === undefined ? '' : `, ${door}`;
  return `Ticket ${serial} was used${when}${where}: the order cannot be cancelled any more.`;
}
