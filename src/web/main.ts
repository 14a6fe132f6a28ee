import { fetchJson, HttpError, type SearchAnswer } from './api.js';
import { boxOfficeView } from './box-office-view.js';
import { fill, h } from './dom.js';
import { labView } from './lab/lab-view.js';
import { heading, type View } from './view.js';

type ViewName =
  | 'lab'
  | 'levels'
  | 'box-office'
  | 'sell'
  | 'door'
  | 'workers'
  | 'ledger'
  | 'from-python';

interface Entry {
  readonly title: string;
  /** Whether it is in no list of views: another view links it. */
  readonly isUnlisted?: true;
  /** What few visitors open is loaded when it is opened. */
  readonly load: () => View | Promise<View>;
}

const views: Readonly<Record<ViewName, Entry>> = {
  lab: { title: 'Race lab', load: () => labView },
  levels: {
    title: 'Levels',
    load: async () => (await import('./levels/levels-view.js')).levelsView,
  },
  'box-office': { title: 'Box office', load: () => boxOfficeView },
  sell: { title: 'Sell', load: async () => (await import('./sell/sell-view.js')).sellView },
  door: { title: 'Door', load: async () => (await import('./door/door-view.js')).doorView },
  workers: { title: 'Workers', load: async () => (await import('./workers-view.js')).workersView },
  ledger: { title: 'Ledger', load: async () => (await import('./ledger-view.js')).ledgerView },
  'from-python': {
    title: 'From Python',
    isUnlisted: true,
    load: async () => (await import('./python/python-view.js')).pythonView,
  },
};

const root = h('main', { id: 'content' });
const setup = h('span');
const announcer = h('div', { class: 'announcer', role: 'status', 'aria-live': 'polite' });
const links = Object.entries(views).flatMap(([name, { title, isUnlisted }]) =>
  isUnlisted ? [] : [{ name, link: h('a', { href: `#${name}` }, title) }],
);
const brand = h('a', { class: 'brand', href: '#lab' }, 'Turnstile');
const nav = h('nav', { 'aria-label': 'Views' }, ...links.map(({ link }) => link));
const staffLinks = h('nav', { 'aria-label': 'For staff', class: 'staff', hidden: true });

/** Where the lab is closed, buyers come to the page: it opens the box office, and hides the rest. */
let home: ViewName = 'lab';

// In place of what index.html shows while this script loads; its style sheet stays.
for (const each of document.querySelectorAll('body > header, body > main')) each.remove();
document.body.prepend(
  h('a', { class: 'skip', href: '#content', click: skip }, 'Skip to content'),
  h('header', { class: 'top' }, brand, nav),
  root,
  h('footer', { class: 'foot' }, staffLinks, h('a', { href: '/docs' }, 'HTTP interface'), setup),
  announcer,
);

let stop = () => {};
let isFirst = true;
/** Counts the views that were opened: one that is loaded late is not shown. */
let opened = 0;

/** The fragment of the address names the view, so that a link leads to it. */
async function showView(): Promise<void> {
  const [fragment = '', query = ''] = location.hash.slice(1).split('?');
  const name = nameOf(fragment);
  const { title, load } = views[name];
  const opening = ++opened;
  stop();
  stop = () => {};
  fill(root);
  for (const { name: linked, link } of links) {
    if (linked === name) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  document.title = `${title} · Turnstile`;
  root.dataset.view = name;
  setup.hidden = name === 'box-office' || name === 'door'; // buyers do not ask for it
  const loading = load();
  const view = loading instanceof Promise ? await loading.catch(() => failedView) : loading;
  if (opening !== opened) return;
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

/** The view that a fragment names. One that names none, and the lab where it is closed, open the first. */
function nameOf(fragment: string): ViewName {
  const isKnown = Object.hasOwn(views, fragment) && !(fragment === 'lab' && home !== 'lab');
  return isKnown ? (fragment as ViewName) : home;
}

/** In place of a view whose files could not be loaded. */
const failedView: View = ({ root: place }) => {
  place.append(heading('No connection', 'This part of the page could not be loaded. Try again.'));
  return () => {};
};

/** Whether this client may use the lab. While that is unknown, it may: the lab says what is wrong. */
async function isLabOpen(): Promise<boolean> {
  try {
    await fetchJson('/lab/scenarios');
    return true;
  } catch (error) {
    return !(error instanceof HttpError && [403, 404].includes(error.status));
  }
}

function closeLab(): void {
  home = 'box-office';
  brand.href = `#${home}`;
  for (const { name, link } of links) {
    if (name === 'lab' || name === 'levels') link.remove();
    else if (name !== 'box-office') staffLinks.append(link);
  }
  staffLinks.hidden = false;
  nav.hidden = true; // one view needs no choice
}

async function start(): Promise<void> {
  const fragment = location.hash.slice(1).split('?')[0] ?? '';
  const isLabFirst = fragment === 'lab' || !Object.hasOwn(views, fragment);
  const labIsOpen = isLabOpen();
  // A reader should not see a lab that closes again, and no other view needs to wait for it.
  if (!isLabFirst) void showView();
  if (!(await labIsOpen)) closeLab();
  if (isLabFirst && opened === 0) void showView();
}

/** The fragment of the address names the view, so it cannot name a place within it. */
function skip(event: Event): void {
  event.preventDefault();
  root.querySelector('h1')?.focus();
}

addEventListener('hashchange', () => void showView());
void start();
void fetchJson<SearchAnswer>('/search?limit=1').then(
  ({ store, lockMode }) => fill(setup, `This office: ${store} store, lock mode ${lockMode}`),
  () => {}, // the view shows the error
);
