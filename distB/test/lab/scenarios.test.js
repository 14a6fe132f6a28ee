import { describe, expect, test } from 'vitest';
import { scenarios } from '../../src/lab/scenarios.js';
import { broken, nearlyAll, plansOf, RUNS, runOften } from './runs.js';
/** What every run of a plan must come to: what the scenario says of it. */
function expectAsSaid(plan, runs) {
    if (plan.expect === 'broken')
        expect(broken(runs)).toBeGreaterThanOrEqual(nearlyAll(runs));
    else {
        const rulings = runs.map(({ verdict }) => `${verdict.ruling}: ${verdict.because}`);
        expect(rulings.filter((each) => !each.startsWith('holds'))).toEqual([]);
        expect(runs).toHaveLength(RUNS);
    }
    for (const { verdict, story, lostUpdate } of runs) {
        expect(story.length).toBeGreaterThan(0);
        expect(lostUpdate !== undefined).toBe(verdict.ruling === 'broken');
    }
}
/** Runs a scenario to both its ends, and answers the figures of each. */
async function playOut(name) {
    const figures = [];
    for (const plan of plansOf(name)) {
        const runs = await runOften(plan);
        expectAsSaid(plan, runs);
        figures.push(runs.map((run) => run.figures));
    }
    return figures;
}
const inNearlyAll = (figures, isSo) => {
    expect(figures.filter(isSo).length).toBeGreaterThanOrEqual(nearlyAll(figures));
};
/** Of what is seen by chance, and proves nothing: whether anybody was in anybody's way. */
const inMost = (figures, isSo) => {
    expect(figures.filter(isSo).length).toBeGreaterThan(figures.length / 2);
};
describe('a scenario teaches', { timeout: 120_000 }, () => {
    test('three-tickets: more than three are told "sold", and with a lock exactly three', async () => {
        const [off, lock] = (await playOut('three-tickets'));
        inNearlyAll(off, ({ toldSold }) => toldSold > 3);
        expect(new Set(lock.map(({ toldSold }) => toldSold))).toEqual(new Set([3]));
    });
    test('hundred-minus-ten: the file says more than ninety, and with a lock ninety', async () => {
        const [off, lock] = (await playOut('hundred-minus-ten'));
        inNearlyAll(off, ({ left, toldSold }) => left > 90 && toldSold === 10);
        expect(new Set(lock.map(({ left }) => left))).toEqual(new Set([90]));
    });
    test('memory-is-not-shared: one mutex is enough for one worker, and not for two', async () => {
        await playOut('memory-is-not-shared');
    });
    test('buyer-or-crowd: both are right, and a crowd takes a fraction of the turns', async () => {
        const [one, crowd] = (await playOut('buyer-or-crowd'));
        const fewest = Math.min(...one.map(({ turns }) => turns));
        expect(fewest).toBeGreaterThanOrEqual(60);
        expect(Math.max(...crowd.map(({ turns }) => turns))).toBeLessThan(fewest / 2);
    });
    test('overtaken-while-polling: both are right, and who polls is overtaken', async () => {
        const [polling] = (await playOut('overtaken-while-polling'));
        inMost(polling, ({ overtakings }) => overtakings > 0);
    });
    test('ledger-without-a-lock: lines are written in vain, and all is right', async () => {
        const [off] = (await playOut('ledger-without-a-lock'));
        inMost(off, ({ skipped }) => skipped > 0);
        expect(off.filter(({ duplicates }) => duplicates > 0)).toEqual([]);
    });
});
test('every scenario has a test of what it teaches', () => {
    expect(scenarios.map(({ name }) => name).sort()).toEqual([
        'buyer-or-crowd',
        'holder-killed', // in disturbed.test.ts
        'hundred-minus-ten',
        'lease-stolen', // in disturbed.test.ts
        'ledger-without-a-lock',
        'memory-is-not-shared',
        'overtaken-while-polling',
        'three-tickets',
    ]);
});
//# sourceMappingURL=scenarios.test.js.map