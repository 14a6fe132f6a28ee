import pg from 'pg';
import type { Buy } from '../../src/booking/commands.js';
import type { Order } from '../../src/booking/outcomes.js';
import { notSold, orderOf, type Peer } from './peer.js';

/** Connections of each worker: as many as it has buyers at the usual load. */
const CONNECTIONS_MAX = 32;

const update = {
  name: 'buy',
  text: `
    update turnstile.inventory set remaining = remaining - $2, seq = seq + 1
    where event = $1 and remaining >= $2
    returning remaining, seq`,
};

/** One conditional statement per buy. It stores no orders and no serials, which makes it faster. */
export const postgresStatement: Peer = {
  name: 'postgres, a statement per buy',
  about: `one conditional UPDATE, prepared, ${CONNECTIONS_MAX} connections a worker; no order is stored`,
  durable: true,
  database: 'postgres',
  settings: { STORE: 'postgres', LOCK_MODE: 'off' },

  async open(connectionString) {
    const options = '-c synchronous_commit=on';
    const pool = new pg.Pool({ connectionString, max: CONNECTIONS_MAX, options });
    let numbers: Promise<ReadonlyMap<string, number>> | undefined;
    const readNumbers = async () => {
      const text = 'select id, number from turnstile.events';
      const { rows } = await pool.query<{ id: string; number: number }>(text);
      return new Map(rows.map(({ id, number }) => [id, number]));
    };
    const sell = async (buy: Buy): Promise<Order> => {
      numbers ??= readNumbers(); // the server has made the tables by the first buy
      const values = [(await numbers).get(buy.eventId), buy.quantity];
      const { rows } = await pool.query<{ remaining: number; seq: number }>({ ...update, values });
      const [row] = rows;
      if (row === undefined) throw notSold(buy.eventId);
      const { remaining, seq } = row;
      return orderOf({ ...buy, orderId: `0-${seq}`, first: seq, remaining, version: seq });
    };
    return (buys) => Promise.all(buys.map(sell));
  },
};
