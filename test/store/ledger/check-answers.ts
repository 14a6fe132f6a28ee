import type { Buy } from '../../../src/booking/commands.js';
import type { Order, Result } from '../../../src/booking/outcomes.js';
import { loadLedger } from '../../../src/store/ledger/load.js';
import { isSale, priceOf, type SoldOp } from '../../../src/store/ledger/ops.js';
import { OrderIds } from '../../../src/store/ledger/order-ids.js';
import { staticFile } from './memory-disk.js';

/** A batch, and what its buyers were answered. */
export interface AnsweredBatch {
  readonly buys: readonly Buy[];
  readonly results: readonly Result[];
}

/** What a ledger proves: all orders, and how many tickets remained at every moment. */
interface ReferenceLog {
  readonly orders: ReadonlyMap<string, Order & { readonly key?: string }>;
  /** By version: the remaining tickets of each event, before its first sale and after each of them. */
  readonly remainingAt: ReadonlyMap<number, readonly Readonly<Record<string, number>>[]>;
}

async function readReferenceLog(bytes: Buffer): Promise<ReferenceLog> {
  const { genesis, fold, lines } = await loadLedger(staticFile(bytes));
  const ids = new OrderIds('secret', genesis.ledger);
  const orders = new Map<string, Order & { readonly key?: string }>();
  const current: Record<string, number> = {};
  for (const [id, { remaining }] of Object.entries(genesis.events)) current[id] = remaining;
  const remainingAt = new Map([[0, [{ ...current }]]]);
  await lines.readNewLines((line, offset) => {
    const counted = fold.take(line, offset);
    if (counted === undefined) return;
    const { seq, ops } = counted.commit;
    const during = [{ ...current }];
    for (const [index, op] of ops.entries()) {
      if (!isSale(op)) continue;
      current[op.event] = op.left;
      during.push({ ...current });
      const orderId = ids.make({ offset, index }, counted.commit);
      orders.set(orderId, orderOf(op, orderId, seq));
    }
    remainingAt.set(seq, during);
  });
  return { orders, remainingAt };
}

/** How many orders a ledger holds. */
export const countOrders = async (bytes: Buffer): Promise<number> =>
  (await readReferenceLog(bytes)).orders.size;

function orderOf(op: SoldOp, orderId: string, version: number): Order & { readonly key?: string } {
  const { event: eventId, customer, quantity, first, left: remaining, total, key } = op;
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
    ...(total !== undefined && { total: priceOf(total) }),
  };
  return key === undefined ? order : { ...order, key };
}

/**
 * Compares what buyers were answered with the ledger, and returns every violation.
 *
 * @param all whether `answered` is complete: then every sale in the ledger must have been answered
 */
export async function violationsIn(
  bytes: Buffer,
  answered: readonly AnsweredBatch[],
  { all = true } = {},
): Promise<string[]> {
  const { orders, remainingAt } = await readReferenceLog(bytes);
  const violations: string[] = [];
  const answeredIds = new Set<string>();
  for (const { buys, results } of answered) {
    for (const [index, result] of results.entries()) {
      const buy = buys[index];
      if (buy === undefined) violations.push('a result without a buy');
      else if (result.kind === 'sold') {
        answeredIds.add(result.orderId);
        violations.push(...violationsOfSale(result, buy, orders));
      } else if (!isCorrectRefusal(result, remainingAt)) {
        violations.push(`wrong refusal: ${JSON.stringify(result)}`);
      }
    }
  }
  const keys = [...orders.values()].flatMap(({ key }) => (key === undefined ? [] : [key]));
  if (new Set(keys).size < keys.length) violations.push(`a key sold twice: ${keys}`);
  const serials = [...orders.values()].flatMap(({ eventId, serials }) =>
    serials.map((serial) => `${eventId} ${serial}`),
  );
  if (new Set(serials).size < serials.length) violations.push(`a ticket sold twice: ${serials}`);
  if (all && answeredIds.size < orders.size) {
    violations.push(`${orders.size} sold, ${answeredIds.size} answered`);
  }
  return violations;
}

function violationsOfSale(
  answer: Order,
  { eventId, quantity, key }: Buy,
  orders: ReferenceLog['orders'],
) {
  const order = orders.get(answer.orderId);
  if (order === undefined) return [`answered, but not in the ledger: ${JSON.stringify(answer)}`];
  const { key: soldWith, ...found } = order;
  const same = JSON.stringify(sorted(found)) === JSON.stringify(sorted(answer));
  const fits = found.eventId === eventId && found.quantity === quantity && soldWith === key;
  return same && fits ? [] : [`answered ${JSON.stringify(answer)}, sold ${JSON.stringify(order)}`];
}

const sorted = (order: Order) =>
  Object.entries(order).sort(([one], [other]) => (one < other ? -1 : 1));

function isCorrectRefusal(
  answer: Exclude<Result, Order>,
  remainingAt: ReferenceLog['remainingAt'],
): boolean {
  const during = remainingAt.get(answer.version);
  if (during === undefined) return false;
  if (answer.kind !== 'soldOut') return true;
  const { eventId, remaining, requested } = answer;
  return requested > remaining && during.some((moment) => moment[eventId] === remaining);
}
