import { randomBytes } from 'node:crypto';
export const newSecret = () => randomBytes(12).toString('base64url');
/** The order of a sale. Each sale is a commit, so its number is the version, too. */
export const orderOf = ({ number, secret, first, ...sale }) => ({
    ...sale,
    kind: 'sold',
    orderId: idOf(number, secret),
    serials: Array.from({ length: sale.quantity }, (_, ticket) => first + ticket),
    version: number,
});
export const idOf = (number, secret) => `${number.toString(36)}-${secret}`;
/** The number in an order's id; 0 of what is none. */
export const numberIn = (orderId) => parseInt(/^([0-9a-z]{1,10})-/.exec(orderId)?.[1] ?? '', 36) || 0;
export function countOrder(tally, { orderId, version, eventId, serials }) {
    tally.add({ commit: orderId, version, eventId, serials });
}
//# sourceMappingURL=order.js.map