import type { LabRequest } from '../../timeline/lab-request.js';
import type { LabStatus } from '../../timeline/lab-status.js';

/** A finished experiment as it was shown. */
export interface FinishedExperiment {
  readonly status: LabStatus;
  readonly request: LabRequest;
  /** Whether it was shown beside the one before it. */
  readonly beside: boolean;
  readonly guess: number | undefined;
}

/** An experiment in the list of those that this browser keeps. */
export interface KeptExperiment {
  readonly id: string;
  /** When it ended, in milliseconds since 1970. */
  readonly at: number;
  readonly address: string;
  readonly titles: readonly { readonly title: string; readonly ruling: string }[];
}

/** Experiments that are kept. One has up to some hundred kilobytes. */
const KEPT_MAX = 20;

const DATABASE = 'turnstile-lab';
const [EXPERIMENTS, SUMMARIES] = ['experiments', 'summaries'];

/**
 * The experiments of this browser, the newest first: going back, a reload and a link show a run that
 * was seen before, and run nothing. Where a browser has no storage they live as long as the page.
 */
export class RunHistory {
  readonly #recent = new Map<string, { experiment: FinishedExperiment; kept: KeptExperiment }>();
  readonly #database = openDatabase();

  /** Adds an experiment, and forgets the oldest ones above the limit. @param address the page's own, which shows it again */
  async keep(experiment: FinishedExperiment, address: string): Promise<void> {
    const { id, runs } = experiment.status;
    const titles = runs.map(({ title, verdict }) => ({ title, ruling: verdict.ruling }));
    const kept: KeptExperiment = { id, at: Date.now(), address, titles };
    this.#recent.set(id, { experiment, kept });
    for (const oldest of this.#recent.keys()) {
      if (this.#recent.size <= KEPT_MAX) break;
      this.#recent.delete(oldest);
    }
    await this.#write((experiments, summaries) => {
      experiments.put({ id, experiment });
      summaries.put(kept);
    });
    const excess = (await this.list()).slice(KEPT_MAX);
    if (excess.length === 0) return;
    await this.#write((experiments, summaries) => {
      for (const each of excess) {
        experiments.delete(each.id);
        summaries.delete(each.id);
      }
    });
  }

  /** The experiment of an id; `undefined` if this browser does not keep it. */
  async find(id: string): Promise<FinishedExperiment | undefined> {
    const recent = this.#recent.get(id);
    if (recent !== undefined) return recent.experiment;
    const stored = await this.#read<{ experiment: FinishedExperiment }>(EXPERIMENTS, (store) =>
      store.get(id),
    );
    return stored?.experiment;
  }

  /** Those that are kept, the newest first. */
  async list(): Promise<KeptExperiment[]> {
    const stored = await this.#read<KeptExperiment[]>(SUMMARIES, (store) => store.getAll());
    const kept = new Map(stored?.map((each) => [each.id, each]));
    for (const recent of this.#recent.values()) kept.set(recent.kept.id, recent.kept);
    return [...kept.values()].toSorted((a, b) => b.at - a.at);
  }

  /** Forgets every experiment of this browser. */
  async forgetAll(): Promise<void> {
    this.#recent.clear();
    await this.#write((experiments, summaries) => {
      experiments.clear();
      summaries.clear();
    });
  }

  async #read<Value>(
    name: string,
    request: (store: IDBObjectStore) => IDBRequest,
  ): Promise<Value | undefined> {
    const database = await this.#database;
    if (database === undefined) return undefined;
    try {
      return await resultOf<Value>(request(database.transaction(name).objectStore(name)));
    } catch {
      return undefined; // the browser has closed the database: its user cleared the data of this site
    }
  }

  async #write(
    change: (experiments: IDBObjectStore, summaries: IDBObjectStore) => void,
  ): Promise<void> {
    const database = await this.#database;
    if (database === undefined) return;
    let transaction: IDBTransaction;
    try {
      transaction = database.transaction([EXPERIMENTS, SUMMARIES], 'readwrite');
      change(transaction.objectStore(EXPERIMENTS), transaction.objectStore(SUMMARIES));
    } catch {
      return; // as above
    }
    await new Promise<void>((resolve) => {
      for (const end of ['complete', 'abort', 'error']) {
        transaction.addEventListener(end, () => resolve()); // a full disk: it is not kept
      }
    });
  }
}

function openDatabase(): Promise<IDBDatabase | undefined> {
  try {
    const request = indexedDB.open(DATABASE, 1);
    request.addEventListener('upgradeneeded', () => {
      for (const name of [EXPERIMENTS, SUMMARIES]) {
        request.result.createObjectStore(name, { keyPath: 'id' });
      }
    });
    return resultOf<IDBDatabase>(request).catch(() => undefined);
  } catch {
    return Promise.resolve(undefined); // a browser that keeps nothing
  }
}

const resultOf = <Value>(request: IDBRequest): Promise<Value> =>
  new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result as Value));
    request.addEventListener('error', () => reject(request.error));
  });
