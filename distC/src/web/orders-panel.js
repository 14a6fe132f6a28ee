import { buy, get, RefusedError } from './api.js';
import { fill, h } from './dom.js';
import { forget, keep, keptOrders } from './orders.js';
import { words } from './words.js';
const text = words.orders;
/** What was bought in this browser. */
export function ordersPanel(say) {
    const list = h('ul', { class: 'orders' });
    const element = h('section', { class: 'my-orders', 'aria-labelledby': 'my-orders' }, h('h2', { id: 'my-orders' }, text.title), h('p', { class: 'note' }, text.lead), list);
    const show = () => {
        const orders = keptOrders();
        if (orders.length === 0)
            fill(list, h('li', { class: 'none' }, text.none));
        else
            fill(list, ...orders.map(item));
    };
    const item = (order) => {
        const answer = h('span', { class: 'confirmed', role: 'status' });
        return h('li', {}, h('span', { class: 'order-event' }, order.eventName), h('span', { class: 'order-tickets' }, order.orderId === undefined ? text.unknown : text.tickets(order.serials)), answer, (order.orderId !== undefined || order.key !== undefined) &&
            h('button', {
                type: 'button',
                class: 'quiet',
                'aria-label': text.checkOf(order.eventName),
                click: () => void check(order, answer),
            }, order.orderId === undefined ? words.purchase.askAgain : text.check), h('button', {
            type: 'button',
            class: 'quiet',
            'aria-label': text.forgetOf(order.eventName),
            click: () => {
                forget(order);
                show();
                say(text.forgotten);
            },
        }, text.forget));
    };
    const check = async (order, answer) => {
        if (order.orderId === undefined)
            return settle(order);
        try {
            await get(`/orders/${encodeURIComponent(order.orderId)}`);
            fill(answer, text.confirmed);
        }
        catch (error) {
            const missing = error instanceof RefusedError && error.status === 404;
            fill(answer, missing ? text.missing : words.trouble(error.message));
        }
    };
    /** The same key again: either it was sold then, or it is sold now, and once in both cases. */
    const settle = async (order) => {
        const { eventId, customer, quantity, key } = order;
        const bought = await buy({ eventId, customer, quantity }, key);
        if (bought.kind === 'sold') {
            const { orderId, serials } = bought.sale;
            keep({ ...order, orderId, serials });
            say(words.purchase.sold(serials));
        }
        else if (bought.kind === 'soldOut') {
            forget(order);
            say(words.purchase.soldOut(quantity, bought.remaining));
        }
        show();
    };
    show();
    return { element, show };
}
