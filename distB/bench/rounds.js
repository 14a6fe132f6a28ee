import { orderOf } from './figures.js';
import { buysOf, load } from './load.js';
import { measureSync } from './machine.js';
import { BenchOffice } from './office.js';
import { loadPackage } from './peers/modules.js';
import { lookAtProcessors, shareOfOthers } from './processors.js';
import { NotRunError } from './row.js';
import { Servers } from './servers.js';
const oneTicket = buysOf();
/**
 * Measures every case once in each round. All offices stay open meanwhile: one that was just started
 * is slow for seconds. Only one is under load at a time, and the next waits until it has come to
 * rest; an office at rest does nothing but count its own heartbeats.
 *
 * @param uninstalled why what only the benchmark needs could not be installed, if it could not
 */
export async function measure(group, plan, progress, uninstalled) {
    const { rounds } = plan;
    const plans = officesOf(group);
    const servers = new Servers();
    const opened = new Map();
    const notRun = [];
    const syncMs = [];
    const runsOf = new Map(group.cases.map((each) => [each, []]));
    progress.begin(plans.length + group.cases.length * rounds);
    try {
        for (const each of plans) {
            progress.now(`${group.name}, warm-up: ${each.row.name}`);
            const cases = group.cases.filter(({ office }) => office === each);
            try {
                await refuseWithoutPackage(each.row, uninstalled);
                opened.set(each, await open(each, cases, plan, servers));
            }
            catch (error) {
                if (!(error instanceof NotRunError) && each.row.optional !== true)
                    throw error;
                notRun.push({ name: each.row.name, why: firstLine(error) });
            }
            progress.done();
        }
        const there = group.cases.filter(({ office }) => opened.has(office));
        for (let round = 0; round < rounds; round++) {
            syncMs.push(await measureSync());
            for (const each of orderOf(there, round)) {
                progress.now(`${group.name}, round ${round + 1} of ${rounds}: ${labelOf(each, group)}`);
                const run = await runOnce(each, opened.get(each.office), plan);
                runsOf.get(each)?.push(run);
                progress.done(run);
            }
        }
        const offices = [...opened.values()].map(({ office }) => office);
        await Promise.all(offices.map((office) => office.stop()));
        const verdicts = new Map();
        for (const [each, { office }] of opened)
            verdicts.set(each, await office.verdict());
        const measured = there.map((of) => ({
            of,
            runs: runsOf.get(of) ?? [],
            verdict: verdicts.get(of.office),
        }));
        return { measured, syncMs, notRun };
    }
    finally {
        progress.end();
        const offices = [...opened.values()].map(({ office }) => office);
        await Promise.all(offices.map((office) => office.stop()));
        for (const office of offices)
            office.remove();
        await servers.dispose();
    }
}
/** The offices of a group, each once, in the order in which its cases name them. */
export const officesOf = ({ cases }) => [
    ...new Set(cases.map(({ office }) => office)),
];
const labelOf = ({ series, at }, { axis }) => `${series}, ${at} ${axis}`;
const firstLine = (error) => (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
async function open({ row, workers, from }, cases, plan, servers) {
    const address = row.server === undefined ? undefined : await servers.addressOn(row.server);
    const office = await BenchOffice.start(row, {
        workers,
        durability: plan.durability,
        ...(address === undefined ? {} : { address }),
        ...(from === undefined ? {} : { from }),
    });
    try {
        const asks = new Map();
        for (const each of cases)
            asks.set(each, (await each.ask?.(office.url)) ?? oneTicket);
        const different = new Set(asks.values());
        const measuredMs = plan.warmUpMs / different.size;
        for (const ask of different) {
            await load({ url: office.url, connections: plan.connections, ask, leadInMs: 0, measuredMs });
        }
        await office.rest();
        return { office, asks };
    }
    catch (error) {
        office.kill();
        await office.stop();
        office.remove();
        throw error;
    }
}
async function refuseWithoutPackage(row, uninstalled) {
    if (row.package === undefined)
        return;
    try {
        await loadPackage(row.package);
    }
    catch (error) {
        throw new NotRunError(uninstalled ?? `${row.package} cannot be loaded: ${firstLine(error)}`);
    }
}
async function runOnce(of, { office, asks }, { leadInMs, measuredMs }) {
    const before = lookAtProcessors((await office.look()).cpuSeconds);
    await office.takeDelayMs(); // what went before is not counted
    const { connections } = of;
    const ask = asks.get(of) ?? oneTicket;
    const run = await load({ url: office.url, connections, ask, leadInMs, measuredMs });
    const delayMs = await office.takeDelayMs();
    await office.rest();
    const { cpuSeconds, residentBytes } = await office.look();
    return {
        ...run,
        others: shareOfOthers(before, lookAtProcessors(cpuSeconds)),
        workerBytes: residentBytes / of.office.workers,
        ...(delayMs === undefined ? {} : { delayMs }),
    };
}
//# sourceMappingURL=rounds.js.map