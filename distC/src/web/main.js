import { get } from './api.js';
import { boxOfficeView } from './box-office-view.js';
import { fill, h } from './dom.js';
import { labView } from './lab/lab-view.js';
import { ledgerView } from './ledger-view.js';
import { words } from './words.js';
import { workersView } from './workers-view.js';
const views = {
    lab: labView,
    'box-office': boxOfficeView,
    workers: workersView,
    ledger: ledgerView,
};
const root = h('main', { id: 'content' });
const office = h('span');
const said = h('div', { class: 'said', role: 'status', 'aria-live': 'polite' });
const links = Object.entries(words.views).map(([name, title]) => ({
    name,
    link: h('a', { href: `#${name}` }, title),
}));
document.body.append(h('a', { class: 'skip', href: '#content', click: skip }, words.skip), h('header', { class: 'top' }, h('a', { class: 'brand', href: '#lab' }, words.name), h('nav', { 'aria-label': words.nav }, ...links.map(({ link }) => link))), root, h('footer', { class: 'foot' }, h('a', { href: '/docs' }, words.foot.docs), office), said);
let stop = () => { };
let entered = false;
/** The address behind `#` says what is shown, so that a link brings it back. */
function show() {
    const [name = '', query = ''] = location.hash.slice(1).split('?');
    const view = Object.hasOwn(views, name) ? name : 'lab';
    stop();
    fill(root);
    for (const { name, link } of links) {
        if (name === view)
            link.setAttribute('aria-current', 'page');
        else
            link.removeAttribute('aria-current');
    }
    document.title = `${words.views[view]} · ${words.name}`;
    root.dataset.view = view;
    stop = views[view]({
        root,
        query: new URLSearchParams(query),
        say: (text) => fill(said, text),
    });
    // Whoever follows a link by keyboard, or hears the page, goes on where the new view begins.
    if (entered)
        root.querySelector('h1')?.focus();
    if (entered)
        scrollTo(0, 0);
    entered = true;
}
/** The address holds the view, so the link cannot lead to a place in it. */
function skip(event) {
    event.preventDefault();
    root.querySelector('h1')?.focus();
}
addEventListener('hashchange', show);
show();
// What the office is made of is of use, but nobody waits for it.
void get('/search?limit=1').then(({ store, lockMode }) => fill(office, words.foot.store(store, lockMode)), () => { });
