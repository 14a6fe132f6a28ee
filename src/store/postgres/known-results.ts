import { type FindByKey, type KeyedRequest, requestOf } from '../../booking/idempotency.js';
import type { Admitted, Held, Order } from '../../booking/outcomes.js';
import { toOrder } from './order-ids.js';
import type { KeyedRow } from './sql/reads.js';

/** The first result of a command with a key. */
export type KnownResult = Order | Held | Admitted;

/** What was done with a key. */
export function toKnownResult(row: KeyedRow, key: string): KnownResult {
  const { event_id: eventId, customer, quantity, remaining, version } = row;
  const at = row.at?.toISOString() ?? '';
  switch (row.kind) {
    case 'sold':
      return toOrder(row);
    case 'held': {
      const total = { amount: row.amount ?? 0, currency: row.currency ?? '' };
      const hold = { eventId, customer, quantity, total, remaining, version, key };
      return { kind: 'held', holdId: row.token, until: at, ...hold };
    }
    case 'admitted':
      return { kind: 'admitted', eventId, serial: row.first, door: customer, at, version, key };
  }
}

/** Looks up the keys of a batch. */
export function findAmong(
  known: ReadonlyMap<string, readonly KnownResult[]>,
): FindByKey<KnownResult> {
  return (key) => {
    const results = known.get(key);
    if (results === undefined) return undefined;
    const found = {
      earlier: results[0] as KnownResult,
      matches(request: KeyedRequest): boolean {
        const asked = requestOf(request);
        const match = results.find((each) => requestOf(toRequest(each)) === asked);
        found.earlier = match ?? found.earlier;
        return match !== undefined;
      },
    };
    return found;
  };
}

/** What was asked for. */
function toRequest(result: KnownResult): KeyedRequest {
  switch (result.kind) {
    case 'sold':
      return { ...result, kind: 'buy' };
    case 'held':
      return { ...result, kind: 'hold' };
    case 'admitted':
      return { ...result, kind: 'admit' };
  }
}
