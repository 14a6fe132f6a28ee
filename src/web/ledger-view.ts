import { number } from '../timeline/format.js';
import {
  fetchJson,
  HttpError,
  isTemporary,
  type LedgerAnswer,
  type LedgerLine,
  type SearchAnswer,
} from './api.js';
import { Backoff } from './backoff.js';
import { fill, h } from './dom.js';
import { formatSerials } from './format.js';
import { heading, poll, type View } from './view.js';

const POLL_MS = 1_000;

const text = {
  onlyOperators:
    'The ledger is for operators: open this page on the machine of the server, without a proxy.',
  title: 'Ledger',
  lead: 'The newest commits first. A line counts if it names the hash of the last line that counts; otherwise it is skipped. With PostgreSQL each event has its own chain.',
  empty: 'This ledger has no commits yet. Buy something.',
  otherStore: (store: string) =>
    `This office uses the ${store} store, which has no ledger. To see one, run:`,
  otherStoreCommand: 'STORE=ledger DATA_DIR=ledger-data npm start',
  skipped: 'Skipped',
  whySkipped:
    'It extends a line that another line extends too, and the chain goes through the other one.',
  torn: 'An incomplete line, torn by a crash. It never counts.',
};

/** The newest commits, each with its hash and the hash of the commit before it. */
export const ledgerView: View = ({ root }) => {
  const errorLine = h('p', { class: 'error', role: 'status' });
  const chain = h('ol', { class: 'chain' });
  const note = h('div', { class: 'note' });
  root.append(heading(text.title, text.lead), note, chain, errorLine);

  let shown = '';
  const showLines = ({ lines }: LedgerAnswer) => {
    fill(note, lines.length === 0 && h('p', {}, text.empty));
    const hashes = lines.map(({ hash }) => hash).join();
    if (hashes === shown) return; // keeps the reader's scroll position and selection
    shown = hashes;
    const newestFirst = lines.toReversed();
    fill(chain, ...newestFirst.map((line, index) => lineItem(line, isLinked(newestFirst, index))));
  };

  const backoff = new Backoff();
  let stop = () => {};
  let closed = false;
  const fetchLedger = () =>
    fetchJson<LedgerAnswer>('/ledger').catch((error) => {
      const onlyOperators = error instanceof HttpError && [401, 403].includes(error.status);
      if (!onlyOperators) throw error;
      stop(); // asking again would not help
      fill(note, h('p', {}, text.onlyOperators));
      return { lines: [] };
    });
  const start = async () => {
    try {
      const { store } = await fetchJson<SearchAnswer>('/search?limit=1');
      if (closed) return;
      fill(errorLine);
      // The json store has no ledger: a request would log an error to the browser's console.
      if (store === 'json') showOtherStore(note, store);
      else stop = poll(POLL_MS, errorLine, fetchLedger, showLines);
    } catch (error) {
      if (closed) return;
      fill(errorLine, (error as Error).message);
      if (isTemporary(error)) backoff.retry(() => void start());
    }
  };
  void start();
  return () => {
    closed = true;
    backoff.cancel();
    stop();
  };
};

function showOtherStore(note: HTMLElement, store: string): void {
  fill(
    note,
    h('p', {}, text.otherStore(store)),
    h('pre', { tabindex: 0 }, h('code', {}, text.otherStoreCommand)),
  );
}

/** Whether the chain continues to the line below. It does not between events with their own chains. */
function isLinked(newestFirst: readonly LedgerLine[], index: number): boolean {
  const above = newestFirst.slice(0, index + 1).findLast(({ counts }) => counts);
  const below = newestFirst.slice(index + 1).find(({ counts }) => counts);
  return below !== undefined && (above === undefined || above.commit?.prev === below.hash);
}

function lineItem({ counts, hash, commit }: LedgerLine, linked: boolean): HTMLElement {
  const kind = `${counts ? 'counts' : 'skipped'}${linked ? ' linked' : ''}`;
  if (commit === undefined) {
    return h('li', { class: kind }, h('h2', {}, text.skipped), h('p', { class: 'why' }, text.torn));
  }
  const { seq, at, pid, prev, sold } = commit;
  const sales = sold.map(({ eventId, first, last }) => `${eventId}: ${formatSerials(first, last)}`);
  return h(
    'li',
    { class: kind },
    h('h2', {}, counts ? `Commit ${number(seq)}` : text.skipped),
    h(
      'p',
      { class: 'by' },
      h('time', { datetime: at }, at.slice(11, 23)),
      pid !== undefined && ` process ${pid}`,
    ),
    h('p', { class: 'sold' }, sales.join(', ')),
    !counts && h('p', { class: 'why' }, text.whySkipped),
    h('p', { class: 'hashes' }, hashLabel('its hash', hash), hashLabel('extends', prev)),
  );
}

const hashLabel = (label: string, hash: string) =>
  h('span', { class: 'hash' }, `${label} `, h('code', { title: hash }, hash.slice(0, 8)));
