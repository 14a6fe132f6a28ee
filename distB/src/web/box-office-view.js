import { get } from './api.js';
import { fill, h } from './dom.js';
import { EventCard } from './event-card.js';
import { listen } from './live.js';
import { ordersPanel } from './orders-panel.js';
import { Purchase } from './purchase.js';
import { heading } from './view.js';
import { words } from './words.js';
/** A search is sent when nobody has typed for so long. */
const TYPING_MS = 200;
const text = words.office;
/** Events, what is left of them, and a form to buy. */
export const boxOfficeView = ({ root, say }) => {
    const cards = new Map();
    const list = h('ul', { class: 'events' });
    const trouble = h('p', { class: 'trouble', role: 'status' });
    const live = h('p', { class: 'live' });
    const more = h('button', { type: 'button', class: 'quiet', hidden: true }, text.more);
    const q = h('input', { type: 'search', id: 'q', placeholder: text.searchHint, maxlength: 200 });
    const available = h('input', { type: 'checkbox', id: 'available' });
    const orders = ordersPanel(say);
    const purchase = new Purchase({ say, onChange: () => orders.show() });
    let asked = 0;
    let shownQuery = '';
    const load = async (cursor) => {
        const mine = ++asked;
        const query = new URLSearchParams({ limit: '50' });
        if (q.value.trim() !== '')
            query.set('q', q.value.trim());
        if (available.checked)
            query.set('available', 'true');
        const isSame = String(query) === shownQuery;
        shownQuery = String(query);
        if (cursor !== undefined)
            query.set('cursor', cursor);
        try {
            const answer = await get(`/search?${query}`);
            if (mine === asked)
                show(answer, isSame);
        }
        catch (error) {
            if (mine === asked)
                fill(trouble, words.trouble(error.message));
        }
    };
    const show = ({ events, next, store }, grows) => {
        fill(trouble);
        purchase.usesKeys = store !== 'json';
        if (!grows) {
            cards.clear();
            fill(list);
        }
        for (const event of events)
            place(event);
        if (cards.size === 0)
            fill(list, h('li', { class: 'none' }, text.none));
        more.hidden = next === null;
        more.onclick = () => void load(next ?? undefined);
    };
    const place = (event) => {
        const known = cards.get(event.id);
        if (known !== undefined) {
            known.update(event.remaining);
            return;
        }
        const card = new EventCard(event, () => purchase.open(card.event));
        cards.set(event.id, card);
        list.append(card.element);
    };
    let timer;
    q.addEventListener('input', () => {
        clearTimeout(timer);
        timer = setTimeout(() => void load(), TYPING_MS);
    });
    available.addEventListener('change', () => void load());
    root.append(heading(text.title, text.lead), h('form', { class: 'search', role: 'search', submit: (event) => event.preventDefault() }, h('label', { for: 'q' }, text.search), q, h('label', { class: 'check', for: 'available' }, available, text.available), live), trouble, list, more, orders.element, purchase.element);
    const setLive = (isLive) => {
        live.className = isLive ? 'live on' : 'live';
        fill(live, isLive ? text.live : text.lost);
    };
    const stop = listen({
        onOpen() {
            setLive(true);
            void load();
        },
        onCounts({ remaining }) {
            for (const [id, left] of Object.entries(remaining))
                cards.get(id)?.update(left);
        },
        onLost: () => setLive(false),
    });
    void load();
    return () => {
        stop();
        clearTimeout(timer);
        purchase.close();
    };
};
