import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { TicketState } from '../../src/booking/inventory.js';
import { readReferenceLog } from '../../src/cli/read-history.js';
import { buyAtOnce } from '../../src/client/buyers.js';
import { judgeRace, type RaceResult } from '../../src/client/race-result.js';
import type { WorkerStatus } from '../../src/http/schemas.js';
import type { Receipt } from '../../src/store/json/receipt-lines.js';
import { parseReceipt } from '../../src/store/json/receipt-lines.js';
import { inspectLedger } from '../../src/store/ledger/inspect.js';
import { isSale } from '../../src/store/ledger/ops.js';
import { type StoreName, stores } from '../../src/store/registry.js';
import { judge, type Verdict } from '../../src/verdict/judge.js';
import { type HistoryVerdict, judgeHistory } from '../../src/verdict/judge-history.js';
import type { History } from '../../src/verdict/recorded-request.js';
import { TestDatabase } from './database.js';
import { newFolder, removeFolder } from './folder.js';
import { LOST_MS } from './load.js';
import { type ExitResult, type Running, start, until } from './processes.js';

export interface TestServerOptions {
  /** Settings; PORT is 0, LOG_LEVEL is warn and WORKERS is 2 unless given. */
  readonly env?: NodeJS.ProcessEnv;
  /** What is on sale; the packaged events by default. */
  readonly events?: TicketState['events'];
  /** A folder of the test, which outlives the server. */
  readonly folder?: string;
  /** A database of the test, which outlives the server. By default a server on PostgreSQL gets a new one. */
  readonly database?: TestDatabase;
  /** The program to run: `src/main`, or a negative control without a guard. */
  readonly program?: string;
}

/** A real server: a primary and its workers, on their own port and folder. */
export class TestServer {
  readonly folder: string;
  readonly url: URL;
  readonly #running: Running;
  readonly #ownsFolder: boolean;
  readonly #database: TestDatabase | undefined;
  readonly #ownDatabase: TestDatabase | undefined;
  readonly #store: StoreName;
  readonly #pids = new Set<number>();

  private constructor(
    running: Running,
    url: URL,
    where: {
      readonly folder: string;
      readonly ownsFolder: boolean;
      readonly store: StoreName;
      readonly database: TestDatabase | undefined;
      readonly ownDatabase: TestDatabase | undefined;
    },
  ) {
    this.#running = running;
    this.url = url;
    this.folder = where.folder;
    this.#ownsFolder = where.ownsFolder;
    this.#store = where.store;
    this.#database = where.database;
    this.#ownDatabase = where.ownDatabase;
  }

  /** Starts a server and waits until every worker listens. The caller disposes of it. */
  static async start(options: TestServerOptions = {}): Promise<TestServer> {
    const { env, events, folder, program } = options;
    const needsDatabase = env?.STORE === 'postgres' && options.database === undefined;
    const ownDatabase = needsDatabase ? await TestDatabase.create(events) : undefined;
    const database = options.database ?? ownDatabase;
    const where = folder ?? newFolder(events);
    const running = start(program ?? 'src/main', {
      env: {
        PORT: '0',
        LOG_LEVEL: 'warn',
        WORKERS: '2',
        DATA_DIR: where,
        ...database?.env,
        ...env,
      },
    });
    const url = () => /open on (http:\S+)/.exec(running.stdout())?.[1];
    const ended = () => running.child.exitCode !== null;
    await until('the server listens', () => url() !== undefined || ended()).catch((error) => {
      running.child.kill('SIGKILL');
      throw error;
    });
    const found = url();
    if (found === undefined) throw new Error(`the server exited: ${running.stderr()}`);
    const store = (database?.env.STORE ?? env?.STORE ?? 'json') as StoreName;
    const ownsFolder = folder === undefined;
    const its = { folder: where, ownsFolder, store, database, ownDatabase };
    const server = new TestServer(running, new URL(found), its);
    await server.workers();
    return server;
  }

  /** Starts a server that is disposed of when the test ends. */
  static async startForTest(options: TestServerOptions = {}): Promise<TestServer> {
    const server = await TestServer.start(options);
    onTestFinished(() => server.dispose());
    return server;
  }

  get primaryPid(): number {
    return this.#running.pid;
  }

  get stdout(): string {
    return this.#running.stdout();
  }

  get stderr(): string {
    return this.#running.stderr();
  }

  /** Resolves when the primary has exited. Workers may still run. */
  get exited(): Promise<unknown> {
    return this.#running.exited;
  }

  /** Resolves when the primary has exited and the output of all processes is complete. */
  get ended(): Promise<ExitResult> {
    return this.#running.ended;
  }

  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(new URL(path, this.url), init);
  }

  buy(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return this.fetch('/buy', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  /** The workers, as one of them says; those of a server that has exited cannot be asked. */
  async workers(): Promise<WorkerStatus[]> {
    // A kept connection may lead to a worker that was just killed. A new connection that is handed to
    // a dying worker is lost in Node and never answered. A repetition gets another worker.
    let workers: WorkerStatus[] | undefined;
    await until('/workers is answered', async () => {
      workers = await this.#fetchWorkers().catch(() => undefined);
      return workers !== undefined || this.#hasExited;
    });
    if (workers === undefined) throw new Error(`the server exited: ${this.stderr}`);
    return workers;
  }

  async #fetchWorkers(): Promise<WorkerStatus[]> {
    const answer = await this.fetch('/workers', { signal: AbortSignal.timeout(LOST_MS) });
    const { workers } = (await answer.json()) as { workers: WorkerStatus[] };
    for (const { pid } of workers) this.#pids.add(pid);
    return workers;
  }

  get #hasExited(): boolean {
    const { exitCode, signalCode } = this.#running.child;
    return exitCode !== null || signalCode !== null;
  }

  /**
   * Waits until every worker listens.
   *
   * @param dead processes that were killed: their primary may not have noticed yet and report them alive
   */
  untilAllLive(...dead: readonly (number | undefined)[]): Promise<void> {
    const areAlive = async () => {
      const workers = await this.workers().catch(() => []);
      return workers.length > 0 && workers.every(({ alive, pid }) => alive && !dead.includes(pid));
    };
    return until('every worker listens', areAlive);
  }

  /** Waits until a server has accepted so many buys that it has not answered yet. */
  untilAccepted(buys: number): Promise<void> {
    return until(`${buys} buys are accepted`, async () => {
      const text = await (await this.fetch('/metrics')).text();
      return Number(/^turnstile_buys_waiting (\d+)$/m.exec(text)?.[1]) >= buys;
    });
  }

  async remaining(eventId: string): Promise<number> {
    const { events } = (await (await this.fetch('/search?limit=100')).json()) as {
      events: { id: string; remaining: number }[];
    };
    const event = events.find(({ id }) => id === eventId);
    if (event === undefined) throw new Error(`no event ${eventId} on the first page`);
    return event.remaining;
  }

  /** Lets this many buyers buy at once, and judges the race by their answers and the ticket file. */
  async race(eventId: string, buyers = 200): Promise<RaceResult & { readonly why: string[] }> {
    const before = await this.remaining(eventId);
    const answers = await buyAtOnce(this.url, eventId, buyers);
    const after = await this.remaining(eventId);
    const why = answers.flatMap((answer) => (answer.kind === 'unknown' ? [answer.why] : []));
    return { ...judgeRace(before, after, answers), why };
  }

  /** The ticket file's content, read without the server. */
  state(): TicketState {
    return JSON.parse(readFileSync(join(this.folder, 'tickets.json'), 'utf8'));
  }

  receipts(): Receipt[] {
    const lines = readFileSync(join(this.folder, 'receipts.jsonl'), 'utf8').split('\n');
    return lines.map(parseReceipt).filter((receipt) => receipt !== undefined);
  }

  /** The sold serials of an event on record. A serial that is on record twice appears twice. */
  async soldSerials(eventId: string): Promise<number[]> {
    const serials: number[] = [];
    if (this.#store === 'json') {
      for (const receipt of this.receipts()) {
        if (receipt.eventId === eventId) serials.push(...receipt.serials);
      }
      return serials;
    }
    if (this.#database !== undefined) {
      const text = `select serial from turnstile.serials s join turnstile.events e on e.number = s.event
        where e.id = $1`;
      const rows = await this.#database.query<{ serial: number }>(text, [eventId]);
      return rows.map(({ serial }) => serial);
    }
    await inspectLedger(this.folder, ({ counts, commit }) => {
      for (const op of counts ? (commit?.ops ?? []) : []) {
        if (!isSale(op) || op.event !== eventId) continue;
        const { first, quantity } = op;
        for (let ticket = 0; ticket < quantity; ticket++) serials.push(first + ticket);
      }
    });
    return serials;
  }

  /** The verdict on the folder or the database, read without the server. */
  async verdict(): Promise<Verdict> {
    return judge(await stores[this.#store].history(this.#database?.address ?? this.folder));
  }

  /** The verdict on a history of answers, with the ledger as the reference log. */
  async judge(history: History): Promise<HistoryVerdict> {
    return judgeHistory(history, await readReferenceLog(this.folder));
  }

  /** Appends to the ledger without the server. */
  append(text: string): void {
    appendFileSync(join(this.folder, 'ledger.jsonl'), text);
  }

  /** Appends a line or row that does not count, without the server. */
  async appendUncounted(): Promise<void> {
    if (this.#database === undefined) return this.append('not a line of ours\n');
    await this.#database.query(
      `insert into turnstile.commits (event, seq, prev, hash, at, first, last, exclusive)
      select event, seq, prev, 'overtaken', at, first, last, false
      from turnstile.commits order by number desc limit 1`,
    );
  }

  /** All lines of the ledger, including the genesis line and skipped lines. */
  ledgerLines(): string[] {
    return readFileSync(join(this.folder, 'ledger.jsonl'), 'utf8').split('\n').slice(0, -1);
  }

  signal(signal: NodeJS.Signals): void {
    this.#running.child.kill(signal);
  }

  /** Asks the server to shut down, and waits until it has exited. After SIGTERM it would take longer. */
  stop(): Promise<ExitResult> {
    this.signal('SIGINT');
    return this.ended;
  }

  /** Kills all remaining processes, stopped ones too, and removes the folder. */
  async dispose(): Promise<void> {
    if (!this.#hasExited) {
      await this.#fetchWorkers().catch(() => {}); // records the pids of replaced workers
      this.signal('SIGKILL');
      await this.exited;
    }
    for (const pid of this.#pids) kill(pid);
    if (this.#ownsFolder) removeFolder(this.folder);
    await this.#ownDatabase?.dispose();
  }
}

/** Sends a signal to a process, which may have exited already. */
export function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Whether a process runs. A zombie does not count. */
export function isRunning(pid: number): boolean {
  try {
    return !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
