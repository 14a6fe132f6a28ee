import {
  admitRequest,
  type BenchRequest,
  buyRequest,
  holdRequest,
  searchRequest,
  twoBuysRequest,
  unchangedRequest,
} from './load.js';
import type { ServerSetup } from './server-setup.js';
import { bareName, peerSetups, referenceSetups, rungSetups } from './setups.js';
import { eventIds } from './start-data.js';

export const CONNECTIONS = 64;
export const WORKERS = 2;

/** One load on one server, measured once in each round. Rows may share a server. */
export interface Row {
  readonly name: string;
  /** The place on the group's axis. */
  readonly at: number;
  readonly server: ServerSetup;
  readonly connections: number;
  readonly request: BenchRequest;
}

/**
 * Rows that are measured in the same rounds, so that their ratios mean something. At one place of
 * the axis they are a table, at several a sweep.
 */
export interface Group {
  readonly name: string;
  readonly title: string;
  /** What `at` counts. */
  readonly axis: string;
  readonly rows: readonly Row[];
}

type Load = Partial<Pick<Row, 'name' | 'connections' | 'request'>>;

/** Rows of every setup at every place of an axis. */
function sweep(
  [name, title, axis]: readonly [name: string, title: string, axis: string],
  places: readonly number[],
  setupsAt: (place: number) => readonly ServerSetup[],
  loadAt: (place: number) => Load = () => ({}),
): Group {
  const defaults = { connections: CONNECTIONS, request: buyRequest() };
  const rows = places.flatMap((at) =>
    setupsAt(at).map((server) => ({ ...defaults, name: server.name, at, server, ...loadAt(at) })),
  );
  return { name, title, axis, rows };
}

/** Setups side by side under the same load. */
export const table = (
  name: string,
  title: string,
  setups: readonly ServerSetup[],
  connections = CONNECTIONS,
): Group =>
  sweep(
    [name, title, 'connections'],
    [connections],
    () => setups,
    () => ({ connections }),
  );

const allSetups = (workers = WORKERS): ServerSetup[] => [
  ...referenceSetups(workers),
  ...rungSetups(workers),
];
const named = (names: readonly string[], workers?: number): ServerSetup[] =>
  allSetups(workers).filter(({ name }) => names.includes(name));

/** The rows of a sweep, new servers at each call. */
const sweptSetups = (workers?: number): ServerSetup[] =>
  named([bareName, 'json file', 'ledger file', 'ledger kernel'], workers);

/** Events that are bought from, however many there are: the load stays the same. */
const EVENTS_BOUGHT = 10;
const eventsRequest = buyRequest(eventIds(EVENTS_BOUGHT));

function connectionsSweep(): Group {
  const setups = sweptSetups(); // the same servers at every place
  return sweep(
    ['connections', 'Connections', 'connections'],
    [1, 16, CONNECTIONS, 256],
    () => setups,
    (connections) => ({ connections }),
  );
}

/** The key of a server whose codes the load generator computes. */
const ORDER_SECRET = 'a key of the benchmark, not of an office';

/** Tickets that doors admit, in all rounds. */
const SOLD_FOR_DOORS = 400_000;

/** A run ends between holds and their confirmations: what it leaves behind ends before the next one. */
const HOLD_SECONDS = '2';

/** Rows of other verbs beside a buy: a hold that is confirmed, and a door. */
export function verbRows(workers = WORKERS, connections = CONNECTIONS): Row[] {
  const setups = named(['json file', 'ledger kernel'], workers);
  return setups.flatMap((setup): Row[] => {
    const { STORE: store = '' } = setup.settings;
    const server: ServerSetup = {
      ...setup,
      settings: { ...setup.settings, ORDER_SECRET, HOLD_SECONDS },
      startData: { store, sold: SOLD_FOR_DOORS, each: 10, orderSecret: ORDER_SECRET },
    };
    return [twoBuysRequest, holdRequest, admitRequest(ORDER_SECRET)].map((request) => ({
      name: `${setup.name}: ${request.title}`,
      at: connections,
      connections,
      server,
      request,
    }));
  });
}

/** `/search` against bare Fastify that answers the same bytes. */
function searchTable(): Group {
  const setups = named([bareName, 'ledger kernel']).map(
    // Nothing is sold, so there is no verdict.
    ({ history: _history, durable: _durable, ...setup }) => ({ ...setup, mustHold: false }),
  );
  const group = table('search', 'GET /search', setups);
  const rows = [searchRequest, unchangedRequest].flatMap((request) =>
    group.rows.map((row) => ({ ...row, request, name: `${row.name}: ${request.title}` })),
  );
  return { ...group, rows };
}

/** The full benchmark, in order. */
export const allGroups = (): Group[] => [
  table(
    'rungs',
    'The rungs of the ladder',
    allSetups().filter(({ database }) => database === undefined),
  ),
  table('peers', 'What others would use', [
    ...named([bareName, 'ledger kernel']),
    ...allSetups().filter(({ database }) => database !== undefined),
    ...peerSetups(WORKERS),
  ]),
  connectionsSweep(),
  sweep(['workers', 'Workers', 'workers'], [1, WORKERS, 4], sweptSetups),
  sweep(['sold', 'As sales grow', 'tickets sold before'], [0, 100_000, 1_000_000], (sold) =>
    sweptSetups().map((setup) =>
      sold === 0 || setup.name === bareName
        ? setup
        : { ...setup, startData: { store: setup.settings.STORE ?? '', sold } },
    ),
  ),
  sweep(
    ['events', 'As events grow', 'events'],
    [12, 1_000, 10_000],
    (events) => sweptSetups().map((setup) => ({ ...setup, startData: { events } })),
    () => ({ request: eventsRequest }),
  ),
  searchTable(),
  { name: 'verbs', title: 'Other verbs', axis: 'connections', rows: verbRows() },
];

/** The servers of a group, each once. */
export const serversOf = ({ rows }: Group): ServerSetup[] => [
  ...new Set(rows.map(({ server }) => server)),
];
