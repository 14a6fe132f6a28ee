import { number } from '../timeline/format.js';
import { fetchJson, type VerdictAnswer, type WorkerStatus, type WorkersAnswer } from './api.js';
import { fill, h } from './dom.js';
import { formatDuration } from './format.js';
import { hedge } from './hedged-request.js';
import { heading, poll, type View } from './view.js';

const POLL_MS = 1_000;

/** How long to wait for an answer, from whichever worker. */
const ANSWER_MS = { workers: 2_500, verdict: 10_000 };

const title = 'Workers';
const lead =
  'The processes that sell. They share no memory: everything that they know of each other is in one file.';

const columns = {
  name: 'Worker',
  pid: 'Process',
  state: 'State',
  uptime: 'Uptime',
  sales: 'Orders sold',
  lockWaits: 'Lock waits',
  restarts: 'Restarts',
  lastExit: 'Last exit',
};

const describePrimary = (pid: number): string =>
  `Their primary is process ${pid}. It replaces a worker that exits.`;

const hiddenDetails =
  'The details are for operators: open this page on the machine of the server, without a proxy.';

/** The worker processes, and the verdict on their sales so far. */
export const workersView: View = ({ root }) => {
  const errorLine = h('p', { class: 'error', role: 'status' });
  const verdictLine = h('p', { class: 'verdict-line' });
  const rows = h('tbody');
  const primary = h('p', { class: 'note' });
  const head = Object.entries(columns).map(([name, label]) =>
    h('th', { scope: 'col', class: `column-${name}` }, label),
  );
  root.append(
    heading(title, lead),
    verdictLine,
    h('table', { class: 'workers' }, h('thead', {}, h('tr', {}, ...head)), rows),
    primary,
    errorLine,
  );

  const stopWorkers = poll(
    POLL_MS,
    errorLine,
    () => fetchWithin<WorkersAnswer>('/workers', ANSWER_MS.workers),
    ({ workers }) => {
      fill(rows, ...workers.map(workerRow));
      const pid = workers[0]?.ppid;
      fill(primary, pid === undefined ? hiddenDetails : describePrimary(pid));
    },
  );
  const stopVerdict = poll(
    2 * POLL_MS,
    errorLine,
    () => fetchWithin<VerdictAnswer>('/verdict', ANSWER_MS.verdict),
    (answer) => {
      verdictLine.dataset.verdict = answer.verdict;
      fill(verdictLine, h('strong', {}, 'So far: '), describeVerdict(answer));
    },
  );
  return () => {
    stopWorkers();
    stopVerdict();
  };
};

const fetchWithin = <Answer>(path: string, ms: number): Promise<Answer> =>
  hedge((signal) =>
    fetchJson<Answer>(path, { signal: AbortSignal.any([signal, AbortSignal.timeout(ms)]) }),
  );

function workerRow(worker: WorkerStatus): HTMLElement {
  const { name, pid, state, uptime, sales, lockWaits, restarts, lastExit } = worker;
  const cell = (column: keyof typeof columns, value: string | undefined) =>
    h('td', { class: 'number', 'data-label': columns[column] }, value ?? '–');
  const countCell = (column: keyof typeof columns, count: number | undefined) =>
    cell(column, count === undefined ? undefined : number(count));
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, name),
    cell('pid', pid?.toString()),
    h('td', { class: `state ${state}`, 'data-label': columns.state }, state),
    cell('uptime', uptime === undefined ? undefined : formatDuration(uptime)),
    countCell('sales', sales),
    countCell('lockWaits', lockWaits),
    countCell('restarts', restarts),
    cell('lastExit', lastExit === undefined ? undefined : describeExit(lastExit)),
  );
}

const describeExit = (exit: NonNullable<WorkerStatus['lastExit']> | null): string =>
  exit === null ? 'none' : (exit.signal ?? `exit code ${exit.code}`);

/** A verdict in a sentence. */
export function describeVerdict({ verdict, events, lostUpdates }: VerdictAnswer): string {
  const sold = number(events.reduce((sum, event) => sum + event.sold, 0));
  switch (verdict) {
    case 'holds':
      return `Holds: ${sold} sold, each of them once.`;
    case 'broken':
      return `Broken: buyers were told "sold" for ${sold} tickets, lost updates: ${number(lostUpdates)}.`;
    case 'inconclusive':
      return 'Inconclusive: too little was sold to prove anything.';
  }
}
