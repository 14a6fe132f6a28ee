import type { Scope } from '../src/lock/port.js';
import type { SettingName } from '../src/settings.js';
import { lockModesOf, type StoreName, storeNames, stores } from '../src/store/registry.js';

/** One thing that is measured: a row of the table. */
export interface Row {
  readonly name: string;
  /** The built program, from the root of the built files. */
  readonly program: string;
  readonly settings: { readonly [Name in SettingName]?: string };
  /** The store whose evidence is judged; the ceiling keeps none. */
  readonly store?: StoreName;
  /** Whether it sells from a database, which is made for it. */
  readonly database?: true;
  /** Whether anything but a verdict that holds is a failure. */
  readonly mustHold: boolean;
}

export const ceilingName = 'ceiling';

const ceiling: Row = {
  name: ceilingName,
  program: 'bench/programs/ceiling.js',
  settings: {},
  mustHold: false,
};

/** A lock around every buy; `json file` sells to everyone who waits in one turn. */
export const oneByOne = 'json file BATCH_MAX=1';

const statementName = 'postgres, a statement per buy';

/**
 * Our own office with one store in one lock mode.
 *
 * @param workers processes in the office; a lock of one process is exact only with one of them
 */
function rowOf(store: StoreName, mode: string, scope: Scope, workers: number): Row {
  const excludes = scope === 'host' || scope === 'rows' || (scope === 'process' && workers === 1);
  return {
    name: `${store} ${mode}`,
    program: 'src/main.js',
    settings: { STORE: store, LOCK_MODE: mode },
    store,
    ...(stores[store].keptIn === 'database' ? { database: true } : {}),
    // Where a crowd may be sold without a lock, the store itself keeps the race out.
    mustHold: excludes || stores[store].gathersWithoutLock,
  };
}

const statement: Row = {
  name: statementName,
  program: 'bench/programs/statement.js',
  settings: { STORE: 'postgres' },
  database: true,
  mustHold: false,
};

/**
 * All rows, in the order of the ladder. A store or a lock mode that joins its registry is a row at
 * once.
 *
 * @param workers processes in each office
 */
export function rowsOf(workers: number): Row[] {
  const ladder = storeNames.flatMap((store) =>
    Object.entries(lockModesOf(store)).map(([mode, { scope }]) =>
      rowOf(store, mode, scope, workers),
    ),
  );
  return [
    ceiling,
    ...ladder.flatMap((row) => (row.name === 'json file' ? [oneByOneOf(row), row] : [row])),
    statement,
  ];
}

const oneByOneOf = (row: Row): Row => ({
  ...row,
  name: oneByOne,
  settings: { ...row.settings, BATCH_MAX: '1' },
});

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
];
