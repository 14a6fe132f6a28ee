import { statusOf } from '../booking/export-orders.js';
import { eventOf } from '../booking/inventory.js';
import type { Order } from '../booking/outcomes.js';
import { includesSerial } from '../booking/serial-ranges.js';
import type { AppContext } from './app-context.js';
import type { OrderDetails } from './schemas.js';
import type { TicketCodes } from './ticket-codes.js';

/** An order as its buyer was answered, and what became of its tickets since. */
export async function describeOrder(
  order: Order,
  { store }: Pick<AppContext, 'store'>,
  codes: TicketCodes | undefined,
): Promise<OrderDetails> {
  const { eventId } = order;
  const { state } = await store.search();
  const admitted = eventOf(state, eventId)?.admitted ?? [];
  const describeTicket = async (serial: number) => {
    const wasAdmitted = includesSerial(admitted, serial);
    const ticket = wasAdmitted ? await store.findTicket(eventId, serial) : undefined;
    return {
      serial,
      ...(codes && { code: codes.codeOf({ eventId, serial }) }),
      ...(ticket?.admission && { admittedAt: ticket.admission.at }),
    };
  };
  return {
    ...order,
    serials: [...order.serials],
    status: statusOf(order, state),
    tickets: await Promise.all(order.serials.map(describeTicket)),
  };
}
