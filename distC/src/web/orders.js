const NAME = 'turnstile.orders';
const KEPT_MAX = 50;
/** The newest first. A browser that keeps nothing, or something else, has none. */
export function keptOrders() {
    try {
        const orders = JSON.parse(localStorage.getItem(NAME) ?? '[]');
        return Array.isArray(orders) ? orders : [];
    }
    catch {
        return [];
    }
}
/** Keeps an order; one with the same key was the same order, and is replaced. */
export function keep(order) {
    const others = keptOrders().filter(({ key }) => key === undefined || key !== order.key);
    write([order, ...others].slice(0, KEPT_MAX));
}
export function forget(order) {
    write(keptOrders().filter(({ at, orderId }) => at !== order.at || orderId !== order.orderId));
}
function write(orders) {
    try {
        localStorage.setItem(NAME, JSON.stringify(orders));
    }
    catch {
        // A browser that keeps nothing shows the answer, and forgets it.
    }
}
/** Random enough to be nobody else's. (`randomUUID` is missing on plain http.) */
export function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
