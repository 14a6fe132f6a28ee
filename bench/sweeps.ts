import type { Case, Group, OfficePlan } from './case.js';
import { type Ask, buysOf } from './load.js';
import { constantPath } from './probes.js';
import { ceilingName, type Row } from './row.js';
import { peerRows, rungsOf } from './rows.js';
import { eventIdsOf, type Templates } from './templates.js';

const CONNECTIONS = 64;
const WORKERS = 2;

export const connectionCounts = [1, 16, CONNECTIONS, 256] as const;
export const workerCounts = [1, WORKERS, 4] as const;
export const soldCounts = [0, 100_000, 1_000_000] as const;
export const eventCounts = [10, 1_000, 10_000] as const;

/** What is bought from, however many events there are: else the load would differ, too. */
const EVENTS_BOUGHT = 10;

/** The rows whose cost is looked at closely, beside the ceiling. */
const close = ['ledger kernel', 'ledger file', 'json file'] as const;

type FoldersToCopy = Pick<Templates, 'sold' | 'withEvents'>;

/** A part of the whole benchmark: cases that share their rounds, made when its turn comes. */
export interface Part {
  readonly name: string;
  /** How many offices it opens, and how many runs it makes in a round: for the time it takes. */
  readonly offices: number;
  readonly runs: number;
  readonly make: (templates: FoldersToCopy) => Promise<Group>;
}

function rowNamed(name: string, workers = WORKERS): Row {
  const row = rungsOf(workers).find((each) => each.name === name);
  if (row === undefined) throw new Error(`there is no row ${name}`);
  return row;
}

/** The same office, which tells how long its event loop is held up. */
const probed = (row: Row): Row => ({
  ...row,
  program: 'bench/programs/probed.js',
  args: row.name === ceilingName ? [ceilingName] : [],
  probed: true,
});

const caseOf = (row: Row, at: number, office: Omit<OfficePlan, 'row'>): Case => ({
  series: row.name,
  at,
  office: { row, ...office },
  connections: CONNECTIONS,
});

/** Rows side by side under the same load. */
export function rowsGroup(
  name: string,
  rows: readonly Row[],
  connections = CONNECTIONS,
  workers = WORKERS,
): Group {
  const cases = rows.map((row) => ({ ...caseOf(row, connections, { workers }), connections }));
  return { name, axis: 'connections', tableAt: connections, cases };
}

/** Every rung but those of PostgreSQL; the ceiling and the rows looked at closely at each load. */
function rungsGroup(): Group {
  const rows = rungsOf(WORKERS).filter(({ server }) => server === undefined);
  const group = rowsGroup('rungs', rows);
  const swept = group.cases.filter(({ series }) =>
    [ceilingName, ...close].some((name) => name === series),
  );
  const others = connectionCounts.filter((count) => count !== CONNECTIONS);
  const more = others.flatMap((count) =>
    swept.map((each) => ({ ...each, at: count, connections: count })),
  );
  return { ...group, cases: [...group.cases, ...more] };
}

/** What somebody would take instead, beside the ceiling and the ledger in the same rounds. */
const peersGroup = (): Group =>
  rowsGroup('peers', [
    ...[ceilingName, 'ledger kernel', 'ledger file'].map((name) => rowNamed(name)),
    ...rungsOf(WORKERS).filter(({ server }) => server !== undefined),
    ...peerRows,
  ]);

function workersGroup(): Group {
  const cases = workerCounts.flatMap((workers) =>
    [ceilingName, ...close].map((name) => caseOf(rowNamed(name, workers), workers, { workers })),
  );
  return { name: 'workers', axis: 'workers', cases };
}

async function soldGroup(templates: FoldersToCopy): Promise<Group> {
  const cases: Case[] = [caseOf(rowNamed(ceilingName), 0, { workers: WORKERS })];
  for (const many of soldCounts) {
    const made = new Map<string, string>();
    for (const name of close) {
      const store = name.startsWith('ledger') ? 'ledger' : 'json';
      if (many > 0 && !made.has(store)) made.set(store, await templates.sold(store, many));
      const from = made.get(store);
      const office = { workers: WORKERS, ...(from === undefined ? {} : { from }) };
      cases.push(caseOf(rowNamed(name), many, office));
    }
  }
  return { name: 'sold', axis: 'tickets sold before', cases };
}

async function eventsGroup(templates: FoldersToCopy): Promise<Group> {
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
} as const;

/** One office, asked for its events and for a constant of the same size. */
async function searchGroup(): Promise<Group> {
  const get = (path: string): Ask => ({ method: 'GET', path, status: 200 });
  const unchanged =
    (path: string) =>
    async (url: URL): Promise<Ask> => {
      const { headers } = await fetch(new URL(path, url));
      return { ...get(path), headers: { 'if-none-match': headers.get('etag') ?? '' }, status: 304 };
    };
  const { evidence: _nothingIsSold, durable: _neither, ...row } = probed(rowNamed('ledger kernel'));
  const office = { row: { ...row, mustHold: false }, workers: WORKERS };
  const caseAt = (series: string, ask: NonNullable<Case['ask']>): Case => ({
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

const counted = (group: Group): Part => ({
  name: group.name,
  offices: new Set(group.cases.map(({ office }) => office)).size,
  runs: group.cases.length,
  make: async () => group,
});

/** The whole benchmark, in order. */
export const wholeBenchmark = (): Part[] => [
  counted(rungsGroup()),
  counted(peersGroup()),
  { name: 'sold', ...sizeOf(soldCounts.length), make: soldGroup },
  { name: 'events', ...sizeOf(eventCounts.length), make: eventsGroup },
  counted(workersGroup()),
  { name: 'search', offices: 1, runs: 4, make: searchGroup },
];

/** The close rows at so many places, and one ceiling. */
const sizeOf = (places: number) => {
  const runs = places * close.length + 1;
  return { offices: runs, runs };
};
