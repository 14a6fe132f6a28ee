import { ERASED } from '../../booking/outcomes.js';
import type { Erased, EraseOptions } from '../driver.js';
import { withDatabase } from './connect.js';
import { parseOrderId } from './order-ids.js';
import type { Session } from './session.js';

const isErased = JSON.stringify(ERASED);

/**
 * Erases names from orders and from holds. Servers may sell meanwhile: no sale reads the name of another
 * one, and a hold that is confirmed later is sold without the name.
 */
export function erase(address: string, { orders, dryRun, waitMs }: EraseOptions): Promise<Erased> {
  const found = conditionOf(orders);
  if (found === undefined) return Promise.resolve({ orders: 0, unerasable: 0 });
  return withDatabase(address, waitMs, async (session) => {
    // A value of its own for what is written: an erased name is not erased again.
    const where = `where ${found.text} and customer::text <> $1`;
    const values = [isErased, ...found.values];
    if (dryRun) {
      const text = `select count(*)::integer as orders from turnstile.orders ${where}`;
      const [row] = await session.rows<{ orders: number }>(text, values);
      return { orders: row?.orders ?? 0, unerasable: 0 };
    }
    // The holds first: the one of an order is found by the order.
    await erased(session, 'holds', `where ${found.ofHolds} and customer::text <> $1`, values);
    return { orders: await erased(session, 'orders', where, values), unerasable: 0 };
  });
}

async function erased(
  session: Session,
  table: 'orders' | 'holds',
  where: string,
  values: readonly unknown[],
): Promise<number> {
  const text = `update turnstile.${table} set customer = $1::text::json ${where}`;
  const count = await session.write({ text, values });
  // Without it, the rows with the name stay in the table's file for some time.
  if (count > 0) await session.run(`vacuum turnstile.${table}`);
  return count;
}

function conditionOf(orders: EraseOptions['orders']) {
  if ('customer' in orders) {
    const text = 'customer::text = $2';
    return { text, ofHolds: text, values: [JSON.stringify(orders.customer)] };
  }
  const key = parseOrderId(orders.orderId);
  if (key === undefined) return undefined;
  const text = 'event = $2 and first = $3 and token = $4';
  return {
    text,
    ofHolds: `id in (select hold_id from turnstile.orders where ${text})`,
    values: [key.event, key.first, key.token],
  };
}
