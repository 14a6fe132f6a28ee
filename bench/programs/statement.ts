import pg from 'pg';
import { dependencies, type Queue } from '../../src/app/dependencies.js';
import { start } from '../../src/app/start.js';
import { Fault } from '../../src/booking/faults.js';
import type { Buy, BuyResult } from '../../src/booking/outcomes.js';
import { readSettings } from '../../src/settings.js';

/** Connections of each worker to the database: as many as buyers come to it at once. */
const CONNECTIONS_MAX = 32;

/** What most people would write: the database counts down, and says no when there are too few. */
const statement = {
  name: 'buy',
  text: `
    update turnstile.inventory set remaining = remaining - $2, seq = seq + 1
    where event = $1 and remaining >= $2
    returning remaining, seq`,
};

/**
 * Sells every buy with one conditional statement, a transaction of its own, and no queue. It keeps
 * no orders and no serials, which makes it faster than an office may be.
 */
class StatementQueue implements Queue {
  readonly draining = false;
  /** The numbers of events by their ids, asked for once. */
  #numbers: Promise<ReadonlyMap<string, number>> | undefined;
  readonly #pool = new pg.Pool({
    connectionString: readSettings().DATABASE_URL,
    max: CONNECTIONS_MAX,
    options: '-c synchronous_commit=on',
  });
  #unanswered = 0;

  get unanswered(): number {
    return this.#unanswered;
  }

  async buy(buy: Buy): Promise<BuyResult> {
    this.#unanswered++;
    try {
      const { eventId, quantity } = buy;
      this.#numbers ??= this.#askNumbers();
      const event = (await this.#numbers).get(eventId);
      const { rows } = await this.#pool.query<{ remaining: number; seq: number }>({
        ...statement,
        values: [event, quantity],
      });
      const [row] = rows;
      if (row === undefined) throw new Fault('STORAGE', 'sold out, or unknown');
      const serials = Array.from({ length: quantity }, (_, ticket) => row.seq + ticket);
      const { remaining, seq: version } = row;
      return { ...buy, kind: 'sold', orderId: `0-${row.seq}`, serials, remaining, version };
    } finally {
      this.#unanswered--;
    }
  }

  async #askNumbers(): Promise<ReadonlyMap<string, number>> {
    const text = 'select id, number from turnstile.events';
    const { rows } = await this.#pool.query<{ id: string; number: number }>(text);
    return new Map(rows.map(({ id, number }) => [id, number]));
  }

  async drain(): Promise<boolean> {
    await this.#pool.end();
    return true;
  }
}

await start({ ...dependencies, newQueue: () => new StatementQueue() });
