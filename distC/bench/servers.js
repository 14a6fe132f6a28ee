import { randomBytes } from 'node:crypto';
import { LocalPostgres } from './local-postgres.js';
import { LocalRedis } from './local-redis.js';
import { connect, keysOf } from './peers/redis.js';
import { NotRunError } from './row.js';
/** How a Redis must be set, by the name of the server. */
const redisSettings = {
    'redis, synced': { appendonly: 'yes', appendfsync: 'always' },
    'redis, in memory': { appendonly: 'no' },
};
/** Servers that rows sell from. Each is started when the first row wants it. */
export class Servers {
    #postgres;
    #redis = [];
    /** On servers that are not ours: what must be removed again. */
    #borrowed = [];
    /**
     * The address of an empty place on a server.
     *
     * @throws NotRunError when there is no such server
     */
    async addressOn(server) {
        if (server === 'postgres') {
            this.#postgres ??= await LocalPostgres.create();
            return this.#postgres.createDatabase();
        }
        const given = process.env.REDIS_URL;
        if (given !== undefined && given !== '')
            return this.#borrow(given, redisSettings[server]);
        const started = await LocalRedis.start(redisSettings[server]);
        this.#redis.push(started);
        return `${started.address}#turnstile`;
    }
    /** A server of somebody else: its settings are theirs, and so are all keys but ours. */
    async #borrow(url, wanted) {
        const client = await connect(url);
        try {
            for (const [name, value] of Object.entries(wanted)) {
                const { [name]: is } = await client.configGet(name);
                if (is !== value)
                    throw new NotRunError(`the server at REDIS_URL has ${name} ${is}`);
            }
        }
        finally {
            await client.close();
        }
        const address = `${url}#turnstile-bench-${randomBytes(6).toString('hex')}`;
        this.#borrowed.push(address);
        return address;
    }
    /** Ends them, and removes all that they kept. */
    async dispose() {
        await this.#postgres?.dispose();
        await Promise.all(this.#redis.map((server) => server.stop()));
        for (const address of this.#borrowed) {
            const client = await connect(address);
            await client.del(Object.values(keysOf(address)));
            await client.close();
        }
    }
}
//# sourceMappingURL=servers.js.map