import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { judge } from '../src/verdict/judge.js';
import { delayPath } from './probes.js';
const START_MS_MAX = 20_000;
const REST_MS_MAX = 20_000;
const REST_LOOK_MS = 10;
/** The office ends its own workers before. */
const STOP_MS_MAX = 12_000;
/** How often the workers of an office are asked before each of them has been. */
const ASKED_MAX = 1_000;
/** What the office prints when every worker listens. */
const opened = /open on (http:\S+)/;
/** Whoever is still in here when this process ends is ended and removed with it. */
const offices = new Set();
process.on('exit', () => {
    for (const office of offices) {
        office.kill();
        office.remove();
    }
});
/** A real office of one row: the built program, with a folder and a port of its own. */
export class BenchOffice {
    row;
    #workers;
    /** Where its sales lie. */
    #place;
    #folder = mkdtempSync(join(tmpdir(), 'turnstile-bench-'));
    #child;
    #ended;
    #printed = '';
    #complaints = '';
    #url;
    constructor(row, { workers, durability, address, from }) {
        this.row = row;
        this.#workers = Number(row.settings.WORKERS ?? workers);
        this.#place = address ?? this.#folder;
        offices.add(this);
        // Where the file system can, no byte is copied until it is written to.
        const mode = constants.COPYFILE_FICLONE;
        if (from !== undefined)
            cpSync(from, this.#folder, { recursive: true, mode });
        const program = fileURLToPath(new URL(`../${row.program}`, import.meta.url));
        this.#child = spawn(process.execPath, [program, ...(row.args ?? [])], {
            // Nothing else of this environment: a LOCK_MODE set there would measure something else.
            env: {
                PATH: process.env.PATH,
                HOST: '127.0.0.1',
                PORT: '0',
                WORKERS: String(workers),
                DATA_DIR: this.#folder,
                DURABILITY: durability,
                LOG_LEVEL: 'error',
                ...(address === undefined ? {} : { [variableOf(address)]: address }),
                ...row.settings,
            },
            stdio: ['ignore', 'pipe', 'pipe'],
            // A group of its own: one signal ends the workers too, and Ctrl-C reaches only this process.
            detached: canSignalGroups,
        });
        this.#ended = once(this.#child, 'close');
        this.#child.stdout?.setEncoding('utf8').on('data', (text) => {
            this.#printed += text;
        });
        this.#child.stderr?.setEncoding('utf8').on('data', (text) => {
            this.#complaints = (this.#complaints + text).slice(-2_000);
        });
    }
    /**
     * Starts an office and waits until all of its workers listen.
     *
     * @throws Error with what it complained of, when they do not
     */
    static async start(row, options) {
        const office = new BenchOffice(row, options);
        try {
            await office.#until('opens', START_MS_MAX, async () => {
                const url = opened.exec(office.#printed)?.[1];
                if (url !== undefined)
                    office.#url = new URL(url);
                return url !== undefined;
            });
            return office;
        }
        catch (error) {
            office.kill();
            office.remove();
            throw error;
        }
    }
    get url() {
        if (this.#url === undefined)
            throw new Error(`${this.row.name} does not listen`);
        return this.#url;
    }
    /**
     * Waits until no worker has a buy left. The load goes away without waiting for its last answers,
     * and an office that still sells would slow down the next one.
     */
    async rest() {
        await this.#until('comes to rest', REST_MS_MAX, async () => {
            const [waiting] = await this.#metrics('turnstile_buys_waiting');
            return waiting === 0;
        });
    }
    async look() {
        const [cpuSeconds = 0, residentBytes = 0] = await this.#metrics('process_cpu_seconds_total', 'process_resident_memory_bytes');
        return { cpuSeconds, residentBytes };
    }
    /**
     * How long the event loop was held up since this was asked last: p99.9, of the worker where it was
     * longest. Nothing of an office that does not measure it.
     */
    async takeDelayMs() {
        if (this.row.probed !== true)
            return undefined;
        // A connection is one worker's; each new one goes to the next.
        const heard = new Map();
        for (let asked = 0; heard.size < this.#workers; asked++) {
            if (asked > ASKED_MAX)
                throw new Error(`${this.row.name}: not every worker answers`);
            const { worker, ms } = await this.#askDelay();
            heard.set(worker, Math.max(ms, heard.get(worker) ?? 0));
        }
        return Math.max(...heard.values());
    }
    async #askDelay() {
        const request = get(new URL(delayPath, this.url), { agent: false });
        const [response] = (await once(request, 'response'));
        return JSON.parse(Buffer.concat(await response.toArray()).toString());
    }
    /** Asks the office to close, and ends it when it does not. */
    async stop() {
        if (this.#running)
            this.#child.kill('SIGTERM');
        const late = setTimeout(() => this.kill(), STOP_MS_MAX);
        await this.#ended;
        clearTimeout(late);
    }
    /** The verdict over all that a stopped office sold, or nothing for one that sells nothing. */
    async verdict() {
        const { evidence } = this.row;
        return evidence === undefined ? undefined : judge(await evidence(this.#place));
    }
    /** Ends it at once, workers too. */
    kill() {
        if (!this.#running || this.#child.pid === undefined)
            return;
        try {
            if (canSignalGroups)
                process.kill(-this.#child.pid, 'SIGKILL');
            else
                this.#child.kill('SIGKILL');
        }
        catch (error) {
            // It ended by itself, and this process has not heard of it yet.
            if (error.code !== 'ESRCH')
                throw error;
        }
    }
    /** Removes the folder of an office that has ended. */
    remove() {
        rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
        offices.delete(this);
    }
    /** Metrics without labels, summed over the workers. */
    async #metrics(...names) {
        const text = await (await fetch(new URL('/metrics', this.url))).text();
        const lines = text.split('\n');
        return names.map((name) => {
            const line = lines.find((each) => each.startsWith(`${name} `));
            if (line === undefined)
                throw new Error(`${this.row.name} has no metric ${name}`);
            return Number(line.slice(name.length));
        });
    }
    get #running() {
        return this.#child.exitCode === null && this.#child.signalCode === null;
    }
    async #until(what, withinMs, isTrue) {
        const deadline = performance.now() + withinMs;
        for (;;) {
            if (!this.#running)
                throw new Error(`${this.row.name} ended: ${this.#complaints.trim()}`);
            if (await isTrue())
                return;
            if (performance.now() > deadline) {
                throw new Error(`waited ${withinMs} ms until ${this.row.name} ${what}, in vain`);
            }
            await sleep(REST_LOOK_MS);
        }
    }
}
/** Windows has no process groups; there the workers end because their primary is gone. */
const canSignalGroups = process.platform !== 'win32';
/** Where an office is told of the server that it sells from. */
const variableOf = (address) => address.startsWith('redis') ? 'REDIS_URL' : 'DATABASE_URL';
//# sourceMappingURL=office.js.map