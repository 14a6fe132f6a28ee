import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.js';
import { NotRunError } from './row.js';
const START_MS_MAX = 10_000;
const STOP_MS_MAX = 5_000;
const LOOK_MS = 20;
/** Whoever is still in here when this process ends is ended and removed with it. */
const servers = new Set();
process.on('exit', () => {
    for (const server of servers)
        server.remove();
});
/** The `redis-server` of this machine, on a free port, in a folder that goes with it. */
export class LocalRedis {
    #folder = mkdtempSync(join(tmpdir(), 'turnstile-redis-'));
    #child;
    #ended;
    #port;
    #said = '';
    #failed;
    constructor(port, settings) {
        this.#port = port;
        servers.add(this);
        // No snapshots: a fork amid a run would be the disk's doing, and make nothing durable.
        const all = { port: String(port), bind: '127.0.0.1', dir: this.#folder, save: '', ...settings };
        const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
        this.#child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] });
        this.#child.on('error', (error) => {
            this.#failed = error;
        });
        this.#child.stdout?.setEncoding('utf8').on('data', (text) => {
            this.#said = (this.#said + text).slice(-2_000);
        });
        this.#ended = once(this.#child, 'close').catch(() => { });
    }
    /**
     * Starts one and waits until it takes connections.
     *
     * @throws NotRunError when there is none on this machine, or it does not start
     */
    static async start(settings) {
        const server = new LocalRedis(await freePort(), settings);
        const deadline = performance.now() + START_MS_MAX;
        while (!server.#said.includes('Ready to accept connections')) {
            if (server.#failed !== undefined || server.#hasEnded || performance.now() > deadline) {
                const why = server.#why;
                server.remove();
                throw new NotRunError(why);
            }
            await sleep(LOOK_MS);
        }
        return server;
    }
    get address() {
        return `redis://127.0.0.1:${this.#port}`;
    }
    async stop() {
        if (!this.#hasEnded)
            this.#child.kill('SIGTERM');
        const late = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS_MAX);
        await this.#ended;
        clearTimeout(late);
        this.remove();
    }
    /** Ends it at once, and removes all that it kept. */
    remove() {
        this.#child.kill('SIGKILL');
        rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
        servers.delete(this);
    }
    get #hasEnded() {
        return this.#child.exitCode !== null || this.#child.signalCode !== null;
    }
    get #why() {
        if (this.#failed?.code === 'ENOENT') {
            return 'no redis-server in PATH, and no REDIS_URL';
        }
        return `redis-server does not start: ${this.#failed?.message ?? this.#said.trim()}`;
    }
}
//# sourceMappingURL=local-redis.js.map