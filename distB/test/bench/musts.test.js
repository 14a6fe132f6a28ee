import { describe, expect, it } from 'vitest';
import { judgeMusts } from '../../bench/musts.js';
/** A row with one run for each of these. */
const row = (series, at, rounds) => ({
    series,
    at,
    connections: 64,
    workers: 2,
    mustHold: false,
    rounds: rounds.map((figures) => ({ perSecond: 1, p99Ms: 1, workerMb: 1, ...figures })),
    perSecond: { median: 0, min: 0, max: 0 },
    latencyMs: {},
    refused: 0,
    failed: 0,
    starved: 0,
});
const group = (name, rows, syncMs = []) => ({
    ...{ name, axis: 'connections', rows, notRun: [], comparisons: [], syncMs },
    others: { median: 0, min: 0, max: 0 },
});
const speeds = (...perSecond) => perSecond.map((each) => ({ perSecond: each }));
function judged(groups, what) {
    const found = judgeMusts(groups).filter((must) => must.what.match(what));
    expect(found).toHaveLength(1);
    return found[0];
}
const ofCeiling = /ledger kernel, 64 connections, of the ceiling$/;
const kernelAgainst = (kernel, ceiling) => [
    group('rungs', [row('ledger kernel', 64, kernel), row('ceiling', 64, ceiling)]),
];
describe('a must', () => {
    it('is held against the median of the rounds’ ratios', () => {
        // The machine slows down for both: no round is below 0.9, and the medians would say 0.53.
        const kernel = speeds(9_000, 4_500, 4_600, 4_700, 9_900);
        const ceiling = speeds(10_000, 5_000, 5_100, 5_200, 11_000);
        const must = judged(kernelAgainst(kernel, ceiling), ofCeiling);
        expect(must?.held).toBe(true);
        expect(must?.measured?.median).toBeCloseTo(0.9);
    });
    it('is missed by a median below it', () => {
        const kernel = speeds(849, 849, 849, 990, 990);
        const must = judged(kernelAgainst(kernel, speeds(1000, 1000, 1000, 1000, 1000)), ofCeiling);
        expect(must).toMatchObject({ held: false, must: 0.85, measured: { min: 0.849, max: 0.99 } });
    });
    it('is held at the limit itself', () => {
        const kernel = speeds(850, 850, 850, 850, 850);
        const must = judged(kernelAgainst(kernel, speeds(1000, 1000, 1000, 1000, 1000)), ofCeiling);
        expect(must?.held).toBe(true);
    });
    it('may be one that less is better of', () => {
        const delays = (...ms) => ms.map((delayMs) => ({ delayMs }));
        const events = (kernel) => [
            group('events', [
                row('ledger kernel', 10_000, delays(kernel, kernel, kernel, kernel, kernel)),
                row('ceiling', 10, delays(2, 2, 2, 2, 2)),
            ]),
        ];
        const what = /p99.9 event-loop delay.*ledger kernel/;
        expect(judged(events(6), what)?.held).toBe(true);
        expect(judged(events(6.1), what)?.held).toBe(false);
    });
    it('is not judged by less than five rounds, whatever they say', () => {
        const must = judged(kernelAgainst(speeds(1, 1, 1, 1), speeds(9, 9, 9, 9)), ofCeiling);
        expect(must?.measured).toBeDefined();
        expect(must?.held).toBeUndefined();
    });
    it('is not judged where one side was not run', () => {
        const must = judged([group('rungs', [row('ledger kernel', 64, speeds(1, 1, 1, 1, 1))])], ofCeiling);
        expect(must).not.toHaveProperty('measured');
        expect(must?.held).toBeUndefined();
    });
    it('is not judged by a figure that is none', () => {
        const events = group('events', [
            row('ledger kernel', 10_000, speeds(1, 1, 1, 1, 1)),
            row('ceiling', 10, speeds(1, 1, 1, 1, 1)),
        ]);
        expect(judged([events], /p99.9 event-loop delay.*ledger kernel/)?.held).not.toBe(true);
    });
});
it('one connection is compared with a sync and what the ceiling takes', () => {
    const rungs = group('rungs', [
        row('ledger kernel', 1, speeds(1000, 1000, 1000, 1000, 1000)), // 1 ms a buy
        row('ceiling', 1, speeds(2000, 2000, 2000, 2000, 2000)), // 0.5 ms a buy
    ], [0.3, 0.3, 0.3, 0.3, 0.3]);
    const must = judged([rungs], /^one connection/);
    expect(must?.measured?.median).toBeCloseTo(1 / 0.8);
    expect(must?.held).toBe(true);
});
it('the memory of a worker is in megabytes, and no ratio', () => {
    const megabytes = (workerMb) => Array(5).fill({ workerMb });
    const sold = (mb) => [group('sold', [row('ledger file', 1_000_000, megabytes(mb))])];
    const what = /memory of a worker.*ledger file/;
    expect(judged(sold(150), what)).toMatchObject({ held: true, unit: 'MB' });
    expect(judged(sold(151), what)?.held).toBe(false);
});
//# sourceMappingURL=musts.test.js.map