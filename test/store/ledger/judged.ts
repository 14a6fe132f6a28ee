import type { Buy, BuyResult, Order } from '../../../src/booking/outcomes.js';
import type { Op } from '../../../src/store/ledger/ledger-line.js';
import { loadLedger } from '../../../src/store/ledger/load.js';
import { OrderIds } from '../../../src/store/ledger/order-ids.js';
import { still } from './memory-disk.js';

/** A batch that was sold, and what its buyers were told. */
export interface Answered {
  readonly buys: readonly Buy[];
  readonly results: readonly BuyResult[];
}

/** What a ledger says of itself: all orders by id, and what was left of each event at each moment. */
interface ReferenceLog {
  readonly orders: ReadonlyMap<string, Order & { readonly key?: string }>;
  /** By version, what was left of each event before the first of its sales and after each of them. */
  readonly moments: ReadonlyMap<number, readonly Readonly<Record<string, number>>[]>;
}

async function referenceOf(bytes: Buffer): Promise<ReferenceLog> {
  const { genesis, fold, lines } = await loadLedger(still(bytes));
  const ids = new OrderIds('secret', genesis.ledger);
  const orders = new Map<string, Order & { readonly key?: string }>();
  const left: Record<string, number> = {};
  for (const [id, { remaining }] of Object.entries(genesis.events)) left[id] = remaining;
  const moments = new Map([[0, [{ ...left }]]]);
  await lines.readNewLines((line, offset) => {
    const counted = fold.take(line, offset);
    if (counted === undefined) return;
    const { seq, ops } = counted.commit;
    const passed = [{ ...left }];
    for (const [index, op] of ops.entries()) {
      left[op.event] = op.left;
      passed.push({ ...left });
      const orderId = ids.make({ offset, index }, counted.commit);
      orders.set(orderId, orderOf(op, orderId, seq));
    }
    moments.set(seq, passed);
  });
  return { orders, moments };
}

/** How many orders a ledger says there are. */
export const ordersIn = async (bytes: Buffer): Promise<number> =>
  (await referenceOf(bytes)).orders.size;

function orderOf(op: Op, orderId: string, version: number): Order & { readonly key?: string } {
  const { event: eventId, customer, quantity, first, left: remaining, key } = op;
  const serials = Array.from({ length: quantity }, (_, ticket) => first + ticket);
  const order: Order = {
    kind: 'sold',
    orderId,
    eventId,
    customer,
    quantity,
    serials,
    remaining,
    version,
  };
  return key === undefined ? order : { ...order, key };
}

/**
 * Holds what buyers were told against the ledger, and answers all that does not fit.
 *
 * @param all whether nobody is missing: then every sale in the ledger was told to somebody
 */
export async function faultsIn(
  bytes: Buffer,
  answered: readonly Answered[],
  { all = true } = {},
): Promise<string[]> {
  const { orders, moments } = await referenceOf(bytes);
  const faults: string[] = [];
  const results = new Set<string>();
  for (const each of answered) {
    for (const [index, answer] of each.results.entries()) {
      const buy = each.buys[index];
      if (buy === undefined) faults.push('an answer without a question');
      else if (answer.kind === 'sold') {
        results.add(answer.orderId);
        faults.push(...faultsOfSale(answer, buy, orders));
      } else if (!isTrueRefusal(answer, moments)) faults.push(`untrue: ${JSON.stringify(answer)}`);
    }
  }
  const keys = [...orders.values()].flatMap(({ key }) => (key === undefined ? [] : [key]));
  if (new Set(keys).size < keys.length) faults.push(`a key sold twice: ${keys}`);
  const serials = [...orders.values()].flatMap(({ eventId, serials }) =>
    serials.map((serial) => `${eventId} ${serial}`),
  );
  if (new Set(serials).size < serials.length) faults.push(`a ticket sold twice: ${serials}`);
  if (all && results.size < orders.size) faults.push(`${orders.size} sold, ${results.size} told`);
  return faults;
}

function faultsOfSale(
  answer: Order,
  { eventId, quantity, key }: Buy,
  orders: ReferenceLog['orders'],
) {
  const order = orders.get(answer.orderId);
  if (order === undefined) return [`told of what is not in the ledger: ${JSON.stringify(answer)}`];
  const { key: soldWith, ...found } = order;
  const same = JSON.stringify(sorted(found)) === JSON.stringify(sorted(answer));
  const fits = found.eventId === eventId && found.quantity === quantity && soldWith === key;
  return same && fits ? [] : [`told ${JSON.stringify(answer)}, sold ${JSON.stringify(order)}`];
}

const sorted = (order: Order) =>
  Object.entries(order).sort(([one], [other]) => (one < other ? -1 : 1));

function isTrueRefusal(
  answer: Exclude<BuyResult, Order>,
  moments: ReferenceLog['moments'],
): boolean {
  const passed = moments.get(answer.version);
  if (passed === undefined) return false;
  if (answer.kind !== 'soldOut') return true;
  const { eventId, remaining, requested } = answer;
  return requested > remaining && passed.some((left) => left[eventId] === remaining);
}
