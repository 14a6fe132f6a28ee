import type { Scope } from '../src/lock/lock-mode.js';
import { canOversell } from '../src/store/driver.js';
import { lockModesOf, type StoreName, storeNames, stores } from '../src/store/registry.js';
import { peers, rowOfPeer } from './peers/registry.js';
import { ceilingName, type Row } from './row.js';

const ceiling: Row = {
  name: ceilingName,
  about: 'the same office with a constant for an answer: no store, no lock',
  program: 'bench/programs/ceiling.js',
  settings: {},
  mustHold: false,
};

/** A lock around every buy; `json file` sells to everyone who waits in one turn. */
export const oneByOne = 'json file BATCH_MAX=1';

export const statementName = 'postgres, a statement per buy';

/**
 * Our own office with one store in one lock mode.
 *
 * @param workers processes in the office; a lock of one process is exact only with one of them
 */
function rowOf(store: StoreName, mode: string, scope: Scope, workers: number): Row {
  return {
    name: `${store} ${mode}`,
    program: 'src/main.js',
    settings: { STORE: store, LOCK_MODE: mode },
    durable: true,
    evidence: stores[store].history,
    ...(stores[store].storedIn === 'database' ? { server: 'postgres' } : {}),
    mustHold: !canOversell(stores[store], { scope }, workers),
  };
}

const statement: Row = {
  name: statementName,
  about: 'one conditional UPDATE, prepared, 32 connections a worker; no order is kept',
  program: 'bench/programs/statement.js',
  settings: { STORE: 'postgres' },
  durable: true,
  server: 'postgres',
  mustHold: false,
};

const oneByOneOf = (row: Row): Row => ({
  ...row,
  name: oneByOne,
  settings: { ...row.settings, BATCH_MAX: '1' },
});

/**
 * The ceiling and every rung, in the order of the ladder. A store or a lock mode that joins its
 * registry is a row at once.
 *
 * @param workers processes in each office
 */
export function rungsOf(workers: number): Row[] {
  const ladder = storeNames.flatMap((store) =>
    Object.entries(lockModesOf(store)).map(([mode, { scope }]) =>
      rowOf(store, mode, scope, workers),
    ),
  );
  return [
    ceiling,
    ...ladder.flatMap((row) => (row.name === 'json file' ? [oneByOneOf(row), row] : [row])),
  ];
}

/** What somebody would take instead. */
export const peerRows: readonly Row[] = [statement, ...peers.map(rowOfPeer)];

/** Two rows whose ratio says something by itself. */
export interface Comparison {
  readonly of: string;
  readonly to: string;
  /** What is compared, for people. */
  readonly what: string;
}

export const comparisons: readonly Comparison[] = [
  { of: 'json file', to: oneByOne, what: 'Rung 4 over rung 3' },
  { of: 'postgres row', to: statementName, what: 'The queue in front of PostgreSQL' },
  {
    of: 'sqlite, our queue in front',
    to: 'sqlite, a transaction per buy',
    what: 'The queue in front of SQLite',
  },
];
