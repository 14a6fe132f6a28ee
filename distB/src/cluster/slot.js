import cluster, {} from 'node:cluster';
import { Asker } from './ask.js';
import { RESTART_MS, START_MS, STEADY_MS } from './times.js';
const REPORT_MS = 1_000;
/** The place of one worker: it has a process, or will have one soon. */
export class Slot {
    #options;
    #worker;
    #asker;
    #running = false;
    #ready = false;
    #startedAt = 0;
    #heardAt = 0;
    #heartbeat;
    #sales = 0;
    #lockWaits = 0;
    #restarts = 0;
    #restartMs = RESTART_MS.first;
    #restart;
    #lastExit = null;
    #closing = false;
    constructor(options) {
        this.#options = options;
        this.#fork();
    }
    get running() {
        return this.#running;
    }
    get ready() {
        return this.#ready;
    }
    status() {
        return {
            pid: this.#worker.process.pid ?? 0,
            ppid: process.pid,
            name: this.#options.name,
            alive: this.#ready && this.#silentMs() < this.#options.heartbeatTimeoutMs,
            uptime: this.#running ? Math.round(performance.now() - this.#startedAt) / 1000 : 0,
            restarts: this.#restarts,
            lastExit: this.#lastExit,
            lastHeartbeat: this.#heartbeat?.toISOString() ?? null,
            sales: this.#sales,
            lockWaits: this.#lockWaits,
        };
    }
    /** The worker's own metrics; nothing from one that does not listen yet, or does not answer. */
    async report() {
        if (!this.#ready)
            return undefined;
        return this.#asker.ask('report', REPORT_MS).catch(() => undefined);
    }
    /** Ends a worker that has been silent for too long; its exit starts another one. */
    endIfSilent() {
        const { heartbeatTimeoutMs } = this.#options;
        const patienceMs = this.#ready ? heartbeatTimeoutMs : Math.max(START_MS, heartbeatTimeoutMs);
        if (this.#running && this.#silentMs() > patienceMs)
            this.kill();
    }
    /** The primary itself was stopped for a while: that it heard nothing says nothing. */
    forgiveSilence() {
        this.#heardAt = performance.now();
    }
    /** Asks the worker to close, and starts no other. One that does not listen yet is asked again then. */
    drain() {
        this.#closing = true;
        clearTimeout(this.#restart);
        this.#send({ type: 'drain' });
    }
    kill() {
        this.#worker.process.kill('SIGKILL');
    }
    #fork() {
        const worker = cluster.fork(this.#options.environment());
        this.#worker = worker;
        this.#asker = new Asker(worker, this.#options.answers);
        this.#running = true;
        this.#startedAt = performance.now();
        this.#heardAt = this.#startedAt;
        this.#sales = 0;
        this.#lockWaits = 0;
        worker.on('message', (message) => this.#hear(message));
        // Without a process there is no exit either. (Other errors are messages to one that just died.)
        worker.on('error', (error) => {
            if (worker.process.pid === undefined)
                this.#exited(null, error.code ?? error.message);
        });
        worker.on('exit', (code, signal) => this.#exited(code, signal));
    }
    #hear(message) {
        switch (message.type) {
            case 'ready':
                this.#ready = true;
                this.#heard();
                this.#options.onReady();
                if (this.#closing)
                    this.#send({ type: 'drain' }); // the first one came before it listened
                break;
            case 'heartbeat':
                this.#heard();
                this.#sales = message.sales;
                this.#lockWaits = message.lockWaits;
                break;
            case 'fatal':
                this.#options.onFatal(message.exitCode, message.line);
                break;
        }
    }
    #heard() {
        this.#heardAt = performance.now();
        this.#heartbeat = new Date();
    }
    #exited(code, signal) {
        const wasReady = this.#ready;
        this.#running = false;
        this.#ready = false;
        this.#lastExit = { code, signal, at: new Date().toISOString() };
        if (!this.#closing)
            this.#restartLater();
        this.#options.onExit(wasReady, signal ?? `exit code ${code}`);
    }
    #restartLater() {
        const steady = performance.now() - this.#startedAt > STEADY_MS;
        if (steady)
            this.#restartMs = RESTART_MS.first;
        this.#restart = setTimeout(() => {
            this.#restarts++;
            this.#fork();
        }, this.#restartMs);
        this.#restartMs = Math.min(RESTART_MS.last, this.#restartMs * 2);
    }
    #silentMs() {
        return performance.now() - this.#heardAt;
    }
    #send(message) {
        if (this.#worker.isConnected())
            this.#worker.send(message, () => { });
    }
}
//# sourceMappingURL=slot.js.map