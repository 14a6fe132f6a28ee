import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { onTestFinished } from 'vitest';
/** A COMMIT as it stands on the wire: a simple query, its length, the text and a zero. */
const commit = Buffer.from('Q\0\0\0\x0bcommit\0', 'latin1');
/** A wire to a database that a test can cut. */
export class Wire {
    #server;
    #to;
    #pairs = new Set();
    #cut = false;
    #commitsToLose = 0;
    #commitsLost = 0;
    constructor(to) {
        this.#to = to;
        this.#server = createServer((near) => this.#join(near));
    }
    /** Lays one to this address; it is gone when the test ends. */
    static async forTest(address) {
        const wire = new Wire(new URL(address));
        await once(wire.#server.listen(0, '127.0.0.1'), 'listening');
        onTestFinished(() => wire.#close());
        return wire;
    }
    /** The database's address at this end. */
    get address() {
        const url = new URL(this.#to);
        url.host = `127.0.0.1:${this.#server.address().port}`;
        return url.href;
    }
    get commitsLost() {
        return this.#commitsLost;
    }
    /** The next COMMITs reach the database, and their answers never come back. */
    loseAnswersTo(commits) {
        this.#commitsToLose = commits;
    }
    /** From now on nothing comes through, and nobody is told: what is sent waits, for ever. */
    silence() {
        for (const { near, far } of this.#pairs) {
            near.pause();
            far.pause();
        }
        this.#cut = true;
    }
    /** New connections come through again; those that were silenced are reset. */
    mend() {
        this.#cut = false;
        for (const { near, far } of this.#pairs) {
            near.resetAndDestroy();
            far.resetAndDestroy();
        }
    }
    #join(near) {
        near.on('error', () => { });
        if (this.#cut) {
            const pair = { near, far: near };
            this.#pairs.add(pair);
            near.once('close', () => this.#pairs.delete(pair));
            return;
        }
        const far = connect({ host: this.#to.hostname, port: Number(this.#to.port) });
        const pair = { near, far };
        this.#pairs.add(pair);
        far.on('error', () => near.destroy());
        near.on('data', (bytes) => {
            far.write(bytes);
            if (this.#commitsToLose === 0 || !bytes.includes(commit))
                return;
            this.#commitsToLose--;
            this.#commitsLost++;
            far.unpipe(near);
            far.removeAllListeners('data');
            far.resume(); // read, so that the database is not kept waiting, and thrown away
            near.resetAndDestroy();
            far.end();
        });
        far.on('data', (bytes) => near.write(bytes));
        far.on('end', () => near.end());
        near.on('close', () => {
            this.#pairs.delete(pair);
            far.end();
        });
        far.on('close', () => near.destroy());
    }
    async #close() {
        this.mend();
        this.#server.close();
    }
}
//# sourceMappingURL=wire.js.map