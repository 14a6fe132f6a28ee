import { readFileSync } from 'node:fs';

/** What the processes of an office took of the memory, the largest of them, in MB. */
export interface MemoryUse {
  readonly beforeMb: number;
  readonly peakMb: number;
  readonly afterMb: number;
}

const LOOK_MS = 100;

/** The resident memory of a process in MB; 0 of one that is gone. */
export function residentMb(pid: number): number {
  try {
    const [, kb] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kb ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Watches how much memory processes take, the largest of them, until it is told to stop. */
export class MemoryWatch {
  readonly #pids: readonly number[];
  readonly #beforeMb: number;
  readonly #looking: NodeJS.Timeout;
  #peakMb = 0;

  constructor(pids: readonly number[]) {
    this.#pids = pids;
    this.#beforeMb = this.#look();
    this.#looking = setInterval(() => this.#look(), LOOK_MS);
  }

  stop(): MemoryUse {
    clearInterval(this.#looking);
    const afterMb = this.#look();
    return { beforeMb: this.#beforeMb, peakMb: this.#peakMb, afterMb };
  }

  #look(): number {
    const mb = Math.max(...this.#pids.map(residentMb));
    this.#peakMb = Math.max(this.#peakMb, mb);
    return mb;
  }
}
