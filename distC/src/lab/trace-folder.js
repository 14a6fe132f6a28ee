import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LineReader } from '../store/lines.js';
/** The traces that the processes of a sandbox write, read on from where the last look ended. */
export class TraceFolder {
    #folder;
    #offsets = new Map();
    constructor(folder) {
        this.#folder = folder;
    }
    /** What was noted since the last time; of each process in order. */
    async readOn() {
        const traced = [];
        for (const name of await readdir(this.#folder)) {
            const file = await open(join(this.#folder, name), 'r');
            try {
                const lines = new LineReader(file, this.#offsets.get(name));
                await lines.readOn((line) => {
                    traced.push(JSON.parse(line.toString('utf8')));
                });
                this.#offsets.set(name, lines.offset);
            }
            finally {
                await file.close();
            }
        }
        return traced;
    }
}
//# sourceMappingURL=trace-folder.js.map