import { relative } from 'node:path';
import type { Logger } from 'pino';
import type { Fault } from '../booking/faults.js';
import { exitCode, exitCodeOfFault } from '../exit-codes.js';
import { LabService } from '../lab/service.js';
import type { Parts } from '../parts.js';
import { placeOf, type Settings } from '../settings.js';
import type { Keeper } from '../store/kind.js';
import { portOf } from './address.js';
import { occupyFolder } from './agreement.js';
import { banner } from './banner.js';
import { faultLog } from './fault-log.js';
import { openLog } from './log.js';
import { onStopSignal } from './signals.js';
import { Slot } from './slot.js';
import { CLOSE_MS, FAILED_STARTS_MAX, HEARTBEAT_MS } from './times.js';

/** Runs the primary: it makes the folder, starts the workers and keeps them going. */
export async function runPrimary(settings: Settings, parts: Parts): Promise<void> {
  await occupyFolder(settings, parts);
  const kind = parts.stores[settings.STORE];
  const waitMs = settings.DATABASE_WAIT_S * 1000;
  await kind.prepare(placeOf(settings), { seeds: settings.DATA_DIR, waitMs });
  const primary = new Primary(settings, parts);
  await primary.start();
}

class Primary {
  readonly #settings: Settings;
  readonly #parts: Parts;
  readonly #log: Logger;
  readonly #logFault: (fault: Fault) => void;
  readonly #lab: LabService;
  #slots: Slot[] = [];
  #failedStarts = 0;
  #keeper: Keeper | undefined;
  #opened = false;
  #port: number;
  #closing: number | undefined;

  constructor(settings: Settings, parts: Parts) {
    this.#settings = settings;
    this.#parts = parts;
    this.#lab = new LabService(settings.DATABASE_URL);
    this.#port = settings.PORT;
    this.#log = openLog(settings, 'primary');
    this.#logFault = faultLog(this.#log, 'the folder cannot be kept in order');
  }

  async start(): Promise<void> {
    this.#keeper = await this.#parts.stores[this.#settings.STORE].keep({
      folder: placeOf(this.#settings),
      lockMode: this.#settings.LOCK_MODE,
      onFault: (fault) => this.#fault(fault),
    });
    onStopSignal({
      first: () => {
        process.stderr.write('Closing: what was accepted is sold first. Again: at once.\n');
        this.#close(exitCode.fine);
      },
      second: () => this.#end(exitCode.interrupted),
    });
    this.#port = await portOf(this.#settings);
    this.#slots = Array.from({ length: this.#settings.WORKERS }, (_, index) =>
      this.#newSlot(`worker-${index + 1}`),
    );
    this.#watchHeartbeats();
  }

  #fault(fault: Fault): void {
    this.#logFault(fault);
    const code = exitCodeOfFault[fault.code];
    if (code !== undefined) this.#fatal(code, fault.message);
  }

  #fatal(code: number, line: string): void {
    // Several workers may say the same; and what goes wrong while it closes must be heard, too.
    if (this.#closing !== code) process.stderr.write(`${line}\n`);
    if (this.#closing === exitCode.fine) this.#closing = code;
    this.#close(code);
  }

  #newSlot(name: string): Slot {
    return new Slot({
      name,
      heartbeatTimeoutMs: this.#settings.HEARTBEAT_TIMEOUT_MS,
      environment: () => ({ PORT: String(this.#port) }),
      answers: {
        workers: async () => this.#slots.map((slot) => slot.status()),
        metrics: () => this.#metrics(),
        lab: async (question) => this.#lab.answer(question),
      },
      onReady: () => this.#ready(),
      onFatal: (code, line) => this.#fatal(code, line),
      onExit: (wasReady, how) => this.#exited(name, wasReady, how),
    });
  }

  #ready(): void {
    this.#failedStarts = 0;
    if (this.#opened || !this.#slots.every((slot) => slot.ready)) return;
    this.#opened = true;
    const { keptIn, guardedFile } = this.#parts.stores[this.#settings.STORE];
    const guarded = guardedFile(placeOf(this.#settings));
    const where = keptIn === 'folder' ? relativeToHere(guarded) : guarded;
    process.stdout.write(banner(this.#settings, this.#parts, this.#port, where));
  }

  #exited(name: string, wasReady: boolean, how: string): void {
    if (this.#closing !== undefined) {
      this.#endWhenAlone(this.#closing);
      return;
    }
    this.#log.warn(`${name} ended (${how}); another one takes its place`);
    this.#failedStarts = wasReady ? 0 : this.#failedStarts + 1;
    if (this.#failedStarts < FAILED_STARTS_MAX || this.#slots.some((slot) => slot.ready)) return;
    process.stderr.write(
      `Workers keep dying at start: ${this.#failedStarts} in a row, the last one by ${how}. Giving up.\n`,
    );
    this.#close(exitCode.wrong);
  }

  /** Asks every worker to close, and ends with this code when they have, or when the time is up. */
  #close(code: number): void {
    if (this.#closing !== undefined) return;
    this.#closing = code;
    setTimeout(() => this.#end(this.#closing ?? code), CLOSE_MS);
    this.#lab.close();
    for (const slot of this.#slots) slot.drain();
    this.#endWhenAlone(code);
  }

  #endWhenAlone(code: number): void {
    if (this.#slots.some((slot) => slot.running)) return;
    void this.#keeper?.close().finally(() => this.#end(this.#closing ?? code));
  }

  #end(code: number): void {
    for (const slot of this.#slots) if (slot.running) slot.kill();
    process.exit(code);
  }

  #watchHeartbeats(): void {
    let last = performance.now();
    setInterval(() => {
      const now = performance.now();
      const wasStopped = now - last > 4 * HEARTBEAT_MS;
      last = now;
      for (const slot of this.#slots) {
        if (wasStopped) slot.forgiveSilence();
        else slot.endIfSilent();
      }
    }, HEARTBEAT_MS);
  }

  async #metrics(): Promise<string> {
    const reports = await Promise.all(this.#slots.map((slot) => slot.report()));
    // Loaded when somebody asks: it is a tenth of what a primary loads.
    const { sumMetrics } = await import('./metrics.js');
    return sumMetrics(reports.filter((report) => report !== undefined));
  }
}

const relativeToHere = (path: string): string => {
  const shorter = relative(process.cwd(), path);
  return shorter.startsWith('..') ? path : shorter;
};
