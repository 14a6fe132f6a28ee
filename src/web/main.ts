import { fetchJson, type SearchAnswer } from './api.js';
import { boxOfficeView } from './box-office-view.js';
import { fill, h } from './dom.js';
import { labView } from './lab/lab-view.js';
import { ledgerView } from './ledger-view.js';
import type { View } from './view.js';
import { workersView } from './workers-view.js';

type ViewName = 'lab' | 'box-office' | 'workers' | 'ledger';

const views: Readonly<Record<ViewName, { title: string; view: View }>> = {
  lab: { title: 'Race lab', view: labView },
  'box-office': { title: 'Box office', view: boxOfficeView },
  workers: { title: 'Workers', view: workersView },
  ledger: { title: 'Ledger', view: ledgerView },
};

const root = h('main', { id: 'content' });
const setup = h('span');
const announcer = h('div', { class: 'announcer', role: 'status', 'aria-live': 'polite' });
const links = Object.entries(views).map(([name, { title }]) => ({
  name,
  link: h('a', { href: `#${name}` }, title),
}));

// In place of what index.html shows while this script loads.
document.body.replaceChildren(
  h('a', { class: 'skip', href: '#content', click: skip }, 'Skip to content'),
  h(
    'header',
    { class: 'top' },
    h('a', { class: 'brand', href: '#lab' }, 'Turnstile'),
    h('nav', { 'aria-label': 'Views' }, ...links.map(({ link }) => link)),
  ),
  root,
  h('footer', { class: 'foot' }, h('a', { href: '/docs' }, 'HTTP interface'), setup),
  announcer,
);

let stop = () => {};
let isFirst = true;

/** The fragment of the address names the view, so that a link leads to it. */
function showView(): void {
  const [fragment = '', query = ''] = location.hash.slice(1).split('?');
  const name: ViewName = Object.hasOwn(views, fragment) ? (fragment as ViewName) : 'lab';
  const { title, view } = views[name];
  stop();
  fill(root);
  for (const { name: linked, link } of links) {
    if (linked === name) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  document.title = `${title} · Turnstile`;
  root.dataset.view = name;
  stop = view({
    root,
    query: new URLSearchParams(query),
    announce: (text) => fill(announcer, text),
  });
  // Keyboard and screen reader users continue at the beginning of the new view.
  if (!isFirst) {
    root.querySelector('h1')?.focus();
    scrollTo(0, 0);
  }
  isFirst = false;
}

/** The fragment of the address names the view, so it cannot name a place within it. */
function skip(event: Event): void {
  event.preventDefault();
  root.querySelector('h1')?.focus();
}

addEventListener('hashchange', showView);
showView();
void fetchJson<SearchAnswer>('/search?limit=1').then(
  ({ store, lockMode }) => fill(setup, `This office: ${store} store, lock mode ${lockMode}`),
  () => {}, // the view shows the error
);
