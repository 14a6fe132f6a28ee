import { type LockModeName, lockModeNames, locks } from '../src/lock/registry.js';
import type { SettingName } from '../src/settings.js';
import { lockModesOf, type StoreName } from '../src/store/registry.js';

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

/** A lock around every buy; `file` alone sells to everyone who waits in one turn. */
const oneByOne = 'file BATCH_MAX=1';

const statementName = 'postgres, a statement per buy';

/** The postgres store in each of its modes, and what it is compared with. */
const databaseRows: readonly Row[] = [
  ...Object.entries(lockModesOf('postgres')).map(
    ([mode, { scope }]): Row => ({
      name: `postgres ${mode}`,
      program: 'src/main.js',
      settings: { STORE: 'postgres', LOCK_MODE: mode },
      store: 'postgres',
      database: true,
      mustHold: scope === 'rows',
    }),
  ),
  {
    name: statementName,
    program: 'bench/programs/statement.js',
    settings: { STORE: 'postgres' },
    database: true,
    mustHold: false,
  },
];

/**
 * All rows, in the order of the ladder. A lock mode that joins the registry is a row at once.
 *
 * @param workers processes in each office; a lock of one process is exact only with one of them
 */
export function rowsOf(workers: number): Row[] {
  const rowOf = (name: string, mode: LockModeName, settings: Row['settings'] = {}): Row => {
    const { scope } = locks[mode];
    return {
      name,
      program: 'src/main.js',
      settings: { STORE: 'json', LOCK_MODE: mode, ...settings },
      store: 'json',
      mustHold: scope === 'host' || (scope === 'process' && workers === 1),
    };
  };
  return [
    ceiling,
    ...lockModeNames.flatMap((mode) => [
      ...(mode === 'file' ? [rowOf(oneByOne, mode, { BATCH_MAX: '1' })] : []),
      rowOf(mode, mode),
    ]),
    ...databaseRows,
  ];
}

/** Two rows whose ratio says something by itself. */
export interface Comparison {
  readonly of: string;
  readonly to: string;
  /** What is compared, for people. */
  readonly what: string;
}

export const comparisons: readonly Comparison[] = [
  { of: 'file', to: oneByOne, what: 'Rung 4 over rung 3' },
  { of: 'postgres row', to: statementName, what: 'The queue in front of PostgreSQL' },
];
