import { buysOf } from './load.js';
import { constantPath } from './probes.js';
import { ceilingName } from './row.js';
import { peerRows, rungsOf } from './rows.js';
import { eventIdsOf } from './templates.js';
const CONNECTIONS = 64;
const WORKERS = 2;
export const connectionCounts = [1, 16, CONNECTIONS, 256];
export const workerCounts = [1, WORKERS, 4];
export const soldCounts = [0, 100_000, 1_000_000];
export const eventCounts = [10, 1_000, 10_000];
/** What is bought from, however many events there are: else the load would differ, too. */
const EVENTS_BOUGHT = 10;
/** The rows whose cost is looked at closely, beside the ceiling. */
const close = ['ledger kernel', 'ledger file', 'json file'];
function rowNamed(name, workers = WORKERS) {
    const row = rungsOf(workers).find((each) => each.name === name);
    if (row === undefined)
        throw new Error(`there is no row ${name}`);
    return row;
}
/** The same office, which tells how long its event loop is held up. */
const probed = (row) => ({
    ...row,
    program: 'bench/programs/probed.js',
    args: row.name === ceilingName ? [ceilingName] : [],
    probed: true,
});
const caseOf = (row, at, office) => ({
    series: row.name,
    at,
    office: { row, ...office },
    connections: CONNECTIONS,
});
/** Rows side by side under the same load. */
export function rowsGroup(name, rows, connections = CONNECTIONS, workers = WORKERS) {
    const cases = rows.map((row) => ({ ...caseOf(row, connections, { workers }), connections }));
    return { name, axis: 'connections', tableAt: connections, cases };
}
/** Every rung but those of PostgreSQL; the ceiling and the rows looked at closely at each load. */
function rungsGroup() {
    const rows = rungsOf(WORKERS).filter(({ server }) => server === undefined);
    const group = rowsGroup('rungs', rows);
    const swept = group.cases.filter(({ series }) => [ceilingName, ...close].some((name) => name === series));
    const others = connectionCounts.filter((count) => count !== CONNECTIONS);
    const more = others.flatMap((count) => swept.map((each) => ({ ...each, at: count, connections: count })));
    return { ...group, cases: [...group.cases, ...more] };
}
/** What somebody would take instead, beside the ceiling and the ledger in the same rounds. */
const peersGroup = () => rowsGroup('peers', [
    ...[ceilingName, 'ledger kernel', 'ledger file'].map((name) => rowNamed(name)),
    ...rungsOf(WORKERS).filter(({ server }) => server !== undefined),
    ...peerRows,
]);
function workersGroup() {
    const cases = workerCounts.flatMap((workers) => [ceilingName, ...close].map((name) => caseOf(rowNamed(name, workers), workers, { workers })));
    return { name: 'workers', axis: 'workers', cases };
}
async function soldGroup(templates) {
    const cases = [caseOf(rowNamed(ceilingName), 0, { workers: WORKERS })];
    for (const many of soldCounts) {
        const made = new Map();
        for (const name of close) {
            const store = name.startsWith('ledger') ? 'ledger' : 'json';
            if (many > 0 && !made.has(store))
                made.set(store, await templates.sold(store, many));
            const from = made.get(store);
            const office = { workers: WORKERS, ...(from === undefined ? {} : { from }) };
            cases.push(caseOf(rowNamed(name), many, office));
        }
    }
    return { name: 'sold', axis: 'tickets sold before', cases };
}
async function eventsGroup(templates) {
    const ask = async () => buysOf(eventIdsOf(EVENTS_BOUGHT));
    const cases = eventCounts.flatMap((many, index) => {
        const office = { workers: WORKERS, from: templates.withEvents(many) };
        const names = index === 0 ? [ceilingName, ...close] : close;
        return names.map((name) => ({ ...caseOf(probed(rowNamed(name)), many, office), ask }));
    });
    return { name: 'events', axis: 'events', cases };
}
export const searchSeries = {
    found: '/search, 12 events',
    constant: 'the same bytes, prepared',
    unchanged: '/search, 304',
    constantUnchanged: 'a constant 304',
};
/** One office, asked for its events and for a constant of the same size. */
async function searchGroup() {
    const get = (path) => ({ method: 'GET', path, status: 200 });
    const unchanged = (path) => async (url) => {
        const { headers } = await fetch(new URL(path, url));
        return { ...get(path), headers: { 'if-none-match': headers.get('etag') ?? '' }, status: 304 };
    };
    const { evidence: _nothingIsSold, durable: _neither, ...row } = probed(rowNamed('ledger kernel'));
    const office = { row: { ...row, mustHold: false }, workers: WORKERS };
    const caseAt = (series, ask) => ({
        series,
        at: CONNECTIONS,
        office,
        connections: CONNECTIONS,
        ask,
    });
    const cases = [
        caseAt(searchSeries.found, async () => get('/search')),
        caseAt(searchSeries.constant, async () => get(constantPath)),
        caseAt(searchSeries.unchanged, unchanged('/search')),
        caseAt(searchSeries.constantUnchanged, unchanged(constantPath)),
    ];
    return { name: 'search', axis: 'connections', tableAt: CONNECTIONS, cases };
}
const counted = (group) => ({
    name: group.name,
    offices: new Set(group.cases.map(({ office }) => office)).size,
    runs: group.cases.length,
    make: async () => group,
});
/** The whole benchmark, in order. */
export const wholeBenchmark = () => [
    counted(rungsGroup()),
    counted(peersGroup()),
    { name: 'sold', ...sizeOf(soldCounts.length), make: soldGroup },
    { name: 'events', ...sizeOf(eventCounts.length), make: eventsGroup },
    counted(workersGroup()),
    { name: 'search', offices: 1, runs: 4, make: searchGroup },
];
/** The close rows at so many places, and one ceiling. */
const sizeOf = (places) => {
    const runs = places * close.length + 1;
    return { offices: runs, runs };
};
//# sourceMappingURL=sweeps.js.map