/** An order that was placed in this browser. */
export interface StoredOrder {
  /** Missing while it is unknown whether the order was sold. */
  readonly orderId?: string;
  readonly eventId: string;
  readonly eventName: string;
  readonly customer: string;
  readonly quantity: number;
  readonly serials: readonly number[];
  /** The idempotency key: with it an unknown order can be repeated, and is sold only once. */
  readonly key?: string;
  readonly at: string;
}

const STORAGE_KEY = 'turnstile.orders';
const ORDERS_MAX = 50;

/** The stored orders, newest first; none if the storage is blocked or unreadable. */
export function loadOrders(): readonly StoredOrder[] {
  try {
    const orders: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '[]');
    return Array.isArray(orders) ? (orders as StoredOrder[]) : [];
  } catch {
    return [];
  }
}

/** Stores an order. It replaces an order with the same idempotency key, which is the same one. */
export function storeOrder(order: StoredOrder): void {
  const others = loadOrders().filter(({ key }) => key === undefined || key !== order.key);
  write([order, ...others].slice(0, ORDERS_MAX));
}

export function removeOrder(order: StoredOrder): void {
  write(loadOrders().filter(({ at, orderId }) => at !== order.at || orderId !== order.orderId));
}

function write(orders: readonly StoredOrder[]): void {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(orders));
  } catch {
    // Without storage the answer is still shown, but not remembered.
  }
}

/** A random idempotency key. (Browsers offer `randomUUID` only over https.) */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
