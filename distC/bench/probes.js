import { subscribe } from 'node:diagnostics_channel';
import { monitorEventLoopDelay } from 'node:perf_hooks';
export const delayPath = '/bench/delay';
export const constantPath = '/bench/constant';
/** How often it is looked at. What was late is later than this. */
const LOOK_MS = 1;
const PERCENTILE = 99.9;
/**
 * Gives the office of this process two routes that no office has: one that tells how long its event
 * loop was held up, and one that answers what `/search` answered first, prepared once, from the same
 * server, with the same headers, and 304 as `/search` does.
 */
export function installProbes() {
    subscribe('fastify.initialization', (message) => {
        const { fastify } = message;
        fastify.register(async (app) => {
            delayRoute(app);
            constantRoute(app);
        });
    });
}
function delayRoute(app) {
    const delay = monitorEventLoopDelay({ resolution: LOOK_MS });
    delay.enable();
    app.get(delayPath, async () => {
        const ms = delay.count === 0 ? 0 : delay.percentile(PERCENTILE) / 1e6 - LOOK_MS;
        delay.reset();
        return { worker: process.pid, ms: Math.max(0, ms) };
    });
}
function constantRoute(app) {
    let answer;
    const askOnce = async () => {
        const { headers, body } = await app.inject('/search');
        return { etag: String(headers.etag), type: String(headers['content-type']), body };
    };
    app.get(constantPath, async (request, reply) => {
        answer ??= askOnce();
        const { etag, type, body } = await answer;
        reply.header('ETag', etag).header('Cache-Control', 'no-cache');
        if (request.headers['if-none-match'] === etag)
            return reply.code(304).send();
        return reply.type(type).send(body);
    });
}
//# sourceMappingURL=probes.js.map