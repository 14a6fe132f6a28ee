import { get, type Verdict, type WorkerStatus } from './api.js';
import { fill, h } from './dom.js';
import { lasting, number } from './format.js';
import { heading, poll, type View } from './view.js';
import { words } from './words.js';

const EVERY_MS = 1_000;
const text = words.workers;

/** The processes that sell, and what their sales come to. */
export const workersView: View = ({ root }) => {
  const trouble = h('p', { class: 'trouble', role: 'status' });
  const verdict = h('p', { class: 'verdict-line' });
  const rows = h('tbody');
  const primary = h('p', { class: 'note' });
  const columns = Object.entries(text.columns).map(([name, title]) =>
    h('th', { scope: 'col', class: `column-${name}` }, title),
  );
  root.append(
    heading(text.title, text.lead),
    verdict,
    h('table', { class: 'workers' }, h('thead', {}, h('tr', {}, ...columns)), rows),
    primary,
    trouble,
  );

  const stopWorkers = poll(
    EVERY_MS,
    trouble,
    () => get<{ workers: WorkerStatus[] }>('/workers'),
    ({ workers }) => {
      fill(rows, ...workers.map(row));
      fill(primary, text.primary(workers[0]?.ppid ?? 0));
    },
  );
  const stopVerdict = poll(
    2 * EVERY_MS,
    trouble,
    () => get<Verdict>('/verdict'),
    (answer) => {
      verdict.dataset.verdict = answer.verdict;
      fill(verdict, h('strong', {}, `${text.verdictTitle}: `), results(answer));
    },
  );
  return () => {
    stopWorkers();
    stopVerdict();
  };
};

function row(worker: WorkerStatus): HTMLElement {
  const { name, pid, alive, uptime, sales, lockWaits, restarts, lastExit } = worker;
  const cell = (column: keyof typeof text.columns, value: string, type = 'number') =>
    h('td', { class: type, 'data-label': text.columns[column] }, value);
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, name),
    cell('pid', String(pid)),
    h(
      'td',
      { class: `state ${alive ? 'alive' : 'silent'}`, 'data-label': text.columns.state },
      alive ? text.alive : text.silent,
    ),
    cell('uptime', lasting(uptime)),
    cell('sales', number(sales)),
    cell('lockWaits', number(lockWaits)),
    cell('restarts', number(restarts)),
    cell('lastExit', lastExit === null ? text.never : text.exit(lastExit.code, lastExit.signal)),
  );
}

function results({ verdict, events, lostUpdates }: Verdict): string {
  const sold = events.reduce((sum, event) => sum + event.sold, 0);
  return text.verdict[verdict](sold, lostUpdates);
}
