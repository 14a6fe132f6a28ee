import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LineReader } from '../store/shared/line-reader.js';
import type { Traced } from './traced-step.js';

/** The traces that the processes of a sandbox write, read on from where the last look ended. */
export class TraceReader {
  readonly #folder: string;
  readonly #offsets = new Map<string, number>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What was noted since the last time; of each process in order. */
  async readNewLines(): Promise<Traced[]> {
    const traced: Traced[] = [];
    for (const name of await readdir(this.#folder)) {
      const file = await open(join(this.#folder, name), 'r');
      try {
        const lines = new LineReader(file, this.#offsets.get(name));
        await lines.readNewLines((line) => {
          traced.push(JSON.parse(line.toString('utf8')) as Traced);
        });
        this.#offsets.set(name, lines.offset);
      } finally {
        await file.close();
      }
    }
    return traced;
  }
}
