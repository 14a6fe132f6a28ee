import { readFileSync } from 'node:fs';
const LOOK_MS = 100;
/** The resident memory of a process in MB; 0 of one that is gone. */
export function residentMb(pid) {
    try {
        const [, kb] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
        return Number(kb ?? 0) / 1024;
    }
    catch {
        return 0;
    }
}
/** Watches how much memory processes take, the largest of them, until it is told to stop. */
export class MemoryWatch {
    #pids;
    #beforeMb;
    #looking;
    #peakMb = 0;
    constructor(pids) {
        this.#pids = pids;
        this.#beforeMb = this.#look();
        this.#looking = setInterval(() => this.#look(), LOOK_MS);
    }
    stop() {
        clearInterval(this.#looking);
        const afterMb = this.#look();
        return { beforeMb: this.#beforeMb, peakMb: this.#peakMb, afterMb };
    }
    #look() {
        const mb = Math.max(...this.#pids.map(residentMb));
        this.#peakMb = Math.max(this.#peakMb, mb);
        return mb;
    }
}
//# sourceMappingURL=memory.js.map