import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { environmentOf } from '../settings.js';
import { UnusableError } from '../unusable.js';
import { planOf } from './plan.js';
import { labProgram } from './program.js';
/** How long a runner may take to end once it is let go of. */
const STOP_MS_MAX = 5_000;
/** How many experiments are remembered. */
const KEPT_MAX = 5;
/** The lab of an office: one experiment at a time, in processes that end with this one. */
export class LabService {
    #databaseUrl;
    #kept = new Map();
    #running;
    /** @param databaseUrl the server on which a sandbox may make its database, if there is one */
    constructor(databaseUrl) {
        this.#databaseUrl = databaseUrl;
    }
    answer(question) {
        switch (question.verb) {
            case 'begin':
                return this.#begin(question.request);
            case 'look':
                return this.#statusOf(question.id);
            case 'stop':
                this.#stop(question.id);
                return this.#statusOf(question.id);
        }
    }
    /** Ends what runs, without a trace. */
    close() {
        if (this.#running !== undefined)
            this.#stop(this.#running.id);
    }
    #begin(request) {
        if (this.#running !== undefined)
            return { kind: 'busy' };
        let runs;
        let title;
        try {
            const plans = planOf(request, this.#databaseUrl);
            runs = plans.length;
            title = plans[0]?.title ?? '';
        }
        catch (error) {
            if (!(error instanceof UnusableError))
                throw error;
            return { kind: 'unusable', why: error.message };
        }
        const id = randomBytes(9).toString('base64url');
        const progress = { phase: 'starting', run: 1, runs, title };
        this.#keep({ id, state: 'running', progress, runs: [] });
        this.#run(id, request);
        return this.#statusOf(id);
    }
    #run(id, request) {
        const databaseUrl = this.#databaseUrl;
        const child = spawn(process.execPath, [labProgram('runner'), JSON.stringify(request)], {
            env: environmentOf(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
            stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        });
        this.#running = { id, child };
        child.on('message', (message) => this.#hear(id, message));
        // Not 'close', which never comes of a channel that was closed from here; and not the exit alone,
        // after which the last report may still be on its way.
        Promise.all([once(child, 'exit'), once(child, 'disconnect')])
            .catch((error) => this.#hear(id, { type: 'failed', why: error.message }))
            .finally(() => this.#ended(id));
    }
    #ended(id) {
        if (this.#running?.id === id)
            this.#running = undefined;
        const status = this.#kept.get(id);
        if (status?.state !== 'running')
            return;
        if (status.runs.length === status.progress.runs)
            this.#keep({ ...status, state: 'done' });
        else
            this.#hear(id, { type: 'failed', why: 'the experiment ended too early' });
    }
    #hear(id, message) {
        const status = this.#kept.get(id);
        if (status?.state !== 'running')
            return; // it was stopped, and says something yet
        switch (message.type) {
            case 'progress':
                this.#keep({ ...status, progress: message.progress });
                break;
            case 'run':
                this.#keep({ ...status, runs: [...status.runs, message.run] });
                break;
            case 'failed':
                this.#keep({ ...status, state: 'failed', failure: message.why });
                break;
        }
    }
    /** Its channel is closed; the runner ends of that, and takes the sandbox along. */
    #stop(id) {
        if (this.#running?.id !== id)
            return;
        const status = this.#kept.get(id);
        if (status?.state === 'running')
            this.#keep({ ...status, state: 'stopped' });
        const { child } = this.#running;
        if (child.connected)
            child.disconnect();
        const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX).unref();
        child.once('exit', () => clearTimeout(late));
    }
    #statusOf(id) {
        const status = this.#kept.get(id);
        return status === undefined ? { kind: 'unknown' } : { kind: 'status', status };
    }
    #keep(status) {
        this.#kept.set(status.id, status);
        const [oldest] = this.#kept.keys();
        if (this.#kept.size > KEPT_MAX && oldest !== undefined)
            this.#kept.delete(oldest);
    }
}
//# sourceMappingURL=service.js.map