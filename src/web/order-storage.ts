import type { OrderDetails } from './api.js';

/** An order that was placed in this browser. */
export interface StoredOrder {
  /** Of this browser: an order has it before the office gives it an `orderId`. */
  readonly id: string;
  /** Missing while it is unknown whether the order was sold. */
  readonly orderId?: string;
  /** The hold that it confirms: asking again confirms it only once. */
  readonly holdId?: string;
  /** The idempotency key of a buy without a hold: asking again buys only once. */
  readonly key?: string;
  readonly eventId: string;
  readonly eventName: string;
  readonly venue?: string;
  readonly startsAt?: string;
  readonly customer: string;
  readonly quantity: number;
  readonly serials: readonly number[];
  readonly at: string;
}

const STORAGE_KEY = 'turnstile.orders';
const ORDERS_MAX = 50;

/** Tells the views of this window; a `storage` event tells the other windows. */
const changes = new EventTarget();

/** The stored orders, newest first. What is no order (a damaged or foreign entry) is left out. */
export function loadOrders(): readonly StoredOrder[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '[]');
    return Array.isArray(stored) ? stored.flatMap(parseOrder) : [];
  } catch {
    return []; // the storage is blocked or unreadable
  }
}

/** Stores an order. It replaces the one with the same id. */
export function storeOrder(order: StoredOrder): void {
  const others = loadOrders().filter(({ id }) => id !== order.id);
  write([order, ...others].slice(0, ORDERS_MAX));
}

export function removeOrder({ id }: Pick<StoredOrder, 'id'>): void {
  write(loadOrders().filter((order) => order.id !== id));
}

/** An order that the office sold, as it is stored. */
export const asSold = (
  order: StoredOrder,
  { orderId, serials }: Pick<OrderDetails, 'orderId' | 'serials'>,
): StoredOrder => ({ ...order, orderId, serials });

/**
 * Calls `listener` whenever the orders change, in this window or in another one.
 *
 * @returns a function that ends it
 */
export function onOrdersChange(listener: () => void): () => void {
  const onStorage = ({ key }: StorageEvent) => {
    if (key === null || key === STORAGE_KEY) listener(); // null: everything was removed
  };
  changes.addEventListener('change', listener);
  addEventListener('storage', onStorage);
  return () => {
    changes.removeEventListener('change', listener);
    removeEventListener('storage', onStorage);
  };
}

function write(orders: readonly StoredOrder[]): void {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(orders));
  } catch {
    // Without storage the answer is still shown, but not remembered.
  }
  changes.dispatchEvent(new Event('change'));
}

/** The order, or none if a member that is shown or sent has another type. */
function parseOrder(stored: unknown): StoredOrder[] {
  if (typeof stored !== 'object' || stored === null) return [];
  const order = stored as Record<string, unknown>;
  const { orderId, key, serials, quantity, at } = order;
  const isString = (name: string) => typeof order[name] === 'string';
  const isOptional = (name: string) => order[name] === undefined || isString(name);
  const isOrder =
    ['eventId', 'eventName', 'customer', 'at'].every(isString) &&
    ['id', 'orderId', 'holdId', 'key', 'venue', 'startsAt'].every(isOptional) &&
    Number.isSafeInteger(quantity) &&
    Array.isArray(serials) &&
    serials.every((serial) => Number.isSafeInteger(serial));
  if (!isOrder) return [];
  if (typeof order.startsAt === 'string' && Number.isNaN(Date.parse(order.startsAt))) return [];
  // Orders of an older version have no id.
  return [{ ...order, id: order.id ?? key ?? orderId ?? at } as StoredOrder];
}

/** Random, as an idempotency key must be. (Browsers offer `randomUUID` only over https.) */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
