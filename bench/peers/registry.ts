import { childPerBuy } from './child.js';
import { lowdb } from './lowdb.js';
import type { Peer } from './peer.js';
import { postgresStatement } from './postgres.js';
import { redisAlways, redisNever } from './redis.js';
import { sqlitePerBuy, sqliteQueued } from './sqlite.js';

/** Every peer, in the order of the table: one file each. */
export const peers: readonly Peer[] = [
  postgresStatement,
  sqlitePerBuy,
  sqliteQueued,
  redisAlways,
  redisNever,
  lowdb,
  childPerBuy,
];
