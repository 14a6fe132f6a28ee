/** An order that was made in this browser, or one that may have been. */
export interface KeptOrder {
  /** `undefined` while nobody knows whether it was sold. */
  readonly orderId?: string;
  readonly eventId: string;
  readonly eventName: string;
  readonly customer: string;
  readonly quantity: number;
  readonly serials: readonly number[];
  /** With it an unknown order can be asked for again, and is sold once. */
  readonly key?: string;
  readonly at: string;
}

const NAME = 'turnstile.orders';
const KEPT_MAX = 50;

/** The newest first. A browser that keeps nothing, or something else, has none. */
export function keptOrders(): readonly KeptOrder[] {
  try {
    const orders: unknown = JSON.parse(localStorage.getItem(NAME) ?? '[]');
    return Array.isArray(orders) ? (orders as KeptOrder[]) : [];
  } catch {
    return [];
  }
}

/** Keeps an order; one with the same key was the same order, and is replaced. */
export function keep(order: KeptOrder): void {
  const others = keptOrders().filter(({ key }) => key === undefined || key !== order.key);
  write([order, ...others].slice(0, KEPT_MAX));
}

export function forget(order: KeptOrder): void {
  write(keptOrders().filter(({ at, orderId }) => at !== order.at || orderId !== order.orderId));
}

function write(orders: readonly KeptOrder[]): void {
  try {
    localStorage.setItem(NAME, JSON.stringify(orders));
  } catch {
    // A browser that keeps nothing shows the answer, and forgets it.
  }
}

/** Random enough to be nobody else's. (`randomUUID` is missing on plain http.) */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
