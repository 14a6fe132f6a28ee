import { Fault } from './faults.js';
import { tellOf } from './steps.js';
/** Faults that are no plain refusal. */
const serious = new Set([
    'STORAGE',
    'SYNC_FAILED',
    'UNREACHABLE',
    'COMMIT_UNKNOWN',
    'DAMAGED',
]);
const now = () => performance.now();
/** How often buys are looked through for those that waited too long, or that a section hangs with. */
const EXPIRY_INTERVAL_MS = 250;
/**
 * The queue in front of a store. While a worker waits for its turn at the lock, the buys that
 * arrive gather here, and one turn sells them all: a lock turn costs the same for 1 and for 256.
 * (Databases call this group commit.) Each buy keeps an outcome of its own.
 */
export class BuyQueue {
    #options;
    #waiting = [];
    /** Batches that a turn has taken and that have no answer yet. */
    #taken = new Set();
    #expiry;
    #unanswered = 0;
    #opening = false;
    #turnsBegun = 0;
    #turnsOpen = 0;
    /** Turns that have not taken their batch yet: no use to open another for the same buys. */
    #turnsWanting = 0;
    #draining = false;
    #idle = [];
    constructor(options) {
        this.#options = options;
        this.#expiry = setInterval(() => this.#giveUpLate(), EXPIRY_INTERVAL_MS).unref();
    }
    /** Buys in here without an answer. */
    get unanswered() {
        return this.#unanswered;
    }
    get draining() {
        return this.#draining;
    }
    /**
     * Queues a buy and answers when its outcome is durable.
     *
     * @throws Fault when there is no outcome; its code says why.
     */
    buy(buy) {
        if (this.#draining)
            return Promise.reject(new Fault('DRAINING', 'the office is closing'));
        if (this.#unanswered >= this.#options.waitingMax) {
            return Promise.reject(new Fault('QUEUE_FULL', `${this.#unanswered} buys wait already`));
        }
        return new Promise((resolve, reject) => {
            const deadline = now() + this.#options.lockTimeoutMs;
            this.#unanswered++;
            this.#waiting.push({ buy, deadline, resolve, reject });
            this.#options.observe({ name: 'queued', turn: 0, at: now(), buys: 1 });
            this.#openSoon();
        });
    }
    /**
     * Takes no more buys, and resolves when all have an answer. After `withinMs` it refuses those that
     * still wait, and gives up on those that are being sold.
     *
     * @returns whether nothing is being sold any more
     */
    async drain(withinMs) {
        this.#draining = true;
        const late = setTimeout(() => this.#giveUp(), withinMs);
        if (this.#unanswered > 0)
            await new Promise((resolve) => this.#idle.push(resolve));
        clearTimeout(late);
        clearInterval(this.#expiry);
        return this.#turnsOpen === 0;
    }
    /**
     * Opens turns once all that has come by now is queued. A lock that is free at once would else be
     * taken for the first of it alone: 4 buys a turn instead of 16, of 64 connections.
     */
    #openSoon() {
        if (this.#opening)
            return;
        this.#opening = true;
        setImmediate(() => {
            this.#opening = false;
            this.#openTurns();
        });
    }
    #openTurns() {
        const { turnsMax, batchMax } = this.#options;
        while (this.#turnsOpen < turnsMax && this.#waiting.length > this.#turnsWanting * batchMax) {
            void this.#turn();
        }
    }
    async #turn() {
        const tell = tellOf(this.#options.observe, ++this.#turnsBegun);
        this.#turnsOpen++;
        this.#turnsWanting++;
        let batch;
        let sale;
        let fault;
        try {
            tell('lockWanted');
            // The batch is taken when the lock is held, not before: whoever came meanwhile comes along.
            sale = await this.#options.inTurn(async () => {
                tell('lockHeld');
                batch = this.#take();
                return batch.length > 0 ? await this.#sell(batch, tell) : undefined;
            }, this.#waiting[0]?.deadline ?? 0);
            tell('lockReleased');
        }
        catch (error) {
            fault = Fault.from(error);
            tell(batch === undefined ? 'lockRejected' : 'lockReleased');
        }
        if (batch === undefined)
            this.#turnsWanting--;
        if (batch === undefined)
            this.#notGranted(fault);
        else if (fault !== undefined)
            this.#refuseTaken(batch, fault);
        if (batch !== undefined && sale !== undefined)
            await this.#answer(batch, sale, tell);
        else if (batch?.length === 0)
            this.#taken.delete(batch);
        this.#turnsOpen--; if(this.#waiting.length>0) this.#openSoon();
    }
    async #sell(batch, tell) {
        const buys = batch.map(({ buy }) => buy);
        const sale = await this.#options.sell(buys, tell);
        // It is awaited after the lock is let go; a sync that fails before then is not "unhandled".
        sale.durable.catch(() => { });
        return sale;
    }
    #take() {
        this.#turnsWanting--;
        this.#expire();
        const batch = this.#waiting.splice(0, this.#options.batchMax);
        this.#taken.add(batch);
        return batch;
    }
    async #answer(batch, { told, durable }, tell) {
        try {
            await durable;
        }
        catch (error) {
            this.#refuseTaken(batch, Fault.from(error));
            return;
        }
        tell('synced');
        if (!this.#taken.delete(batch))
            return; // given up on meanwhile
        batch.forEach(({ resolve }, index) => {
            resolve(told[index]);
        });
        tell('answered', { told });
        this.#settled(batch.length);
    }
    /** The lock was not granted. Whoever waited long enough is told; a lock that fails tells all. */
    #notGranted(fault) {
        if (this.#expire() > 0 || fault === undefined)
            return;
        if (fault.code === 'LOCK_TIMEOUT')
            return;
        this.#refuseAll(fault);
    }
    /** Tells those that waited too long for the lock, and those whose sale hangs: that one may yet be made. */
    #giveUpLate() {
        this.#expire();
        const time = now();
        for (const batch of this.#taken) {
            const late = (batch[0]?.deadline ?? time) + this.#options.sellTimeoutMs < time;
            if (late)
                this.#refuseTaken(batch, new Fault('GIVEN_UP', 'it took too long'));
        }
    }
    /** Refuses the buys that have waited for the lock as long as they may, and says how many. */
    #expire() {
        const time = now();
        const inTime = this.#waiting.findIndex(({ deadline }) => deadline > time);
        const late = this.#waiting.splice(0, inTime === -1 ? this.#waiting.length : inTime);
        if (late.length === 0)
            return 0;
        const { lockTimeoutMs } = this.#options;
        this.#refuse(late, new Fault('LOCK_TIMEOUT', `no lock within ${lockTimeoutMs} ms`));
        return late.length;
    }
    #refuseAll(fault) {
        this.#refuse(this.#waiting.splice(0), fault);
    }
    #giveUp() {
        this.#refuseAll(new Fault('DRAINING', 'closed'));
        for (const batch of this.#taken)
            this.#refuseTaken(batch, new Fault('GIVEN_UP', 'closed'));
    }
    #refuseTaken(batch, fault) {
        if (this.#taken.delete(batch))
            this.#refuse(batch, fault);
    }
    #refuse(batch, fault) {
        if (batch.length === 0)
            return;
        if (serious.has(fault.code))
            this.#options.onFault(fault);
        for (const { reject } of batch)
            reject(fault);
        const { code } = fault;
        this.#options.observe({ name: 'refused', turn: 0, at: now(), buys: batch.length, fault: code });
        this.#settled(batch.length);
    }
    #settled(buys) {
        this.#unanswered -= buys;
        if (this.#unanswered > 0)
            return;
        for (const resolve of this.#idle.splice(0))
            resolve();
    }
}
//# sourceMappingURL=queue.js.map