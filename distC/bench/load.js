import { createHistogram } from 'node:perf_hooks';
import autocannon from 'autocannon';
/** One ticket for every buyer: of each of these events in turn, or of one that has enough for all. */
export const buysOf = (eventIds = ['world-stream']) => ({
    method: 'POST',
    path: '/buy',
    headers: { 'content-type': 'application/json' },
    bodies: eventIds.map((eventId) => JSON.stringify({ eventId, customer: 'bench', quantity: 1 })),
    status: 201,
});
/** Answers in each second of the measured time. */
export const perSecond = ({ answered, seconds }) => answered / seconds;
/** How often autocannon looks whether it should stop. */
const SAMPLE_MS = 50;
/** Longest wait for an answer. The office gives up first, and says so. */
const ANSWER_SECONDS_MAX = 15;
/** So many failures, and the office is gone: no use to go on knocking. */
const FAILED_MAX = 1_000;
/**
 * Asks from every connection again and again, each as soon as the question before is answered.
 *
 * The answers are counted here and not taken from autocannon's summary: it counts in whole
 * milliseconds, has no lead-in on the same connections, and stretches a run to its next sample.
 */
export function load(options) {
    const { url, connections, leadInMs, measuredMs, ask = buysOf() } = options;
    const latency = createHistogram();
    const served = new Set();
    let answered = 0;
    let refused = 0;
    let openedAt;
    let closedAt;
    return new Promise((resolve, reject) => {
        const open = setTimeout(() => {
            openedAt = performance.now();
        }, leadInMs);
        const close = setTimeout(() => {
            closedAt = performance.now();
            instance.stop();
        }, leadInMs + measuredMs);
        const instance = autocannon({
            url: new URL(ask.path, url).href,
            method: ask.method,
            ...(ask.headers === undefined ? {} : { headers: ask.headers }),
            ...(ask.bodies === undefined ? {} : { requests: ask.bodies.map((body) => ({ body })) }),
            connections,
            duration: Math.ceil((leadInMs + measuredMs) / 1000) + 1, // the timer above comes first
            timeout: ANSWER_SECONDS_MAX,
            bailout: FAILED_MAX,
            sampleInt: SAMPLE_MS,
        }, (error, result) => {
            clearTimeout(open);
            clearTimeout(close);
            if (error) {
                reject(error);
                return;
            }
            const now = performance.now();
            const seconds = ((closedAt ?? now) - (openedAt ?? now)) / 1000;
            const starved = connections - served.size;
            resolve({ answered, seconds, latency, refused, failed: result.errors, starved });
        });
        instance.on('response', (client, status, _bytes, ms) => {
            if (status !== ask.status)
                refused++;
            if (openedAt === undefined || closedAt !== undefined)
                return;
            served.add(client);
            if (status !== ask.status)
                return;
            answered++;
            latency.record(Math.max(1, Math.round(ms * 1000)));
        });
    });
}
//# sourceMappingURL=load.js.map