import type { Scope } from '../src/lock/lock-mode.js';
import { canOversell } from '../src/store/driver.js';
import { lockModesOf, type StoreName, storeNames, stores } from '../src/store/registry.js';
import { peers } from './peers/registry.js';
import type { ServerSetup } from './server-setup.js';

export const bareName = 'bare Fastify';
export const ceilingName = 'ceiling';
/** Rung 3: a lock acquisition per buy. */
export const lockPerBuyName = 'json file BATCH_MAX=1';

/** The two reference rows: what everything else is compared with. */
export const referenceSetups = (workers: number): ServerSetup[] => [
  {
    name: bareName,
    about: 'Fastify with default options, one route with the same schemas, a constant answer',
    program: 'bench/programs/bare-fastify.js',
    settings: {},
    workers,
    hasMetrics: false,
    mustHold: false,
  },
  {
    name: ceilingName,
    about: 'the same server as all rows below, answering a constant: no store, no lock',
    program: 'bench/programs/ceiling.js',
    settings: {},
    workers,
    mustHold: false,
  },
];

function rungSetup(store: StoreName, mode: string, scope: Scope, workers: number): ServerSetup {
  return {
    name: `${store} ${mode}`,
    program: 'src/main.js',
    settings: { STORE: store, LOCK_MODE: mode },
    workers,
    durable: true,
    history: stores[store].history,
    ...(stores[store].storedIn === 'database' && { database: 'postgres' }),
    mustHold: !canOversell(stores[store], { scope }, workers),
  };
}

/** Every store in every lock mode of the registries, in the order of the ladder, and rung 3. */
export function rungSetups(workers: number): ServerSetup[] {
  const setups = storeNames.flatMap((store) =>
    Object.entries(lockModesOf(store)).map(([mode, { scope }]) =>
      rungSetup(store, mode, scope, workers),
    ),
  );
  return setups.flatMap((setup) => {
    if (setup.name !== 'json file') return [setup];
    const settings = { ...setup.settings, BATCH_MAX: '1' };
    return [{ ...setup, name: lockPerBuyName, settings }, setup];
  });
}

/** What others would use instead, behind the same HTTP server. */
export const peerSetups = (workers: number): ServerSetup[] =>
  peers.map(({ prepare: _prepare, open: _open, ...peer }) => ({
    ...peer,
    program: 'bench/programs/peer.js',
    args: [peer.name],
    settings: { STORE: 'json', ...peer.settings },
    workers: Number(peer.settings.WORKERS ?? workers),
    mustHold: peer.history !== undefined,
    optional: true,
  }));
