import { childPerBuy } from './child.js';
import { lowdb } from './lowdb.js';
import { redisAlways, redisNever } from './redis.js';
import { sqlitePerBuy, sqliteQueued } from './sqlite.js';
/** What the office is compared with, beside the statement per buy: one file each. */
export const peers = [
    sqlitePerBuy,
    sqliteQueued,
    redisAlways,
    redisNever,
    lowdb,
    childPerBuy,
];
/** The row of a peer: the same office, with another store in the place of the json store. */
export const rowOfPeer = ({ name, about, durable, kind, settings, server, ...rest }) => ({
    name,
    about,
    durable,
    program: 'bench/programs/peer.js',
    args: [name],
    settings: { STORE: 'json', ...settings },
    evidence: kind.history,
    ...(server === undefined ? {} : { server }),
    ...(rest.package === undefined ? {} : { package: rest.package }),
    optional: true,
    mustHold: true,
});
//# sourceMappingURL=registry.js.map