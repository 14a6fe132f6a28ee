import { fetchJson, HttpError, type OrderDetails, post } from './api.js';
import { ConfirmButton } from './confirm-button.js';
import { fill, h } from './dom.js';
import { formatClock } from './format.js';

const text = {
  button: 'Cancel order',
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
  const answer = h('span', { class: 'cancel-answer', role: 'status' });
  const label = `${text.button} for ${eventName}`;
  const button = new ConfirmButton({ ...text, label }, () => void cancel());
  const element = h('span', { class: 'cancel' }, button.element, answer);

  const cancel = async () => {
    fill(answer);
    try {
      const path = `/orders/${encodeURIComponent(orderId)}/cancel`;
      const order = await fetchJson<OrderDetails>(path, post());
      fill(element);
      onCancelled(order);
    } catch (error) {
      button.show().focus();
      fill(answer, describeRefusal(error));
    }
  };
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
