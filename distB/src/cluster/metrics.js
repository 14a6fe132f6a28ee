import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Histogram, Registry, } from 'prom-client';
/** What one worker counts. It hangs on the steps, and nothing in a sale knows of it. */
export class Metrics {
    #registry = new Registry();
    /** Turns that are under way: when each wanted the lock, and when it got it. */
    #turns = new Map();
    #lockWaits = 0;
    #sales = 0;
    #lockWait = new Histogram({
        name: 'turnstile_lock_wait_seconds',
        help: 'From wanting the lock to holding it',
        buckets: [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10],
        registers: [this.#registry],
    });
    #lockHeld = new Histogram({
        name: 'turnstile_lock_held_seconds',
        help: 'From holding the lock to letting it go',
        buckets: [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
        registers: [this.#registry],
    });
    #batch = new Histogram({
        name: 'turnstile_batch_buys',
        help: 'Buys answered by one lock turn',
        buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
        registers: [this.#registry],
    });
    #buys = new Counter({
        name: 'turnstile_buys_total',
        help: 'Buys by what became of them',
        labelNames: ['outcome'],
        registers: [this.#registry],
    });
    /** @param unanswered how many buys wait in this worker */
    constructor(unanswered) {
        collectDefaultMetrics({ register: this.#registry });
        new Gauge({
            name: 'turnstile_buys_waiting',
            help: 'Buys without an answer',
            registers: [this.#registry],
            collect() {
                this.set(unanswered());
            },
        });
    }
    /** Orders sold by this worker. */
    get sales() {
        return this.#sales;
    }
    /** Times that this worker had to wait for the lock. */
    get lockWaits() {
        return this.#lockWaits;
    }
    observe = (step) => {
        const turn = this.#turns.get(step.turn);
        switch (step.name) {
            case 'lockWanted':
                this.#turns.set(step.turn, { wanted: step.at, held: step.at });
                break;
            case 'lockHeld':
                if (turn !== undefined)
                    this.#held(turn, step);
                break;
            case 'lockRejected':
                this.#turns.delete(step.turn);
                break;
            case 'lockReleased':
                if (turn !== undefined)
                    this.#lockHeld.observe((step.at - turn.held) / 1000);
                this.#turns.delete(step.turn);
                break;
            case 'answered':
                this.#answered(step.told ?? []);
                break;
            case 'refused':
                this.#buys.inc({ outcome: step.fault ?? 'unknown' }, step.buys);
                break;
        }
    };
    /** This worker's metrics, to be summed by the primary. */
    report() {
        return this.#registry.getMetricsAsJSON();
    }
    #answered(told) {
        this.#batch.observe(told.length);
        // Counted per turn, not per buy: to find a counter by its label takes as long as to sell.
        const outcomes = new Map();
        for (const { kind } of told)
            outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1);
        for (const [outcome, buys] of outcomes)
            this.#buys.inc({ outcome }, buys);
        this.#sales += outcomes.get('sold') ?? 0;
    }
    #held(turn, step) {
        turn.held = step.at;
        const waitedMs = step.at - turn.wanted;
        this.#lockWait.observe(waitedMs / 1000);
        if (waitedMs > WAITED_MS)
            this.#lockWaits++;
    }
}
/** A lock granted within this time was free. */
const WAITED_MS = 1;
/** Sums what the workers report into Prometheus' text format. */
export function sumMetrics(reports) {
    return AggregatorRegistry.aggregate([...reports]).metrics();
}
//# sourceMappingURL=metrics.js.map