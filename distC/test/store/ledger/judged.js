import { loadLedger } from '../../../src/store/ledger/load.js';
import { OrderIds } from '../../../src/store/ledger/order-id.js';
import { still } from './memory-disk.js';
async function witnessOf(bytes) {
    const { genesis, fold, lines } = await loadLedger(still(bytes));
    const ids = new OrderIds('secret', genesis.ledger);
    const orders = new Map();
    const left = {};
    for (const [id, { remaining }] of Object.entries(genesis.events))
        left[id] = remaining;
    const moments = new Map([[0, [{ ...left }]]]);
    await lines.readOn((line, offset) => {
        const counted = fold.take(line, offset);
        if (counted === undefined)
            return;
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
export const ordersIn = async (bytes) => (await witnessOf(bytes)).orders.size;
function orderOf(op, orderId, version) {
    const { event: eventId, customer, quantity, first, left: remaining, key } = op;
    const serials = Array.from({ length: quantity }, (_, ticket) => first + ticket);
    const order = {
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
export async function faultsIn(bytes, answered, { all = true } = {}) {
    const { orders, moments } = await witnessOf(bytes);
    const faults = [];
    const told = new Set();
    for (const each of answered) {
        for (const [index, answer] of each.told.entries()) {
            const buy = each.buys[index];
            if (buy === undefined)
                faults.push('an answer without a question');
            else if (answer.kind === 'sold') {
                told.add(answer.orderId);
                faults.push(...faultsOfSale(answer, buy, orders));
            }
            else if (!isTrueRefusal(answer, moments))
                faults.push(`untrue: ${JSON.stringify(answer)}`);
        }
    }
    const keys = [...orders.values()].flatMap(({ key }) => (key === undefined ? [] : [key]));
    if (new Set(keys).size < keys.length)
        faults.push(`a key sold twice: ${keys}`);
    const serials = [...orders.values()].flatMap(({ eventId, serials }) => serials.map((serial) => `${eventId} ${serial}`));
    if (new Set(serials).size < serials.length)
        faults.push(`a ticket sold twice: ${serials}`);
    if (all && told.size < orders.size)
        faults.push(`${orders.size} sold, ${told.size} told`);
    return faults;
}
function faultsOfSale(answer, { eventId, quantity, key }, orders) {
    const order = orders.get(answer.orderId);
    if (order === undefined)
        return [`told of what is not in the ledger: ${JSON.stringify(answer)}`];
    const { key: soldWith, ...found } = order;
    const same = JSON.stringify(sorted(found)) === JSON.stringify(sorted(answer));
    const fits = found.eventId === eventId && found.quantity === quantity && soldWith === key;
    return same && fits ? [] : [`told ${JSON.stringify(answer)}, sold ${JSON.stringify(order)}`];
}
const sorted = (order) => Object.entries(order).sort(([one], [other]) => (one < other ? -1 : 1));
function isTrueRefusal(answer, moments) {
    const passed = moments.get(answer.version);
    if (passed === undefined)
        return false;
    if (answer.kind !== 'soldOut')
        return true;
    const { eventId, remaining, requested } = answer;
    return requested > remaining && passed.some((left) => left[eventId] === remaining);
}
//# sourceMappingURL=judged.js.map