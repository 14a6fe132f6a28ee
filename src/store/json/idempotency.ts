import type { Command } from '../../booking/commands.js';
import { hasKey } from '../../booking/idempotency.js';
import type { Result } from '../../booking/outcomes.js';
import type { Sale, Store } from '../../booking/store.js';
import { hashOfRequest, type ReceiptIndex } from './receipt-index.js';
import { type ReceiptLine, toOrder } from './receipt-lines.js';
import type { Receipts } from './receipts.js';

/**
 * Wraps `sell` so that nothing is done twice that has an idempotency key: it looks for the key in the
 * receipts, and only what is not there reaches the store. The caller holds the lock.
 */
export function withIdempotencyKeys(
  sell: Store['sell'],
  index: ReceiptIndex,
  receipts: Pick<Receipts, 'lineAt' | 'sync'>,
): Store['sell'] {
  async function findEarlier(command: Command): Promise<Result | undefined> {
    if (!hasKey(command)) return undefined;
    const found = index.key(command.key);
    if (found === undefined) return undefined;
    const line = await receipts.lineAt(found.offset);
    if (line === undefined) throw new Error(`no receipt at byte ${found.offset}`);
    if (found.request === hashOfRequest(command)) return toResult(line);
    return { kind: 'keyReused', version: line.version };
  }

  return async (commands) => {
    if (!commands.some(hasKey)) return sell(commands);
    await index.follow();
    const earlier = await Promise.all(commands.map(findEarlier));
    const rest = commands.filter((_, each) => earlier[each] === undefined);
    const sale: Sale =
      rest.length === 0 ? { results: [], durable: Promise.resolve() } : await sell(rest);
    const made = sale.results.values();
    return {
      results: earlier.map((result) => result ?? (made.next().value as Result)),
      // What was found may have been appended by another process that has not synced it yet.
      durable: rest.length === commands.length ? sale.durable : both(sale.durable, receipts.sync()),
    };
  };
}

async function both(...durable: Promise<void>[]): Promise<void> {
  await Promise.all(durable);
}

/** The result that a line records. */
function toResult(line: ReceiptLine): Result {
  if (line.kind === 'sold') return toOrder(line);
  const { commit: _c, at: _a, pid: _p, ...withKey } = line;
  const { key: _k, ...result } = { key: undefined, ...withKey };
  return (line.kind === 'admitted' ? { ...result, at: line.at } : result) as Result;
}
