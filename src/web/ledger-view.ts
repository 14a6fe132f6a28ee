import { type ChainLine, get, type SearchAnswer } from './api.js';
import { fill, h } from './dom.js';
import { heading, poll, type View } from './view.js';
import { words } from './words.js';

interface Tail {
  readonly lines: readonly ChainLine[];
}

const EVERY_MS = 1_000;
const text = words.ledger;

/** The newest commits, each with the hash that ties it to the one before. */
export const ledgerView: View = ({ root }) => {
  const trouble = h('p', { class: 'trouble', role: 'status' });
  const chain = h('ol', { class: 'chain' });
  const note = h('div', { class: 'note' });
  root.append(heading(text.title, text.lead), note, chain, trouble);

  let shown = '';
  const showLines = ({ lines }: Tail) => {
    fill(note, lines.length === 0 && h('p', {}, text.none));
    const recentCommits = lines.map(({ hash }) => hash).join();
    if (recentCommits === shown) return; // whoever reads one is not thrown back to the top
    shown = recentCommits;
    const newestFirst = lines.toReversed();
    fill(chain, ...newestFirst.map((line, index) => item(line, isLinked(newestFirst, index))));
  };

  let stop = () => {};
  let left = false;
  void get<SearchAnswer>('/search?limit=1').then(
    ({ store }) => {
      if (left) return;
      // Asked for anyway, the answer would be an error in the console of a page that works.
      if (store === 'json') showOther(note, store);
      else stop = poll(EVERY_MS, trouble, () => get<Tail>('/ledger'), showLines);
    },
    (error: Error) => fill(trouble, words.trouble(error.message)),
  );
  return () => {
    left = true;
    stop();
  };
};

function showOther(note: HTMLElement, store: string): void {
  fill(
    note,
    h('p', {}, text.otherStore(store)),
    h('pre', { tabindex: 0 }, h('code', {}, text.otherStoreCommand)),
  );
}

const hash = (label: string, value: string) =>
  h('span', { class: 'hash' }, `${label} `, h('code', { title: value }, value.slice(0, 8)));

/** Whether the chain goes on to the line below: between two events, each with its own, it does not. */
function isLinked(newestFirst: readonly ChainLine[], index: number): boolean {
  const above = newestFirst.slice(0, index + 1).findLast(({ counts }) => counts);
  const below = newestFirst.slice(index + 1).find(({ counts }) => counts);
  return below !== undefined && (above === undefined || above.commit?.prev === below.hash);
}

function item({ counts, hash: own, commit }: ChainLine, linked: boolean): HTMLElement {
  const kind = `${counts ? 'counts' : 'skipped'}${linked ? ' linked' : ''}`;
  if (commit === undefined) {
    return h('li', { class: kind }, h('h2', {}, text.skipped), h('p', { class: 'why' }, text.torn));
  }
  const { seq, at, pid, prev, sold } = commit;
  const sales = sold.map(({ eventId, first, last }) => text.sold(eventId, first, last)).join(', ');
  return h(
    'li',
    { class: kind },
    h('h2', {}, counts ? text.commit(seq) : text.skipped),
    h(
      'p',
      { class: 'by' },
      h('time', { datetime: at }, at.slice(11, 23)),
      pid !== undefined && ` ${text.by(pid)}`,
    ),
    h('p', { class: 'sold' }, sales),
    !counts && h('p', { class: 'why' }, text.skippedWhy),
    h('p', { class: 'hashes' }, hash(text.hash, own), hash(text.prev, prev)),
  );
}
