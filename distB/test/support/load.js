import { Agent, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Recorder } from '../../src/verdict/recorder.js';
/** Longest wait for an answer. The office gives up first, and says so. */
const ANSWER_MS = 8_000;
/** Buys that were offered by the clock and have no answer; more, and this process would be what breaks. */
const OFFERS_OPEN_MAX = 10_000;
/** Buyers who buy one ticket after the other, each over a connection of their own, until told to stop. */
export class Load {
    answers = [];
    recorder;
    #keyed;
    #buysPerConnection;
    #agent = new Agent({ keepAlive: true });
    #url;
    #eventId;
    #buyers;
    #stopped = false;
    constructor(url, eventId, buyers, { keyed = false, buysPerConnection = 20, perSecond, recorder = new Recorder(), } = {}) {
        this.#url = url;
        this.#eventId = eventId;
        this.recorder = recorder;
        this.#keyed = keyed;
        this.#buysPerConnection = buysPerConnection;
        this.#buyers = Array.from({ length: buyers }, (_, index) => this.#keepBuying(`buyer ${index}`));
        if (perSecond !== undefined)
            this.#buyers.push(this.#keepOffering(perSecond));
    }
    get sold() {
        return this.answers.filter(({ status }) => status === 201);
    }
    /** What was asked and answered, as the verdict over histories takes it. */
    get history() {
        return this.recorder.history();
    }
    /** Resolves when every buyer has an answer to the last buy. */
    async stop() {
        this.#stopped = true;
        await Promise.all(this.#buyers);
        this.#agent.destroy();
    }
    async #keepBuying(customer) {
        let key;
        for (let buys = 1; !this.#stopped; buys++) {
            if (this.#keyed)
                key ??= `${customer}, ${buys}`;
            const last = buys % this.#buysPerConnection === 0;
            const answer = await this.#buy(customer, key, last ? { connection: 'close' } : {});
            this.answers.push(answer);
            if (answer.status === 201 || answer.status === 409)
                key = undefined;
            // A refused connection is refused at once: without a pause this would be a busy loop.
            if (answer.status !== 201)
                await sleep(10);
        }
    }
    async #keepOffering(perSecond) {
        const beganAt = performance.now();
        const open = new Set();
        for (let offered = 0; !this.#stopped; await sleep(5)) {
            const due = ((performance.now() - beganAt) / 1000) * perSecond;
            for (; offered < due && open.size < OFFERS_OPEN_MAX; offered++) {
                const buying = this.#buy(`offer ${offered}`, undefined, {}).then((answer) => {
                    this.answers.push(answer);
                    open.delete(buying);
                });
                open.add(buying);
            }
        }
        await Promise.all(open);
    }
    #buy(customer, key, more) {
        const eventId = this.#eventId;
        const headers = {
            'content-type': 'application/json',
            ...more,
            ...(key === undefined ? {} : { 'idempotency-key': key }),
        };
        const question = { kind: 'buy', eventId, customer, quantity: 1 };
        const answered = this.recorder.sending(key === undefined ? question : { ...question, key });
        const sentAt = performance.now();
        return new Promise((resolve) => {
            const unknown = ({ message: why }) => resolve({ status: 0, why, sentAt, at: performance.now() });
            const asking = request(new URL('/buy', this.#url), { method: 'POST', agent: this.#agent, headers }, (response) => {
                const { statusCode: status = 0, headers: told } = response;
                json(response).then((body) => {
                    answered({ ...body, status });
                    const retryAfter = told['retry-after'];
                    const answer = { status, retryAfter, sentAt, at: performance.now() };
                    resolve(status === 201 ? { ...body, ...answer } : answer);
                }, unknown);
            });
            asking.setTimeout(ANSWER_MS, () => asking.destroy(new Error('no answer in time')));
            asking.on('error', unknown);
            asking.end(JSON.stringify({ eventId, customer }));
        });
    }
}
//# sourceMappingURL=load.js.map