import { fetchJson, isTemporary, type SearchAnswer, type TicketEvent } from './api.js';
import { Backoff } from './backoff.js';
import { fill, h } from './dom.js';
import { EventCard } from './event-card.js';
import { subscribeToInventory } from './inventory-stream.js';
import { ordersPanel } from './orders-panel.js';
import { PurchaseDialog } from './purchase.js';
import { heading, type View } from './view.js';

/** A search is sent after a pause in typing of this length. */
const TYPING_PAUSE_MS = 200;

const text = {
  title: 'Box office',
  lead: 'Remaining tickets, updated as they are sold. Every window shows the sales of every process.',
  search: 'Search',
  searchHint: 'Name or venue',
  available: 'Only events with tickets left',
  none: 'No events match.',
  more: 'More events',
  live: 'Live',
  lost: 'Connection lost. Reconnecting …',
};

/** The events with their remaining tickets, and the form to buy. */
export const boxOfficeView: View = ({ root, announce }) => {
  const cards = new Map<string, EventCard>();
  const list = h('ul', { class: 'events' });
  const errorLine = h('p', { class: 'error', role: 'status' });
  const liveness = h('p', { class: 'live' });
  const more = h('button', { type: 'button', class: 'quiet', hidden: true }, text.more);
  const q = h('input', { type: 'search', id: 'q', placeholder: text.searchHint, maxlength: 200 });
  const available = h('input', { type: 'checkbox', id: 'available' });
  const orders = ordersPanel(announce);
  const purchase = new PurchaseDialog({ onChange: () => orders.show() });

  const backoff = new Backoff();
  let latestRequest = 0;
  let shownQuery = '';
  const load = async (cursor?: string) => {
    const request = ++latestRequest;
    backoff.cancel();
    const query = new URLSearchParams({ limit: '50' });
    if (q.value.trim() !== '') query.set('q', q.value.trim());
    if (available.checked) query.set('available', 'true');
    const isSameQuery = String(query) === shownQuery;
    shownQuery = String(query);
    if (cursor !== undefined) query.set('cursor', cursor);
    try {
      const answer = await fetchJson<SearchAnswer>(`/search?${query}`);
      if (request !== latestRequest) return;
      backoff.reset();
      show(answer, isSameQuery);
    } catch (error) {
      if (request !== latestRequest) return;
      fill(errorLine, (error as Error).message);
      if (isTemporary(error)) backoff.retry(() => void load(cursor));
    }
  };

  const show = ({ events, next, store }: SearchAnswer, keepsCards: boolean) => {
    fill(errorLine);
    purchase.hasIdempotency = store !== 'json';
    if (!keepsCards) {
      cards.clear();
      fill(list);
    }
    for (const event of events) addOrUpdate(event);
    if (cards.size === 0) fill(list, h('li', { class: 'empty' }, text.none));
    more.hidden = next === null;
    more.onclick = () => void load(next ?? undefined);
  };

  const addOrUpdate = (event: TicketEvent) => {
    const existing = cards.get(event.id);
    if (existing !== undefined) {
      existing.update(event.remaining);
      return;
    }
    const card = new EventCard(event, () => purchase.open(card.event));
    cards.set(event.id, card);
    list.append(card.element);
  };

  let timer: ReturnType<typeof setTimeout> | undefined;
  q.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => void load(), TYPING_PAUSE_MS);
  });
  available.addEventListener('change', () => void load());

  root.append(
    heading(text.title, text.lead),
    h(
      'form',
      { class: 'search', role: 'search', submit: (event) => event.preventDefault() },
      h('label', { for: 'q' }, text.search),
      q,
      h('label', { class: 'check', for: 'available' }, available, text.available),
      liveness,
    ),
    errorLine,
    list,
    more,
    orders.element,
    purchase.element,
  );

  const setLive = (isLive: boolean) => {
    liveness.className = isLive ? 'live on' : 'live';
    fill(liveness, isLive ? text.live : text.lost);
  };
  const unsubscribe = subscribeToInventory({
    onOpen() {
      setLive(true);
      void load();
    },
    onUpdate({ remaining }) {
      for (const [id, tickets] of Object.entries(remaining)) cards.get(id)?.update(tickets);
    },
    onLost: () => setLive(false),
  });
  void load();
  return () => {
    unsubscribe();
    latestRequest++; // a late answer changes nothing
    backoff.cancel();
    clearTimeout(timer);
    purchase.close();
  };
};
