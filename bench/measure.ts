import { BenchServer, type SalesVerdict } from './bench-server.js';
import { roundOrder } from './figures.js';
import { type Group, type Row, serversOf } from './groups.js';
import { load, type Run } from './load.js';
import { LocalPostgres } from './local-postgres.js';
import { LocalRedis } from './local-redis.js';
import { measureSync } from './machine.js';
import { loadPackage } from './packages.js';
import type { ServerSetup } from './server-setup.js';
import { StartFolders } from './start-data.js';

/** How much is measured. */
export interface Plan {
  readonly rounds: number;
  readonly measuredMs: number;
  /** Left out at the beginning of every run. */
  readonly leadInMs: number;
  /** Once for each server, before the first round. */
  readonly warmUpMs: number;
  readonly connections: number;
  readonly workers: number;
}

/** All runs of one row, and the verdict over everything that its server sold. */
export interface RowResult
  extends Pick<Row, 'name' | 'at'>,
    Pick<ServerSetup, 'about' | 'durable' | 'mustHold'> {
  /** The name of its setup. */
  readonly server: string;
  /** The title of its request. */
  readonly request: string;
  /** One for each round. */
  readonly runs: readonly Run[];
  readonly sales?: SalesVerdict | undefined;
}

export interface GroupResult extends Omit<Group, 'rows'> {
  readonly rows: readonly RowResult[];
  /** Time of a sync before each round, without load. */
  readonly syncMs: readonly number[];
  readonly notRun: readonly { readonly name: string; readonly why: string }[];
}

/**
 * Measures every row once in each round. All servers stay open: one that has just started is slow
 * for seconds. Only one is under load at a time, and the next run waits until it is idle.
 *
 * @param onStep called at the start of each warm-up and each run
 * @param installError why the packages of `bench/package.json` could not be installed, if they could not
 */
export async function measure(
  group: Group,
  plan: Plan,
  onStep: (step: string) => void,
  installError?: string,
): Promise<GroupResult> {
  const databases = new Databases();
  const folders = new StartFolders();
  const servers = new Map<ServerSetup, BenchServer>();
  const notRun: { name: string; why: string }[] = [];
  const syncMs: number[] = [];
  const runs = new Map<Row, Run[]>(group.rows.map((row) => [row, []]));
  try {
    for (const setup of serversOf(group)) {
      onStep(`${group.name}, warm-up: ${setup.name}`);
      try {
        await requirePackage(setup, installError);
        const server = await BenchServer.start(setup, {
          databaseUrl: setup.database && (await databases.create(setup.database)),
          startFolder: setup.startData && (await folders.get(setup.startData)),
        });
        servers.set(setup, server);
        await warmUp(server, group, plan);
      } catch (error) {
        if (setup.optional !== true && setup.database === undefined) throw error;
        servers.get(setup)?.remove();
        servers.delete(setup);
        notRun.push({ name: setup.name, why: firstLine(error) });
      }
    }
    const rows = group.rows.filter(({ server }) => servers.has(server));
    for (let round = 0; round < plan.rounds; round++) {
      syncMs.push(await measureSync());
      for (const row of roundOrder(rows, round)) {
        const place = `${row.at} ${group.axis}`;
        onStep(`${group.name}, round ${round + 1}/${plan.rounds}: ${row.name}, ${place}`);
        runs.get(row)?.push(await runOnce(row, servers.get(row.server) as BenchServer, plan));
      }
    }
    await Promise.all([...servers.values()].map((server) => server.stop()));
    const verdicts = new Map<ServerSetup, SalesVerdict | undefined>();
    for (const [setup, server] of servers) verdicts.set(setup, await server.judgeSales());
    const results = rows.map((row): RowResult => {
      const { name, at, server, request } = row;
      const { about, durable, mustHold } = server;
      return {
        name,
        at,
        server: server.name,
        request: request.title,
        mustHold,
        ...(about && { about }),
        ...(durable !== undefined && { durable }),
        runs: runs.get(row) ?? [],
        sales: verdicts.get(server),
      };
    });
    return { ...group, rows: results, syncMs, notRun };
  } finally {
    for (const server of servers.values()) server.remove();
    folders.remove();
    await databases.dispose();
  }
}

const firstLine = (error: unknown): string => String((error as Error).message).split('\n')[0] ?? '';

async function requirePackage({ package: name }: ServerSetup, installError?: string) {
  if (name === undefined) return;
  await loadPackage(name).catch((error) => {
    throw new Error(installError ?? `${name} cannot be loaded: ${firstLine(error)}`);
  });
}

async function warmUp(server: BenchServer, { rows }: Group, plan: Plan): Promise<void> {
  const { url, setup } = server;
  const own = rows.filter((row) => row.server === setup);
  const requests = new Set(own.map(({ request }) => request));
  const measuredMs = plan.warmUpMs / requests.size;
  for (const request of requests) {
    await load({ url, request, connections: plan.connections, leadInMs: 0, measuredMs });
  }
  await server.waitUntilIdle();
}

async function runOnce(row: Row, server: BenchServer, plan: Plan): Promise<Run> {
  const { connections, request } = row;
  const { leadInMs, measuredMs } = plan;
  const run = await load({ url: server.url, request, connections, leadInMs, measuredMs });
  await server.waitUntilIdle();
  return run;
}

const redisSettings = {
  'redis, synced': { appendonly: 'yes', appendfsync: 'always' },
  'redis, in memory': { appendonly: 'no' },
} as const;

/** Database servers of a group. Each is started when the first row needs it. */
class Databases {
  #postgres: LocalPostgres | undefined;
  readonly #started: { dispose(): Promise<void> }[] = [];

  /** @returns the URL of an empty database */
  async create(name: NonNullable<ServerSetup['database']>): Promise<string> {
    if (name !== 'postgres') {
      const redis = await LocalRedis.start(redisSettings[name]);
      this.#started.push(redis);
      return redis.address;
    }
    if (this.#postgres === undefined) {
      this.#postgres = await LocalPostgres.create();
      this.#started.push(this.#postgres);
    }
    return this.#postgres.createDatabase();
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#started.map((server) => server.dispose()));
  }
}
