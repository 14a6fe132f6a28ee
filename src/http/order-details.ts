import { statusOf } from '../booking/export-orders.js';
import { eventOf } from '../booking/inventory.js';
import type { Order } from '../booking/outcomes.js';
import { includesSerial } from '../booking/serial-ranges.js';
import type { AppContext } from './app-context.js';
import type { OrderDetails } from './schemas.js';
import type { TicketCodes } from './ticket-codes.js';

/** An order that was just sold: its tickets are valid, and none of them was used. */
export const describeNewOrder = (order: Order, codes: TicketCodes | undefined): OrderDetails => ({
  ...order,
  serials: [...order.serials],
  status: 'valid',
  tickets: order.serials.map((serial) => describeTicket(order.eventId, serial, codes)),
});

/** An order as its buyer was answered, and what became of its tickets since. */
export async function describeOrder(
  order: Order,
  { store }: Pick<AppContext, 'store'>,
  codes: TicketCodes | undefined,
): Promise<OrderDetails> {
  const { eventId } = order;
  const { state } = await store.search();
  const admitted = eventOf(state, eventId)?.admitted ?? [];
  const withAdmission = async (serial: number) => {
    const wasAdmitted = includesSerial(admitted, serial);
    const ticket = wasAdmitted ? await store.findTicket(eventId, serial) : undefined;
    return {
      ...describeTicket(eventId, serial, codes),
      ...(ticket?.admission && { admittedAt: ticket.admission.at }),
    };
  };
  return {
    ...order,
    serials: [...order.serials],
    status: statusOf(order, state),
    tickets: await Promise.all(order.serials.map(withAdmission)),
  };
}

const describeTicket = (eventId: string, serial: number, codes: TicketCodes | undefined) => ({
  serial,
  ...(codes && { code: codes.codeOf({ eventId, serial }) }),
});
