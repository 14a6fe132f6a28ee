import { readFileSync } from 'node:fs';

/** The resident memory of the largest of several processes, in MB. */
export interface MemoryUse {
  readonly beforeMb: number;
  readonly peakMb: number;
  readonly afterMb: number;
}

const SAMPLE_MS = 100;

/** The resident memory of a process in MB; 0 if the process has exited. */
export function residentMb(pid: number): number {
  try {
    const [, kb] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kb ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Samples the memory of processes until `stop`. */
export class MemoryWatch {
  readonly #pids: readonly number[];
  readonly #beforeMb: number;
  readonly #timer: NodeJS.Timeout;
  #peakMb = 0;

  constructor(pids: readonly number[]) {
    this.#pids = pids;
    this.#beforeMb = this.#sample();
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS);
  }

  stop(): MemoryUse {
    clearInterval(this.#timer);
    const afterMb = this.#sample();
    return { beforeMb: this.#beforeMb, peakMb: this.#peakMb, afterMb };
  }

  #sample(): number {
    const mb = Math.max(...this.#pids.map(residentMb));
    this.#peakMb = Math.max(this.#peakMb, mb);
    return mb;
  }
}
